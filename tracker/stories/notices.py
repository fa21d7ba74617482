"""The origin's notices that a copy owes its readers: those on errors it printed and never said so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from tracker.model import Article, Block, Notice, NoticeKind, Version

from .words import figures_of, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

OWING: Final = frozenset({NoticeKind.CORRECTION, NoticeKind.CLARIFICATION, NoticeKind.EDITORS_NOTE})
"""An update note tells what is new at the origin; a copy need not repeat it."""

_SAME_WORDS: Final = 80
_TELLING_LENGTH: Final = 5
_TELLING: Final = 2


@dataclass(frozen=True, slots=True)
class Owed:
    """A notice of the origin that a copy lacks: since which version, and whether the copy's text was corrected.

    *since* is when the notice was first seen at the origin, or when the copy appeared, if that was later.
    """

    kind: NoticeKind
    text: str
    version: int
    since: datetime
    text_taken: bool


def owed(
    copy: Sequence[Version], origin: Sequence[Version], runs: Sequence[int], kinds: frozenset[NoticeKind] | None = None
) -> tuple[Owed, ...]:
    """Return the notices of *origin* that the newest version of *copy* owes its readers, oldest first.

    *runs* gives, for each version of the copy, the version of the origin it is nearest to. A copy that never ran a
    version from before the notice printed no error and owes nothing.
    """
    found = []
    for version, notice in _first(origin, OWING if kinds is None else kinds):
        printed = any(run < version.n for run in runs)
        if printed and not _carries(copy[-1].content, notice):
            since = max(version.seen, copy[0].seen)
            found.append(Owed(notice.kind, notice.text, version.n, since, runs[-1] >= version.n))
    return tuple(found)


def _first(origin: Sequence[Version], kinds: frozenset[NoticeKind]) -> list[tuple[Version, Notice]]:
    """Return each notice with the version it first stood in; one that was reworded later is the same."""
    found: list[tuple[Version, Notice]] = []
    for version in origin:
        for notice in version.content.notices:
            if notice.kind in kinds and not any(_same(notice, known) for _, known in found):
                found.append((version, notice))
    return found


def _carries(copy: Article, notice: Notice) -> bool:
    """Say whether *copy* has the notice in the origin's words or in its own."""
    if any(_same(notice, each) or _on_the_same(notice, each) for each in copy.notices):
        return True
    said = _key(notice.text)
    printed = (_key(block.text) for block in copy.blocks if _long(block, said))
    return any(fuzz.partial_ratio(said, key) >= _SAME_WORDS for key in printed)


def _long(block: Block, said: str) -> bool:
    """Say whether *block* is long enough to hold the notice: a short one is found in anything."""
    return len(block.text) >= len(said) * _SAME_WORDS / 100


def _same(one: Notice, other: Notice) -> bool:
    return fuzz.token_sort_ratio(_key(one.text), _key(other.text)) >= _SAME_WORDS


def _on_the_same(one: Notice, other: Notice) -> bool:
    """Say whether two notices, each in its outlet's words, speak of one thing: a figure or two words in common."""
    if one.kind != other.kind:
        return False
    figures = set(figures_of(one.text)) & set(figures_of(other.text))
    words = {word for word in words_of(one.text) if len(word) >= _TELLING_LENGTH} - _USUAL
    return bool(figures) or len(words.intersection(words_of(other.text))) >= _TELLING


def _key(text: str) -> str:
    return " ".join(words_of(text))


_USUAL: Final = frozenset(
    """correction corrected corrects clarification clarified story article version earlier previous previously report
    reported incorrectly misstated stated stating headline paragraph updated editor editors number amount spelling
    which there their should would about error since after before""".split()
)
