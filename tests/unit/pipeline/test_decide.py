import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tracker.classify.scorecard import CLOCK_MOVED
from tracker.config.rules import RuleConfig
from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind, PageKind, Reading
from tracker.model.capture import Capture, Failure, FailureKind, NotModified
from tracker.model.change import Op
from tracker.model.check import ArticleState, CheckOutcome, Tracked
from tracker.model.intent import Intent
from tracker.model.labels import LabelKind
from tracker.model.recapture import Raw
from tracker.model.version import Version
from tracker.pipeline.decide import GONE_AFTER, MOVED, CheckPolicy, CheckVerdict, decide
from tracker.pipeline.decision_context import DecisionContext
from tracker.pipeline.redirects import onward_address

URL = "https://s.test/harbour-fire"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
EARLIER = NOW - timedelta(minutes=10)
EVERYTHING = RuleConfig(name="all", to=("hook",))
FIRST = Article(
    title="Fire at the harbour",
    blocks=(
        Block(BlockKind.PARAGRAPH, "Four people were hurt on Tuesday when a warehouse burned, the fire service said."),
        Block(BlockKind.PARAGRAPH, "The cause is not known."),
        Block(BlockKind.PROMO, "See: How the port grew"),
    ),
)
SECOND = replace(
    FIRST,
    blocks=(
        Block(BlockKind.PARAGRAPH, "Seven people were hurt on Tuesday when a warehouse burned, the fire service said."),
        *FIRST.blocks[1:],
    ),
)


def tracked(**kwargs: Any) -> Tracked:
    values: dict[str, Any] = {
        "id": "a7f3c0ffee12",
        "source": "s",
        "url": URL,
        "host": "s.test",
        "first_seen_at": EARLIER,
    }
    return Tracked(**(values | kwargs))


def watched(**kwargs: Any) -> Tracked:
    return tracked(**({"versions": 1, "checks": 3, "last_check_at": EARLIER, "last_seen_at": EARLIER} | kwargs))


def version(content: Article = FIRST, n: int = 1) -> Version:
    return Version("a7f3c0ffee12", n, URL, EARLIER, content, "test", "00")


def capture(body: bytes = b"<html>", **headers: str) -> Capture:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Capture(URL, URL, 200, pairs, body, NOW, hashlib.sha256(body).hexdigest())


def reading(article: Article, page: PageKind = PageKind.ARTICLE, detail: str = "") -> Reading:
    return Reading(page, article, "div.story", "test-1", detail)


def schedule(article: Tracked, now: datetime, verdict: CheckVerdict) -> datetime | None:
    return now + (timedelta(days=1) if verdict.failures else timedelta(hours=1))


def run(
    article: Tracked,
    latest: Version | None,
    found: Capture | NotModified | Failure,
    read: Reading | None = None,
    rules: tuple[RuleConfig, ...] = (EVERYTHING,),
    missing: int = 0,
) -> Intent:
    context = DecisionContext(latest, missing=missing)
    return decide(article, found, read, NOW, policy=CheckPolicy(rules), schedule=schedule, context=context)


def status(code: int) -> Failure:
    return Failure(FailureKind.STATUS, f"the host answered {code}", URL, code)


def test_the_first_page_is_the_first_version_and_nobody_is_told():
    intent = run(tracked(), None, capture(etag='"1"'), reading(FIRST))
    assert intent.check.outcome is CheckOutcome.NEW
    assert intent.version is not None
    assert intent.version.content == FIRST
    assert intent.version.change is None
    assert intent.etag == '"1"'
    assert intent.signature == "div.story"
    assert intent.alerts == ()
    assert intent.expected_versions == 0
    assert intent.next_check_at == NOW + timedelta(hours=1)


def test_a_changed_text_is_a_version_with_its_change_and_an_alert():
    intent = run(watched(), version(), capture(), reading(SECOND))
    assert intent.check.outcome is CheckOutcome.CHANGED
    assert intent.version is not None
    assert intent.version.change is not None
    assert LabelKind.NUMBER in intent.version.change.kinds
    assert [alert.target for alert in intent.alerts] == ["hook"]
    assert intent.alerts[0].version == 2


