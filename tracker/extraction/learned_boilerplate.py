"""Learn boilerplate from a source's own pages: house lines, which are in many articles, and volatile lines.

No list of phrases knows every outlet's "Got a tip? Write to us." But an outlet prints its house lines under many
articles, and counters and teasers differ at every fetch; both can be counted. Learned lines are marked in both versions
before they are compared, so that learning a line never looks like an edit, and a replay decides the same.
See docs/adr/0005.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tracker.model.article import ENTRY_TIME, Article, Block, BlockKind
from tracker.model.source import Habit, HabitKind, Line, LineCounts

SITE_RULE: Final = "site rule"
# Blocks with these reasons, which are stored with them, are never taken for boilerplate. Entry times are listed because
# keys ignore digits, which would make every time in a live blog the same line.
_NEVER_LEARNED_REASONS: Final = frozenset({SITE_RULE, ENTRY_TIME})

MIN_HOUSE_LINE_ARTICLES: Final = 4
_MIN_HOUSE_LINE_SHARE: Final = 0.1  # of a source's articles
# Wires print the same background paragraph in many follow-ups, and a toll is in many articles: long lines and lines
# with a number must be in more of them.
_MIN_SURE_ARTICLES: Final = 6
_MIN_SURE_SHARE: Final = 0.5
_MAX_LINE_CHARS: Final = 300
_MAX_HOUSE_LINE_CHARS: Final = 1_000
_MAX_KNOWN_LINE_SHARE: Final = 0.4
MIN_VOLATILE_FETCHES: Final = 4
_MAX_VOLATILE_LINE_CHARS: Final = 160
_KEY_DIGITS: Final = 16  # hexadecimal

_NUMBER: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_SENTENCE_END: Final = re.compile(r"[.!?。！？…][\"'”’»)\]]*$")
_LEARNABLE_KINDS: Final = frozenset(
    {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.SUBHEAD, BlockKind.QUOTE, BlockKind.DATELINE}
)


@dataclass(frozen=True, slots=True)
class LearnedBoilerplate:
    """The keys of a source's learned lines: house lines and volatile lines."""

    house: frozenset[str] = frozenset()
    volatile: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.house or self.volatile)

    def with_habits(self, habits: Iterable[Habit]) -> LearnedBoilerplate:
        """Return this with `habits` added."""
        new = list(habits)
        house = {habit.key for habit in new if habit.kind is HabitKind.HOUSE}
        volatile = {habit.key for habit in new if habit.kind is HabitKind.VOLATILE}
        return LearnedBoilerplate(self.house | house, self.volatile | volatile)


def line_key(text: str) -> str:
    """Return the key of a line: 16 hexadecimal digits, the same for any case, spacing and numbers."""
    return _hashed(_NUMBER.sub("0", " ".join(text.casefold().split())))


def house_line_key(text: str) -> str:
    """Return the key by which house lines are counted: different numbers differ, so that no edit of one is hidden."""
    words = " ".join(text.casefold().split())
    return _hashed(f"={words}" if _NUMBER.search(words) else words)


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_KEY_DIGITS]


def learnable_lines(article: Article) -> tuple[Line, ...]:
    """Return the lines of an article's text that might turn out to be house lines, each once."""
    found = {house_line_key(block.text): block.text for block in article.blocks if _is_learnable(block)}
    return tuple(Line(key, sample) for key, sample in found.items())


def is_mostly_original(lines: Sequence[Line], counts: LineCounts) -> bool:
    """Return whether most of an article's `lines` are new to its source, so that they may be counted.

    `counts` has those of them that were seen before. Copies and follow-ups share their news: if they were counted, the
    news would be taken for house lines.
    """
    return len(counts.lines) <= _MAX_KNOWN_LINE_SHARE * len(lines)


def house_lines(lines: Sequence[Line], counts: LineCounts, now: datetime) -> tuple[Habit, ...]:
    """Return those of an article's `lines` that become house lines with it; `counts` is from before it."""
    if not is_mostly_original(lines, counts):
        return ()
    before = dict(counts.lines)
    return tuple(
        Habit(HabitKind.HOUSE, line.key, line.sample, before.get(line.key, 0) + 1, now)
        for line in lines
        if is_house_line(line.sample, before.get(line.key, 0) + 1, counts.articles + 1)
    )


def is_house_line(text: str, articles_with_line: int, articles: int) -> bool:
    """Return whether a line is a house line, given how many of a source's articles have it."""
    if len(text) > _MAX_LINE_CHARS or _NUMBER.search(text):
        return articles_with_line >= _MIN_SURE_ARTICLES and articles_with_line >= _MIN_SURE_SHARE * articles
    return articles_with_line >= MIN_HOUSE_LINE_ARTICLES and articles_with_line >= _MIN_HOUSE_LINE_SHARE * articles


def volatile_lines(fetches: Sequence[Article], now: datetime) -> tuple[Habit, ...]:
    """Return the lines that differed at every one of the latest fetches of one article, oldest fetch first.

    A line is identified by its neighbours. Only short lines that do not end as a sentence count, and only if their
    words differ, not just their numbers: the first paragraph of a running story, or its toll, may differ every time,
    too.
    """
    latest = fetches[-MIN_VOLATILE_FETCHES:]
    if len(latest) < MIN_VOLATILE_FETCHES:
        return ()
    by_neighbours = []
    for article in latest:
        texts = ["", *(block.text for block in article.editorial), ""]
        found = {
            (before, after): text
            for before, text, after in zip(texts, texts[1:], texts[2:], strict=False)
            if len(text) <= _MAX_VOLATILE_LINE_CHARS and not _SENTENCE_END.search(text)
        }
        by_neighbours.append(found)
    everywhere = set(by_neighbours[0]).intersection(*by_neighbours[1:])
    changing = (place for place in everywhere if len({line_key(each[place]) for each in by_neighbours}) == len(latest))
    samples = {line_key(each[place]): each[place] for place in changing for each in by_neighbours}
    return tuple(Habit(HabitKind.VOLATILE, key, sample, 1, now) for key, sample in samples.items())


def apply(learned: LearnedBoilerplate, article: Article) -> Article:
    """Return the article with its house lines and volatile lines made boilerplate; no text is lost.

    If that would leave less than half of the words, the learned lines are wrong for this article, and it is returned
    unchanged.
    """
    if not learned:
        return article
    blocks = []
    for block in article.blocks:
        reason = ""
        if _is_learnable(block):
            if house_line_key(block.text) in learned.house:
                reason = "house line: it is in many articles of this source"
            elif len(block.text) <= _MAX_LINE_CHARS and line_key(block.text) in learned.volatile:
                reason = "volatile line: it differs at every fetch"
        blocks.append(replace(block, kind=BlockKind.BOILERPLATE, reason=reason) if reason else block)
    if tuple(blocks) == article.blocks:
        return article
    applied = replace(article, blocks=tuple(blocks))
    return applied if 2 * applied.words >= article.words else article


def _is_learnable(block: Block) -> bool:
    return (
        block.kind in _LEARNABLE_KINDS
        and len(block.text) <= _MAX_HOUSE_LINE_CHARS
        and block.reason not in _NEVER_LEARNED_REASONS
    )
