from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest

from tests.alert_samples import rule
from tests.fake_fetcher import page
from tests.unit.pipeline.world import START, STORY, World, story
from tracker.archive.articles import add_targets, list_articles
from tracker.archive.checks import list_checks
from tracker.archive.versions import latest_version
from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind, PageKind, Reading
from tracker.model.capture import Failure, FailureKind, FetchResult, NotModified
from tracker.model.change import LabelKind, Op
from tracker.model.source import Target
from tracker.model.version import Raw
from tracker.model.watch import ArticleState, CheckOutcome, Remark
from tracker.pipeline.decide import MOVED, CheckPolicy, decide
from tracker.pipeline.decision_context import DecisionContext

from .decisions import (
    EARLIER,
    FIRST,
    NOW,
    SECOND,
    URL,
    capture,
    reading,
    run,
    schedule,
    status,
    tracked,
    version,
    watched,
)


def test_the_first_page_tells_nobody_and_a_changed_text_is_a_version_with_an_alert():
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
    assert alert.payload["last_seen_old"] == f"2026-11-25T{old}:00Z"


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


def test_the_same_words_under_another_promo_or_read_otherwise_are_no_version():
    other = replace(FIRST, blocks=(*FIRST.blocks[:2], Block(BlockKind.PROMO, "See: Today's weather")))
    intent = run(watched(), version(), capture(), reading(other))
    assert intent.check.outcome is CheckOutcome.UNCHANGED
    assert intent.version is None
    assert intent.alerts == ()
    first, second, promo = FIRST.blocks
    beside = replace(
        FIRST, blocks=(first, replace(second, kind=BlockKind.BOILERPLATE, reason="beside the text"), promo)
    )
    intent = run(watched(), version(), capture(), reading(beside))
    assert intent.check.outcome is CheckOutcome.UNCHANGED
    assert intent.check.detail.startswith("reading: same words")
    assert intent.version is None
    tip = "Tips about the blaze go to the harbour police, by telephone or in person."
    more = Block(BlockKind.BOILERPLATE, f"{tip} The port has a page of its own for visitors.")
    content = replace(FIRST, blocks=(*FIRST.blocks, Block(BlockKind.PARAGRAPH, tip)))
    intent = run(watched(), version(content), capture(), reading(replace(FIRST, blocks=(*FIRST.blocks, more))))
    assert (intent.check.outcome, intent.version, intent.alerts) == (CheckOutcome.UNCHANGED, None, ())
    assert intent.check.detail.startswith("reading: same words")


def test_the_same_text_elsewhere_on_the_page_or_in_other_paragraphs_is_a_new_layout():
    there = run(watched(signature="div.story"), version(), capture(), reading(FIRST))
    elsewhere = run(watched(signature="main.text"), version(), capture(), reading(FIRST))
    unknown = run(watched(), version(), capture(), reading(FIRST))
    assert [each.check.detail for each in (there, elsewhere, unknown)] == ["", MOVED, ""]
    assert [each.check.remark for each in (there, elsewhere, unknown)] == [None, Remark.LAYOUT, None]
    then, now = replace(FIRST, modified=EARLIER), replace(FIRST, modified=NOW)
    clock = run(watched(signature="main.text"), version(then), capture(), reading(now))
    assert clock.check.remark is Remark.CLOCK, "what is known of the clock is not covered by it"
    first, second = FIRST.blocks[:2]
    joined = replace(FIRST, blocks=(Block(BlockKind.PARAGRAPH, f"{first.text} {second.text}"),))
    intent = run(watched(), version(), capture(), reading(joined))
    assert intent.check.outcome is CheckOutcome.UNCHANGED
    assert "layout" in intent.check.detail
    assert intent.version is None


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
    assert (intent.check.remark, intent.check.subject) == (Remark.CLOCK, NOW.isoformat())
    assert NOW.isoformat() in intent.check.detail
    assert intent.version is None
    elsewhere = replace(then, modified=EARLIER.astimezone(timezone(timedelta(hours=-5))))
    assert elsewhere.sha256 == then.sha256
    for old, new in ((then, then), (then, elsewhere), (elsewhere, then), (then, FIRST), (FIRST, then)):
        assert run(watched(), version(old), capture(), reading(new)).check.detail == ""