@pytest.mark.parametrize(("last_seen", "old"), [(NOW - timedelta(minutes=4), "11:56"), (None, "11:50")])
def test_an_alert_says_when_the_text_before_was_last_seen(last_seen, old):
    (alert,) = run(watched(last_seen_at=last_seen), version(), capture(), reading(SECOND)).alerts
    assert json.loads(alert.payload)["last_seen_old"] == f"2026-11-25T{old}:00Z"


@pytest.mark.parametrize(
    ("raw", "found", "article", "kept"),
    [
        (Raw.ALL, capture(), FIRST, True),
        (Raw.ALL, capture(), SECOND, False),
        (Raw.ALL, NotModified(URL, URL), None, False),
        (Raw.VERSIONS, capture(), FIRST, False),
    ],
    ids=["unchanged", "changed", "not modified", "pages of versions only"],
)
def test_a_page_that_shows_a_version_again_is_kept_where_all_pages_are(raw, found, article, kept):
    read, policy = article and reading(article), CheckPolicy(raw=raw)
    context = DecisionContext(version())
    intent = decide(watched(), found, read, NOW, policy=policy, schedule=schedule, context=context)
    assert intent.recapture == (found if kept else None)
    assert intent.raw is raw


@pytest.mark.parametrize(
    ("missing", "outcome"), [(GONE_AFTER - 2, CheckOutcome.FAILED), (GONE_AFTER - 1, CheckOutcome.GONE)]
)
def test_a_page_that_is_missing_often_enough_is_gone(missing, outcome):
    intent = run(watched(failures=4), version(), status(404), missing=missing)
    assert (intent.check.outcome, intent.failures) == (outcome, 5)


def test_the_same_words_under_another_promo_are_unchanged():
    other = replace(FIRST, blocks=(*FIRST.blocks[:2], Block(BlockKind.PROMO, "See: Today's weather")))
    intent = run(watched(), version(), capture(), reading(other))
    assert intent.check.outcome is CheckOutcome.UNCHANGED
    assert intent.version is None
    assert intent.alerts == ()


def test_the_same_words_read_otherwise_are_no_version():
    first, second, promo = FIRST.blocks
    beside = replace(
        FIRST, blocks=(first, replace(second, kind=BlockKind.BOILERPLATE, reason="beside the text"), promo)
    )
    intent = run(watched(), version(), capture(), reading(beside))
    assert intent.check.outcome is CheckOutcome.UNCHANGED
    assert intent.check.detail.startswith("reading: same words")
    assert intent.version is None


def test_a_paragraph_that_stands_beside_the_text_with_more_is_no_version():
    tip = "Tips about the blaze go to the harbour police, by telephone or in person."
    more = Block(BlockKind.BOILERPLATE, f"{tip} The port has a page of its own for visitors.")
    content = replace(FIRST, blocks=(*FIRST.blocks, Block(BlockKind.PARAGRAPH, tip)))
    intent = run(watched(), version(content), capture(), reading(replace(FIRST, blocks=(*FIRST.blocks, more))))
    assert (intent.check.outcome, intent.version, intent.alerts) == (CheckOutcome.UNCHANGED, None, ())
    assert intent.check.detail.startswith("reading: same words")


def test_the_same_text_in_another_part_of_the_page_is_a_new_layout():
    there = run(watched(signature="div.story"), version(), capture(), reading(FIRST))
    elsewhere = run(watched(signature="main.text"), version(), capture(), reading(FIRST))
    unknown = run(watched(), version(), capture(), reading(FIRST))
    assert [each.check.detail for each in (there, elsewhere, unknown)] == ["", MOVED, ""]
    then, now = replace(FIRST, modified=EARLIER), replace(FIRST, modified=NOW)
    clock = run(watched(signature="main.text"), version(then), capture(), reading(now))
    assert clock.check.detail.startswith(CLOCK_MOVED), "what is known of the clock is not covered by it"


