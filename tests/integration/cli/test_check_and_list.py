"""What check and sources list say of what is paused, of a page that is back, and of times."""

from datetime import UTC, datetime

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


def test_check_says_that_a_page_is_back(desk):
    desk("check", "--all", "--no-pace")
    with open_archive("sqlite:///writethru.db") as store:
        (tracked,) = list_articles(store)
        gone = Check(tracked.id, datetime.now(UTC), CheckOutcome.GONE, "the server answered 410", 410)
        commit_check(store, Intent(tracked.id, gone, tracked.versions, None, state=ArticleState.GONE))
    assert "“Harbour closed”: the page is back\n" in desk("check", "--all", "--no-pace").stdout
    assert "back" not in desk("check", "--all", "--no-pace").stdout
