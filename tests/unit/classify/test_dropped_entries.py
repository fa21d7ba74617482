"""Entries that leave the end of a live blog, and entries that are taken out of it."""

from dataclasses import replace

import pytest

from tests.articles import article
from tracker import compare
from tracker.model.article import ENTRY_HEADING, ENTRY_TIME, Article, Block, BlockKind
from tracker.model.change import LabelKind, Noted

SAID = (
    "The harbour master closed the port at noon and sent all ferries to the southern docks.",
    "Firefighters brought forty guests out of a hotel on the pier, and nobody was hurt.",
    "The mayor asked people in the old town to leave their cellars before the evening tide.",
    "Trains to the coast are cancelled until Friday, and buses run every two hours instead.",
    "Police found the fishing boat Amity on a sandbank with its crew of five, all of them well.",
    "The power company said that nine thousand homes would be dark until the morning.",
)


def live_blog(*entries: int, heads: tuple[str, ...] = (ENTRY_TIME,), end: str = "") -> Article:
    """A live blog with these entries, in this order; each has as many heads as there are reasons."""
    blocks = [
        block
        for n in entries
        for block in (
            *(Block(BlockKind.SUBHEAD, f"{n + 8}:{10 + place}0", reason) for place, reason in enumerate(heads)),
            Block(BlockKind.PARAGRAPH, SAID[n]),
        )
    ]
    return replace(article(end) if end else article(), blocks=(*blocks, *(article(end).blocks if end else ())))


@pytest.mark.parametrize("heads", [(ENTRY_TIME,), (ENTRY_HEADING,), (ENTRY_TIME, ENTRY_HEADING)])
def test_the_oldest_entries_that_leave_as_new_ones_come_are_no_silent_deletion(heads):
    change = compare(live_blog(4, 3, 2, 1, 0, heads=heads), live_blog(5, 4, 3, 2, heads=heads))
    assert {LabelKind.INSERT, LabelKind.DELETE} <= change.kinds
    assert LabelKind.NOT_NOTED not in change.kinds
    assert change.noted is Noted.UNCLEAR
    assert change.announced is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (live_blog(4, 3, 2, 1, 0), live_blog(5, 4, 2, 1, 0)),
        (live_blog(4, 3, 2, 1, 0), live_blog(3, 2, 1, 0)),
        (live_blog(4, 3, 2, 1, 0, heads=("",)), live_blog(5, 4, 3, 2, 1, heads=("",))),
        (live_blog(2, 1, 0), live_blog(2, 1)),
        (live_blog(4, 3, 2, 1, 0, end=SAID[5]), live_blog(4, 3, 2, 1, 0)),
    ],
    ids=[
        "an entry among others",
        "the newest entry",
        "paragraphs that have no heads",
        "one of three: nothing says that more follow elsewhere",
        "the end of an entry",
    ],
)
def test_what_is_gone_otherwise_is_not_noted(old, new):
    change = compare(old, new)
    assert LabelKind.NOT_NOTED in change.kinds
    assert change.noted is Noted.NO


def test_an_edit_in_an_entry_that_is_still_there_is_not_noted():
    new = live_blog(5, 4, 3, 2)
    edited = replace(new, blocks=tuple(replace(b, text=b.text.replace("five", "seven")) for b in new.blocks))
    change = compare(live_blog(4, 3, 2, 1, 0), edited)
    assert change.noted is Noted.NO
    (label,) = (each for each in change.labels if each.kind is LabelKind.NOT_NOTED)
    assert "five" in label.evidence
    assert [change.blocks[place].old_text for place in label.blocks] == [SAID[4]]
