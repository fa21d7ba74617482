from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.fake_fetcher import page
from tests.unit.pipeline.decisions import FIRST, SECOND, version
from tests.unit.pipeline.world import START, STORY, World, story
from tracker.archive.articles import add_targets, list_articles
from tracker.archive.outbox import list_deliveries
from tracker.archive.versions import list_history
from tracker.config.tables import RuleConfig
from tracker.model.article import Article
from tracker.model.change import LabelKind
from tracker.model.source import Target
from tracker.pipeline.decide import restored_label
from tracker.pipeline.decision_context import DecisionContext, TextRun
from tracker.pipeline.reread import derive_again

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CORRECTION = "Correction: An earlier version of this article gave a wrong toll. It was seven, not four."
LATER = "Correction: An earlier version of this article gave a wrong toll. It was nine, not seven."
UPDATE = "This article was updated at 11 a.m. with a statement of the fire service."


def printed(toll: str, note: str, modified: datetime) -> str:
    dated = f'<meta property="article:modified_time" content="{modified.isoformat()}"></head>'
    noted = f"<p>{note}</p></article>" if note else "</article>"
    return story(toll).replace("</head>", dated).replace("</article>", noted)


def in_another_layout(html: str) -> str:
    """Return the page with one paragraph in a place where the extractor leaves it out of the text."""
    paragraph = next(line for line in html.splitlines() if line.startswith("<p>Firefighters"))
    return html.replace(paragraph, f'<aside class="related">{paragraph}</aside>')


PLAIN = printed("Four", "", START - 120 * MINUTE)
CORRECTED = printed("Seven", CORRECTION, START - 60 * MINUTE)


async def check_each(pages: Sequence[str], every: timedelta, *, labels: tuple[LabelKind, ...] = ()) -> World:
    """Check an article once for each page that it shows; a rule alerts on all changes, or those with `labels`."""
    world = World({})
    add_targets(world.archive, "s", [Target(STORY)], START)
    rules = (RuleConfig(name="changes", to=("hook",), labels=labels),)
    world.config = world.config.model_copy(update={"rules": rules})
    for each in pages:
        world.fetcher.pages[STORY] = page(STORY, each)
        await world.crawl(every)
    return world


def alerted(world: World) -> list[int]:
    return sorted(delivery.version for delivery in list_deliveries(world.archive))


def returns(world: World) -> list[str]:
    """Return what the change to each version is called if its text was seen before, else an empty string.

    The stored texts must lead to the same labels.
    """
    [article] = list_articles(world.archive)
    history = list_history(world.archive, article.id)
    assert derive_again(history) == []
    back = {LabelKind.FLAP, LabelKind.RESTORED}
    return ["".join(each.change.kinds & back) for each in history if each.change]


@pytest.mark.parametrize("every", [6 * MINUTE, 90 * MINUTE], ids=str)
@pytest.mark.parametrize("newer_first", [False, True])
@pytest.mark.parametrize(
    ("toll", "note"),
    [
        pytest.param("Seven", CORRECTION, id="corrected text"),
        pytest.param("Four", CORRECTION, id="correction alone"),
        pytest.param("Seven", UPDATE, id="updated text"),
        pytest.param("Four", UPDATE, id="update note alone"),
        pytest.param("Seven", "", id="no note"),
    ],
)
async def test_two_texts_that_alternate_are_one_report(toll: str, note: str, newer_first: bool, every: timedelta):
    texts = [PLAIN, printed(toll, note, START - 60 * MINUTE)]
    world = await check_each((texts[::-1] if newer_first else texts) * 5, every)
    assert alerted(world) == [2, 3], "the edit, and that it flaps"
    assert returns(world) == ["", *["flap"] * 8]


async def test_flaps_are_one_report_also_of_corrections_and_of_pages_read_otherwise():
    world = await check_each([PLAIN, in_another_layout(CORRECTED)] * 5, 6 * MINUTE)
    assert alerted(world) == [2, 3]
    assert returns(world) == ["", *["flap"] * 8]
    world = await check_each([PLAIN, CORRECTED] * 5, 6 * MINUTE, labels=(LabelKind.CORRECTION,))
    assert alerted(world) == [2]


async def test_slow_flaps_count_from_the_second_return_and_point_back_to_their_version():
    shown = [text for text in (PLAIN, CORRECTED) * 4 for _ in range(8)]
    world = await check_each(shown, 6 * MINUTE)
    assert returns(world) == ["", "restored", *["flap"] * 5], "each stays for 42 minutes"
    assert alerted(world) == [2, 3, 4], "the edit, that it was taken back, and that it flaps"
    world = await check_each([PLAIN, CORRECTED] * 2, 6 * MINUTE)
    [article] = list_articles(world.archive)
    evidence = [
        label.evidence
        for each in list_history(world.archive, article.id)
        if each.change
        for label in each.change.labels
        if label.kind is LabelKind.FLAP
    ]
    assert evidence == ["the text of version 1 is back", "the text of version 2 is back"]


