"""What a source's own pages teach about its lines: house lines, which stand in many articles, and volatile ones.

No list of phrases knows every outlet's "Got a tip? Write to us." But an outlet prints its house lines under many
articles, and counters and teasers change at every fetch; both can be counted. What was learned is applied to both
versions before they are compared, so that learning a line never looks like an edit, and a replay decides the same.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tracker.model import Block, BlockKind, Habit, HabitKind, Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from tracker.model import Article, LineCounts

SITE_RULE: Final = "site rule"
ENTRY_TIME: Final = "time of an entry"
EXEMPT: Final = frozenset({SITE_RULE, ENTRY_TIME})
"""Reasons of blocks that are news whatever was learned; every number being alike, all times would be one line."""
LONGEST_LINE: Final = 300
"""Wires print the same background paragraph in many follow-ups: longer blocks are house lines by far more articles."""
LONGEST_HOUSE_LINE: Final = 1_000
HOUSE_ARTICLES: Final = 4
HOUSE_SHARE: Final = 0.1
SURE_ARTICLES: Final = 6
SURE_SHARE: Final = 0.5
KNOWN_SHARE: Final = 0.4
LONGEST_VOLATILE: Final = 160
VOLATILE_FETCHES: Final = 4

_DIGITS: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_SENTENCE_END: Final = re.compile(r"[.!?。！？…][\"'”’»)\]]*$")
_LEARNABLE: Final = frozenset(
    {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.SUBHEAD, BlockKind.QUOTE, BlockKind.DATELINE}
)


@dataclass(frozen=True, slots=True)
class Habits:
    """The lines of a source that are not news: keys of house lines and of volatile ones."""

    house: frozenset[str] = frozenset()
    volatile: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.house or self.volatile)

    def with_these(self, habits: Iterable[Habit]) -> Habits:
        """Return these habits and *habits*."""
        new = list(habits)
        house = {habit.key for habit in new if habit.kind is HabitKind.HOUSE}
        volatile = {habit.key for habit in new if habit.kind is HabitKind.VOLATILE}
        return Habits(self.house | house, self.volatile | volatile)


def key_of(text: str) -> str:
    """Return the key of a line: 16 hexadecimal digits over its words, case-folded, every number alike."""
    shape = _DIGITS.sub("0", " ".join(text.casefold().split()))
    return hashlib.sha256(shape.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def house_key(text: str) -> str:
    """Return the key by which house lines are counted; numbers count as they stand, that no edit of one is hidden."""
    if not _DIGITS.search(text):
        return key_of(text)
    words = " ".join(text.casefold().split())
    return hashlib.sha256(f"={words}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def lines_of(article: Article) -> tuple[Line, ...]:
    """Return the lines of an article's news text that might turn out to be house lines, each once."""
    found = {house_key(block.text): block.text for block in article.blocks if _learnable(block)}
    return tuple(Line(key, sample) for key, sample in found.items())


def is_original(lines: Sequence[Line], counts: LineCounts) -> bool:
    """Say whether most of an article's lines are its own, so that it may teach what the house prints everywhere.

    Copies and follow-ups share their news; counted, they would make house lines of it.
    """
    return len(counts.lines) <= KNOWN_SHARE * len(lines)


def house_lines(lines: Sequence[Line], counts: LineCounts, now: datetime) -> tuple[Habit, ...]:
    """Return those of an article's *lines* that turn out to be house lines with this article.

    *counts* is what was counted before it.
    """
    if not is_original(lines, counts):
        return ()
    before = dict(counts.lines)
    return tuple(
        Habit(HabitKind.HOUSE, line.key, line.sample, before.get(line.key, 0) + 1, now)
        for line in lines
        if is_house(before.get(line.key, 0) + 1, counts.articles + 1, sure=_may_be_news(line.sample))
    )


def is_house(articles_with_line: int, articles: int, *, sure: bool = False) -> bool:
    """Say whether a line that stands in so many of a source's articles is a house line.

    To be *sure* is asked of lines with a number and of long ones: a toll or the background of a story may stand in many
    articles, word for word, but hardly in half of all that an outlet prints.
    """
    least, share = (SURE_ARTICLES, SURE_SHARE) if sure else (HOUSE_ARTICLES, HOUSE_SHARE)
    return articles_with_line >= least and articles_with_line >= share * articles


def _may_be_news(text: str) -> bool:
    return len(text) > LONGEST_LINE or _DIGITS.search(text) is not None


def volatile_lines(fetches: Sequence[Article], now: datetime) -> tuple[Habit, ...]:
    """Return the lines that differed at every one of the latest fetches of one article, oldest fetch first.

    A line is found by its neighbours. Only short lines without the end of a sentence count, and only where their words
    differ, not their numbers alone: the first paragraph of a running story, or its tally, may change every time too.
    """
    latest = fetches[-VOLATILE_FETCHES:]
    if len(latest) < VOLATILE_FETCHES:
        return ()
    slots = [_slots(article) for article in latest]
    everywhere = set(slots[0]).intersection(*slots[1:])
    unsteady = (slot for slot in everywhere if len({key_of(each[slot]) for each in slots}) == len(slots))
    samples = {key_of(each[slot]): each[slot] for slot in unsteady for each in slots}
    return tuple(Habit(HabitKind.VOLATILE, key, sample, 1, now) for key, sample in samples.items())


def apply(habits: Habits, article: Article) -> Article:
    """Return the article with its house lines and volatile lines classed as boilerplate; nothing is lost.

    Where that would leave less than half of the words, what was learned is wrong for this article and is let be.
    """
    if not habits:
        return article
    judged = replace(article, blocks=tuple(_judged(habits, block) for block in article.blocks))
    return judged if 2 * judged.words >= article.words else article


def _learnable(block: Block) -> bool:
    return block.kind in _LEARNABLE and len(block.text) <= LONGEST_HOUSE_LINE and block.reason not in EXEMPT


def _judged(habits: Habits, block: Block) -> Block:
    if not _learnable(block):
        return block
    if house_key(block.text) in habits.house:
        return replace(
            block, kind=BlockKind.BOILERPLATE, reason="house line: it stands in many articles of this source"
        )
    if len(block.text) <= LONGEST_LINE and key_of(block.text) in habits.volatile:
        return replace(block, kind=BlockKind.BOILERPLATE, reason="volatile line: it differs at every fetch")
    return block


def _slots(article: Article) -> dict[tuple[str, str], str]:
    texts = ["", *(block.text for block in article.editorial), ""]
    return {
        (before, after): text
        for before, text, after in _threes(texts)
        if len(text) <= LONGEST_VOLATILE and not _SENTENCE_END.search(text)
    }


def _threes(texts: Sequence[str]) -> Iterable[tuple[str, str, str]]:
    return zip(texts, texts[1:], texts[2:], strict=False)