def test_a_version_keeps_as_text_what_the_extractor_leaves_out_now():
    edited, second, promo = SECOND.blocks
    beside = replace(SECOND, blocks=(edited, replace(second, kind=BlockKind.BOILERPLATE), promo))
    intent = run(watched(), version(), capture(), reading(beside))
    assert intent.version is not None
    assert intent.version.content.text == SECOND.text
    assert intent.version.change is not None
    assert intent.version.change.reading_changed == (1,)
    assert LabelKind.DELETE not in intent.version.change.kinds


def test_a_clock_that_moves_alone_is_noted_and_is_no_version():
    then, now = replace(FIRST, modified=EARLIER), replace(FIRST, modified=NOW)
    intent = run(watched(), version(then), capture(), reading(now))
    assert intent.check.outcome is CheckOutcome.UNCHANGED
    assert intent.check.detail == f"{CLOCK_MOVED}{NOW.isoformat()}"
    assert intent.version is None
    for old, new in ((then, then), (then, FIRST), (FIRST, then)):
        assert run(watched(), version(old), capture(), reading(new)).check.detail == ""


def test_the_same_words_in_other_paragraphs_are_a_new_layout_and_no_version():
    first, second = FIRST.blocks[:2]
    joined = replace(FIRST, blocks=(Block(BlockKind.PARAGRAPH, f"{first.text} {second.text}"),))
    intent = run(watched(), version(), capture(), reading(joined))
    assert intent.check.outcome is CheckOutcome.UNCHANGED
    assert "layout" in intent.check.detail
    assert intent.version is None


def test_a_304_keeps_the_validators_it_was_asked_with():
    article = watched(etag='"1"', last_modified="Wed, 25 Nov 2026 11:00:00 GMT")
    intent = run(article, version(), NotModified(URL, URL))
    assert intent.check.outcome is CheckOutcome.NOT_MODIFIED
    assert intent.check.status == 304
    assert (intent.etag, intent.last_modified) == (article.etag, article.last_modified)


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (PageKind.CONSENT_WALL, CheckOutcome.REFUSED),
        (PageKind.BOT_WALL, CheckOutcome.REFUSED),
        (PageKind.PAYWALL, CheckOutcome.REFUSED),
        (PageKind.SOFT_404, CheckOutcome.FAILED),
        (PageKind.EMPTY, CheckOutcome.FAILED),
        (PageKind.JS_SHELL, CheckOutcome.FAILED),
        (PageKind.LISTING, CheckOutcome.FAILED),
    ],
)
def test_what_is_no_article_is_never_a_version(page, outcome):
    found = replace(capture(etag='"wall"'), hops=("https://s.test/consent",))
    intent = run(watched(failures=1), version(), found, reading(FIRST, page, "it says so"))
    assert intent.check.outcome is outcome
    assert intent.version is None
    assert intent.failures == 2
    assert "it says so" in intent.check.detail
    assert intent.etag == "", "a wall must not lend its validators to the article"
    assert intent.aliases == (), "nor its address"


def test_an_h1_that_changes_while_other_surfaces_stay_is_a_version():
    intent = run(watched(), version(), capture(), reading(replace(FIRST, heading="Harbour ablaze")))
    assert intent.check.outcome is CheckOutcome.CHANGED
    assert intent.version is not None
    assert intent.version.change is not None
    assert intent.version.change.title.new == "Harbour ablaze"


def test_an_article_without_text_is_empty():
    intent = run(watched(), version(), capture(), reading(Article(title="Fire at the harbour")))
    assert intent.check.outcome is CheckOutcome.FAILED
    assert intent.version is None
    assert "empty" in intent.check.detail