def test_a_304_keeps_its_validators_and_an_article_without_text_is_empty():
    article = watched(etag='"1"', last_modified="Wed, 25 Nov 2026 11:00:00 GMT")
    intent = run(article, version(), NotModified(URL, URL))
    assert intent.check.outcome is CheckOutcome.NOT_MODIFIED
    assert intent.check.status == 304
    assert (intent.etag, intent.last_modified) == (article.etag, article.last_modified)
    intent = run(watched(), version(), capture(), reading(Article(title="Fire at the harbour")))
    assert intent.check.outcome is CheckOutcome.FAILED
    assert intent.version is None
    assert "empty" in intent.check.detail


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


@pytest.mark.parametrize("kind", [NoticeKind.EDITORS_NOTE, NoticeKind.CORRECTION])
def test_a_page_that_shows_an_old_notice_and_no_text_has_failed(kind):
    note = Notice(kind, "This article was amended on Tuesday: four people were hurt, not five.")
    known, bare = replace(FIRST, notices=(note,)), replace(FIRST, blocks=(), notices=(note,))
    intent = run(watched(), version(known), capture(), reading(bare))
    assert intent.check.outcome is CheckOutcome.FAILED
    assert intent.version is None
    assert intent.check.detail == "empty: the text is missing, and no new notice says why"
    # Once the withdrawal is stored, the same page is unchanged.
    assert run(watched(), version(bare), capture(), reading(bare)).check.outcome is CheckOutcome.UNCHANGED


@pytest.mark.parametrize("page", [PageKind.LIVE_BLOG, PageKind.GALLERY])
def test_a_live_blog_or_gallery_without_its_entries_has_failed_whatever_it_notes(page):
    bare = replace(FIRST, blocks=(), notices=(Notice(NoticeKind.UPDATE, "This story is being updated."),))
    intent = run(watched(), version(), capture(), reading(bare, page))
    assert intent.check.outcome is CheckOutcome.FAILED
    assert intent.version is None


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


def test_three_404s_are_a_takedown_which_is_told_once_if_a_version_was_seen():
    first = run(watched(), version(), status(404))
    third = run(watched(failures=2), version(), status(404), missing=2)
    after_faults = run(watched(failures=5), version(), status(404), missing=0)
    assert (first.check.outcome, first.state, first.failures) == (CheckOutcome.FAILED, ArticleState.ACTIVE, 1)
    assert run(watched(failures=1), version(), status(404), missing=1).state is ArticleState.ACTIVE, "the second"
    assert (third.check.outcome, third.state) == (CheckOutcome.GONE, ArticleState.GONE)
    assert after_faults.check.outcome is CheckOutcome.FAILED, "a server in trouble has taken nothing down"
    gone = run(watched(), replace(version(), seen=EARLIER - timedelta(days=1)), status(410))
    again = run(watched(state=ArticleState.GONE, failures=1), version(), status(410))
    assert gone.state is ArticleState.GONE
    assert len(gone.alerts) == 1
    (label,) = gone.alerts[0].payload["labels"]
    assert (label["kind"], label["evidence"]) == ("unpublished", "the page is gone")
    assert gone.alerts[0].payload["last_seen_old"] == "2026-11-25T11:50:00Z"
    assert again.alerts == ()
    assert run(tracked(), None, status(410)).alerts == ()


def test_a_first_404_is_told_once_to_rules_that_ask_for_it_and_so_is_that_it_was_wrong_or_right():
    def told(found: FetchResult, read: Reading | None = None, **known: Any) -> list[tuple[str, str]]:
        policy = CheckPolicy(rules=[rule(gone="suspected"), rule(name="S", gone="confirmed")])
        context = DecisionContext(version(), **known)
        intent = decide(watched(failures=1), found, read, NOW, policy=policy, schedule=schedule, context=context)
        return [(each.rule, each.payload["type"]) for each in intent.alerts]

    assert told(status(404)) == [("R", "article.possibly-unpublished")]
    assert told(status(404), missing=1, missing_since=EARLIER) == []
    assert told(status(503), missing_since=EARLIER) == []
    assert told(capture(), reading(FIRST), missing_since=EARLIER) == [("R", "article.still-published")]
    sure = told(status(404), missing=2, missing_since=EARLIER)
    assert sure == [("R", "article.unpublished"), ("S", "article.unpublished")]