@pytest.mark.parametrize("labels", [(), (LabelKind.CORRECTION,)], ids=["all changes", "corrections"])
async def test_a_correction_published_while_texts_alternate_is_alerted(labels: tuple[LabelKind, ...]):
    later = printed("Nine", LATER, START + 30 * MINUTE)
    world = await check_each([PLAIN, CORRECTED] * 3 + [later], 6 * MINUTE, labels=labels)
    assert returns(world)[-2:] == ["flap", ""]
    assert alerted(world)[-1] == 7


async def test_an_edit_that_stayed_and_was_taken_back_is_restored():
    world = await check_each([PLAIN, *[CORRECTED] * 7, PLAIN], 6 * MINUTE)
    assert returns(world) == ["", "restored"]
    [article] = list_articles(world.archive)
    latest = list_history(world.archive, article.id)[-1]
    assert latest.change is not None
    assert LabelKind.NUMBER in latest.change.kinds, "and what it changed is said all the same"


@pytest.mark.parametrize(
    ("shown", "minutes", "expected"),
    [
        ("ab", 10, None),
        ("abc", 10, None),
        ("abb", 10, None),
        ("aba", 10, LabelKind.FLAP),
        ("aba", 29, LabelKind.FLAP),
        ("aba", 30, LabelKind.RESTORED),
        ("abab", 600, LabelKind.FLAP),
        ("ababa", 600, LabelKind.FLAP),
        ("abcba", 10, LabelKind.FLAP),
        pytest.param("abcba", 600, LabelKind.RESTORED, id="edits that are taken back one after the other"),
    ],
)
def test_a_text_is_restored_if_others_stayed_for_some_time_and_do_not_alternate(shown, minutes, expected):
    """Each letter is a text, which stays for some minutes."""
    texts = [Article(title=letter) for letter in shown]
    begins = [START + n * minutes * MINUTE for n in range(len(shown))]
    runs = [TextRun(text.sha256, begin, begin + minutes * MINUTE) for text, begin in zip(texts, begins, strict=True)]
    label = restored_label(DecisionContext(runs=tuple(runs[:-1])), texts[-1], version(texts[-2]), begins[-1])
    assert (label and label.kind) == expected


@pytest.mark.parametrize(
    ("modified_after", "shown", "expected"),
    [
        pytest.param(HOUR, 1, LabelKind.RESTORED, id="a later date shows an edit taken back"),
        pytest.param(0 * HOUR, 1, LabelKind.FLAP, id="an equal date shows a stale edge"),
        pytest.param(-HOUR, 1, LabelKind.FLAP, id="an earlier date too"),
        pytest.param(2 * HOUR, 1, LabelKind.RESTORED, id="a date of this moment, where others were older"),
        pytest.param(2 * HOUR + 5 * MINUTE, 1, LabelKind.RESTORED, id="a server's clock may be five minutes ahead"),
        pytest.param(2 * HOUR + 6 * MINUTE, 1, LabelKind.FLAP, id="a date in the future shows nothing"),
        pytest.param(9 * HOUR, 1, LabelKind.FLAP, id="nor does one far in the future"),
        pytest.param(HOUR, 2, LabelKind.FLAP, id="again and again it flaps whatever the date says"),
    ],
)
def test_the_page_s_own_date_tells_an_edit_taken_back_from_a_flap(modified_after, shown, expected):
    """FIRST comes back; the page's date says so long after the edit between."""
    latest = version()
    edited = latest.seen - HOUR
    between = replace(latest, content=replace(SECOND, modified=edited))
    runs = [TextRun(FIRST.sha256, edited - HOUR, edited), TextRun(SECOND.sha256, edited, edited + 5 * MINUTE)]
    content = replace(FIRST, modified=edited + modified_after)
    label = restored_label(DecisionContext(runs=tuple(runs * shown)), content, between, latest.seen + HOUR)
    assert label is not None
    assert label.kind is expected


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=30)])
def test_a_page_that_always_writes_now_shows_nothing(late: timedelta):
    latest = version()
    between = replace(latest, content=replace(SECOND, modified=latest.seen - late))
    now = latest.seen + 5 * MINUTE
    runs = [
        TextRun(FIRST.sha256, latest.seen - HOUR, latest.seen - HOUR),
        TextRun(SECOND.sha256, latest.seen, latest.seen),
    ]
    label = restored_label(DecisionContext(runs=tuple(runs)), replace(FIRST, modified=now - late), between, now)
    assert label is not None
    assert label.kind is LabelKind.FLAP
