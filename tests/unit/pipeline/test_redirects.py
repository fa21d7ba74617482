from dataclasses import replace
from datetime import timedelta

import pytest

from tracker.addresses.redirects import onward_address
from tracker.model.article import Article, Block, BlockKind, PageKind
from tracker.model.watch import CheckOutcome

from .decisions import FIRST, NOW, SECOND, URL, capture, reading, run, tracked, version, watched


def test_redirects_in_the_directory_and_another_form_of_the_page_are_aliases():
    moved = "https://s.test/fire-at-the-harbour"
    article = replace(FIRST, canonical_url="https://www.s.test/harbour-fire/")
    found = replace(capture(), final_url=moved, hops=(URL, moved))
    intent = run(watched(), version(), found, reading(article))
    assert intent.aliases == (moved, "https://www.s.test/harbour-fire/")


@pytest.mark.parametrize("final", ["https://o.test/harbour-fire", "https://s.test/other/harbour-fire"])
def test_a_redirect_elsewhere_is_no_alias_and_no_first_version(final):
    found = replace(capture(), final_url=final, hops=(URL,))
    assert run(watched(), version(), found, reading(FIRST)).aliases == ()
    first = run(tracked(), None, found, reading(FIRST))
    assert (first.version, first.check.outcome, first.failures) == (None, CheckOutcome.UNCHANGED, 0)
    assert (first.aliases, first.signature, first.etag, first.habits) == ((), "", "", ())
    assert "another page, which is watched as an article of its own" in first.check.detail


@pytest.mark.parametrize(
    ("listed_until", "expected"),
    [(None, timedelta(days=1)), (NOW + timedelta(hours=2), timedelta(days=1)), (NOW, None)],
)
def test_an_address_that_leads_to_another_article_is_looked_at_daily_while_a_list_names_it(listed_until, expected):
    found = replace(capture(), final_url="https://o.test/harbour-fire", hops=(URL,))
    intent = run(replace(tracked(), listed_until=listed_until), None, found, reading(FIRST))
    assert (intent.next_check_at and intent.next_check_at - NOW) == expected


OTHER = Article(
    title="Market day moved",
    blocks=(
        Block(BlockKind.PARAGRAPH, "Farmers bring apples, cheese and flowers to the square from Thursday onwards."),
    ),
)


@pytest.mark.parametrize("final", ["https://s.test/", "https://s.test/news/market-day"])
def test_a_redirect_to_another_page_is_no_version_and_no_alias(final):
    found = replace(capture(), final_url=final, hops=(URL,))
    intent = run(watched(), version(), found, reading(OTHER))
    assert intent.check.outcome is CheckOutcome.FAILED
    assert "redirects to a different page" in intent.check.detail
    assert (intent.version, intent.aliases, intent.alerts) == (None, (), ())


@pytest.mark.parametrize(("asked", "final"), [(f"{URL}/", URL), (URL, f"{URL}/"), (f"{URL}/?id=5", f"{URL}?id=5")])
def test_a_redirect_that_adds_or_drops_a_slash_leads_to_the_article(asked, final):
    found = replace(capture(), url=asked, final_url=final, hops=(asked,))
    intent = run(tracked(url=asked), None, found, reading(FIRST))
    assert (intent.check.outcome, intent.check.detail) == (CheckOutcome.NEW, "")


def test_a_moved_page_may_have_been_edited_and_one_behind_a_paywall_is_not_watched_instead():
    found = replace(capture(), final_url="https://o.test/subscribe", hops=(URL,))
    assert onward_address(URL, found, reading(FIRST), None) == found.final_url
    assert onward_address(URL, found, reading(FIRST, PageKind.PAYWALL), None) == ""
    found = replace(capture(), final_url="https://s.test/news/harbour-fire-2", hops=(URL,))
    moved = run(watched(), version(), found, reading(replace(SECOND, title="Fire in the harbour")))
    assert moved.check.outcome is CheckOutcome.CHANGED


@pytest.mark.parametrize(
    "named",
    ["https://wire.test/harbour-fire", "https://s.test/market-day", "http://[::bad", "javascript:alert(1)", "//"],
)
def test_a_canonical_address_elsewhere_or_nowhere_is_no_alias(named):
    article = replace(FIRST, canonical_url=named)
    assert run(watched(), version(), capture(), reading(article)).aliases == ()


def test_the_feed_s_headline_is_kept_beside_the_page_s():
    intent = run(tracked(feed_title="Harbour ablaze"), None, capture(), reading(FIRST))
    assert intent.version is not None
    assert intent.version.content.headlines.feed == "Harbour ablaze"
    assert intent.version.content.sha256 == FIRST.sha256
    for article in (tracked(), tracked(feed_title="Fire")):
        later = run(article, None, capture(), reading(intent.version.content)).version
        assert later is not None
        assert later.content.headlines.feed == "Harbour ablaze"
