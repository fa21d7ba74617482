"""Who copies whom within a story: origin, copy or a piece of its own."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from .alignment import overlap
from .copies import LEAST_MARKS, groups
from .decisions import CurrentDecisions
from .origin import Printed, origin_of
from .shingles import sign
from .words import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .propagation import Timeline
    from .words import Text


def roles(
    story: str,
    timelines: Sequence[Timeline],
    standing: CurrentDecisions | None = None,
    links: Iterable[tuple[str, str]] | None = None,
) -> dict[str, str]:
    """Return, for every copy among *timelines*, the article whose text it copies.

    *links* are pairs already found by `copies.copies_of`; without them every pair is aligned. A person's OWN takes an
    article out, ORIGIN decides whose text it is.
    """
    ruled = standing or CurrentDecisions()
    home = ruled.name(story)
    known = {each.article: each for each in timelines if (each.article, home) not in ruled.own}
    pairs = _linked(list(known.values())) if links is None else links
    copies: dict[str, str] = {}
    for group in groups((a, b) for a, b in pairs if a in known and b in known):
        members = [known[article] for article in sorted(group)]
        named = ruled.origins.get(home)
        origin = named if named in group else origin_of([_printed(each) for each in members])
        copies |= {each.article: origin for each in members if each.article != origin}
    return copies


def _linked(timelines: Sequence[Timeline]) -> list[tuple[str, str]]:
    texts = {each.article: _texts(each) for each in timelines}
    marks = {article: {mark for text in held for mark in sign(text).marks} for article, held in texts.items()}
    likely = ((a, b) for a, b in combinations(texts, 2) if len(marks[a] & marks[b]) >= LEAST_MARKS)
    return [(a, b) for a, b in likely if _any_copy(texts[a], texts[b])]


def _texts(timeline: Timeline) -> tuple[Text, ...]:
    """Return the texts of the versions, newest first; a copy may run any of them."""
    return tuple(dict.fromkeys(text_of(version.content) for version in reversed(timeline.versions)))


def _any_copy(one: Sequence[Text], other: Sequence[Text]) -> bool:
    return any(overlap(a, b).is_copy for a in one for b in other)


def _printed(timeline: Timeline) -> Printed:
    first = timeline.versions[0]
    return Printed(timeline.article, timeline.url, first.content, first.seen)