@pytest.mark.parametrize("kind", [NoticeKind.EDITORS_NOTE, NoticeKind.CORRECTION])
def test_a_notice_in_place_of_the_text_is_a_version_that_is_noted(kind):
    withdrawn = replace(FIRST, blocks=(), notices=(Notice(kind, "This article has been withdrawn."),))
    intent = run(watched(), version(), capture(), reading(withdrawn))
    assert intent.version is not None
    change = intent.version.change
    assert change is not None
    assert [block.op for block in change.blocks] == [Op.DELETE, Op.DELETE]
    assert {LabelKind.DELETE, LabelKind(kind.value)} <= change.kinds
    assert change.announced is True
    assert [notice.explains for notice in change.notices] == [(0, 1)]


@pytest.mark.parametrize(
    "found",
    [*map(status, (401, 402, 403, 407, 451)), Failure(FailureKind.ROBOTS, "robots.txt asks us not to", URL)],
)
def test_a_refusal_is_named_so(found):
    assert run(watched(), version(), found).check.outcome is CheckOutcome.REFUSED


def test_one_404_is_a_failure_and_three_are_a_takedown():
    first = run(watched(), version(), status(404))
    third = run(watched(failures=2), version(), status(404), missing=2)
    after_faults = run(watched(failures=5), version(), status(404), missing=0)
    assert (first.check.outcome, first.state) == (CheckOutcome.FAILED, ArticleState.ACTIVE)
    assert (third.check.outcome, third.state) == (CheckOutcome.GONE, ArticleState.GONE)
    assert after_faults.check.outcome is CheckOutcome.FAILED, "a server in trouble has taken nothing down"


def test_a_takedown_is_told_once():
    gone = run(watched(), replace(version(), seen=EARLIER - timedelta(days=1)), status(410))
    again = run(watched(state=ArticleState.GONE, failures=1), version(), status(410))
    assert gone.state is ArticleState.GONE
    assert len(gone.alerts) == 1
    assert '"unpublished"' in gone.alerts[0].payload
    assert '"the page is gone"' in gone.alerts[0].payload
    assert json.loads(gone.alerts[0].payload)["last_seen_old"] == "2026-11-25T11:50:00Z"
    assert again.alerts == ()


def test_a_time_out_does_not_bring_an_article_back_but_a_page_does():
    article = watched(state=ArticleState.GONE, failures=4)
    slow = run(article, version(), Failure(FailureKind.TIMEOUT, "no answer", URL))
    back = run(article, version(), capture(), reading(FIRST))
    assert (slow.state, slow.alerts) == (ArticleState.GONE, ())
    assert (back.state, back.failures) == (ArticleState.ACTIVE, 0)
    assert back.version is None
    assert '"restored"' in back.alerts[0].payload
    assert '"the page is back"' in back.alerts[0].payload


def test_a_takedown_nobody_saw_a_version_of_is_told_nobody():
    assert run(tracked(), None, status(410)).alerts == ()


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


def test_a_page_that_leads_to_another_text_fails_once_more_each_time():
    found = replace(capture(), final_url="https://o.test/market", hops=(URL,))
    intent = run(watched(failures=2), version(), found, reading(OTHER))
    assert (intent.check.outcome, intent.failures, intent.version) == (CheckOutcome.FAILED, 3, None)


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


def test_where_a_redirect_ends_at_a_paywall_no_address_is_watched_instead():
    found = replace(capture(), final_url="https://o.test/subscribe", hops=(URL,))
    assert onward_address(URL, found, reading(FIRST), None) == found.final_url
    assert onward_address(URL, found, reading(FIRST, PageKind.PAYWALL), None) == ""


def test_a_first_visit_that_ends_on_the_front_page_is_no_version():
    found = replace(capture(), final_url="https://s.test/")
    assert run(tracked(), None, found, reading(OTHER)).version is None


def test_a_moved_page_may_have_been_edited_too():
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


def test_a_rule_that_does_not_match_tells_nobody():
    rule = RuleConfig(name="headlines", to=("hook",), labels=(LabelKind.HEADLINE,))
    assert run(watched(), version(), capture(), reading(SECOND), rules=(rule,)).alerts == ()
