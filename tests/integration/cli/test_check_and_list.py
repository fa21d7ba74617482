"""What check and sources list say of what is paused, of a page that is back, and of times."""

from datetime import UTC, datetime

from tests.command_line import objects
from tracker.archive.articles import list_articles
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.model.check import ArticleState, Check, CheckOutcome
from tracker.model.intent import Intent


def test_check_says_that_everything_is_paused(desk):
    desk("check", "--all", "--no-pace")
    desk("sources", "pause", "Herald")
    assert "Nothing was checked: everything is paused, or nothing is watched." in desk("check", "--all").stderr


def test_times_in_the_list_of_sources_can_be_read_later(desk):
    row = desk("sources", "list").stdout.splitlines()[0].split("\t")
    assert row[2:4] == ["never", "-"]
    desk("check", "--all", "--no-pace")
    row = desk("sources", "list").stdout.splitlines()[0].split("\t")
    assert [datetime.fromisoformat(each).tzinfo for each in row[2:4]] == [UTC, UTC]


def test_a_page_that_is_gone_is_a_result_and_so_is_one_that_is_back(desk, site):
    desk("check", "--all", "--no-pace")
    with open_archive("sqlite:///writethru.db") as store:
        (tracked,) = list_articles(store)
        gone = Check(tracked.id, datetime.now(UTC), CheckOutcome.GONE, "the server answered 410", 410)
        commit_check(store, Intent(tracked.id, gone, tracked.versions, None, state=ArticleState.GONE))
    page = site.pages.pop("/2026/11/25/harbour-closed.html")
    again = objects(desk("check", tracked.id, "--no-pace", "--json"))
    assert [each["outcome"] for each in again if each["event"] == "check"] == ["gone"]
    site.pages["/2026/11/25/harbour-closed.html"] = page
    assert "“Harbour closed”: the page is back\n" in desk("check", "--all", "--no-pace").stdout
    assert "back" not in desk("check", "--all", "--no-pace").stdout
