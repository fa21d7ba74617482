"""A page that alternates between two texts is reported once, whatever notice or date one of them has."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from tests.fake_fetcher import page
from tests.unit.pipeline.world import START, STORY, World, story
from tracker.archive.articles import add_targets, list_articles
from tracker.archive.outbox import list_deliveries
from tracker.archive.versions import list_history
from tracker.config.rules import RuleConfig
from tracker.model.labels import LabelKind
from tracker.model.listing import Target
from tracker.pipeline.reread import derive_again

MINUTE = timedelta(minutes=1)
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


async def test_pages_that_are_read_otherwise_in_each_layout_are_one_report_too():
    world = await check_each([PLAIN, in_another_layout(CORRECTED)] * 5, 6 * MINUTE)
    assert alerted(world) == [2, 3]
    assert returns(world) == ["", *["flap"] * 8]


async def test_a_rule_about_corrections_is_told_once_of_a_correction_that_comes_and_goes():
    world = await check_each([PLAIN, CORRECTED] * 5, 6 * MINUTE, labels=(LabelKind.CORRECTION,))
    assert alerted(world) == [2]


async def test_texts_that_alternate_slowly_flap_from_the_second_return_on():
    shown = [text for text in (PLAIN, CORRECTED) * 4 for _ in range(8)]
    world = await check_each(shown, 6 * MINUTE)
    assert returns(world) == ["", "restored", *["flap"] * 5], "each stays for 42 minutes"
    assert alerted(world) == [2, 3, 4], "the edit, that it was taken back, and that it flaps"


@pytest.mark.parametrize("labels", [(), (LabelKind.CORRECTION,)], ids=["all changes", "corrections"])
async def test_a_correction_published_while_texts_alternate_is_alerted(labels: tuple[LabelKind, ...]):
    later = printed("Nine", LATER, START + 30 * MINUTE)
    world = await check_each([PLAIN, CORRECTED] * 3 + [later], 6 * MINUTE, labels=labels)
    assert returns(world)[-2:] == ["flap", ""]
    assert alerted(world)[-1] == 7