def test_a_time_out_does_not_bring_an_article_back_but_a_page_does():
    article = watched(state=ArticleState.GONE, failures=4)
    slow = run(article, version(), Failure(FailureKind.TIMEOUT, "no answer", URL))
    back = run(article, version(), capture(), reading(FIRST))
    assert (slow.state, slow.alerts) == (ArticleState.GONE, ())
    assert (back.state, back.failures) == (ArticleState.ACTIVE, 0)
    assert back.version is None
    (label,) = back.alerts[0].payload["labels"]
    assert (label["kind"], label["evidence"]) == ("restored", "the page is back")


class Visits:
    def __init__(self) -> None:
        self.world = World({})
        add_targets(self.world.archive, "s", [Target(STORY)], START)

    async def visit(self, shown: str, stated: str = "", text: str = "Four") -> str:
        """Serve the story with a byline that is *shown*, and one *stated* in its metadata; return the outcome."""
        html = story(text).replace("</h1>", f"</h1><p class=byline>By {shown}</p>" if shown else "</h1>")
        html = html.replace("</head>", f'<meta name="author" content="{stated}"></head>' if stated else "</head>")
        self.world.fetcher.pages[STORY] = page(STORY, html, etag=f'"{shown} {stated} {text}"')
        (*_, outcome) = await self.world.crawl(timedelta(hours=1))
        return outcome

    def byline(self) -> tuple[str, ...]:
        (tracked,) = list_articles(self.world.archive)
        latest = latest_version(self.world.archive, tracked.id)
        assert latest is not None
        return latest.content.byline


MOOR, STEIN = "Ada Moor", "Ida Stein"


@pytest.mark.parametrize(
    ("visited", "outcomes", "byline"),
    [
        pytest.param([(MOOR,), (STEIN,), (STEIN,)], ["unchanged", "changed"], STEIN, id="in one place, found again"),
        pytest.param([(MOOR,), *[(STEIN,), (MOOR,)] * 2], ["unchanged"] * 4, MOOR, id="it comes and goes"),
        pytest.param([(MOOR, MOOR), (STEIN, STEIN)], ["changed"], STEIN, id="named by page and metadata"),
        pytest.param(
            [("", MOOR), ("", STEIN), ("", STEIN), ("", ""), ("", ""), ("", STEIN, "Five")],
            [*["unchanged"] * 4, "changed"],
            STEIN,
            id="in the metadata alone, which no reader sees",
        ),
        pytest.param(
            [(MOOR, MOOR), ("", STEIN), ("", STEIN)], ["unchanged", "changed"], STEIN, id="it leaves the page alone"
        ),
        pytest.param([(MOOR,), (STEIN, "", "Five")], ["changed"], STEIN, id="with an edit of the text"),
        pytest.param([(MOOR,), ("",), ("",)], ["unchanged", "changed"], "", id="gone twice"),
    ],
)
async def test_when_a_byline_is_believed(visited: list[tuple[str, ...]], outcomes: list[str], byline: str):
    visits = Visits()
    assert [await visits.visit(*each) for each in visited] == ["new", *outcomes]
    assert visits.byline() == ((byline,) if byline else ())


async def test_the_first_visit_says_why_it_made_no_version():
    visits = Visits()
    await visits.visit("Ada Moor")
    await visits.visit("Ida Stein")
    (tracked,) = list_articles(visits.world.archive)
    assert list_checks(visits.world.archive, tracked.id, 1)[0].detail == (
        "byline: in one place of the page only, and for the first time: Ida Stein"
    )
    assert visits.byline() == ("Ada Moor",)


async def test_two_places_of_the_metadata_are_two_witnesses():
    visits = Visits()
    await visits.visit("", "Ada Moor")
    html = story().replace(
        "</head>", '<meta name="author" content="Ida Stein"><meta name="byl" content="Ida Stein"></head>'
    )
    visits.world.fetcher.pages[STORY] = page(STORY, html)
    (*_, outcome) = await visits.world.crawl(timedelta(hours=1))
    assert outcome == "changed"


async def test_a_name_that_nothing_marks_as_a_byline_makes_no_version_by_itself():
    visits = Visits()
    await visits.visit("")
    unmarked = story().replace("</article>", "<p>Ida Stein</p></article>")
    visits.world.fetcher.pages[STORY] = page(STORY, unmarked)
    for _ in range(3):
        (*_, outcome) = await visits.world.crawl(timedelta(hours=1))
        assert outcome == "unchanged"
    assert visits.byline() == ()
