"""Who copies whom within a story: origin, copy or a piece of its own."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from .alignment import Overlap, overlap
from .copies import groups
from .decisions import Standing
from .origin import Printed, origin_of
from .words import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .propagation import Timeline
    from .words import Text


def roles(
    story: str,
    timelines: Sequence[Timeline],
    standing: Standing | None = None,
    links: Iterable[tuple[str, str]] | None = None,
) -> dict[str, str]:
    """Return, for every copy among *timelines*, the article whose text it copies.

    *links* are pairs already found by `copies.copies_of`; without them every pair is aligned. A person's OWN takes an
    article out, ORIGIN decides whose text it is.
    """
    ruled = standing or Standing()
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
    return [(one, other) for one, other in combinations(texts, 2) if _any_copy(texts[one], texts[other])]


def _texts(timeline: Timeline) -> tuple[Text, ...]:
    """Return the texts of the versions, newest first; a copy may run any of them."""
    return tuple(dict.fromkeys(text_of(version.content) for version in reversed(timeline.versions)))


def _any_copy(one: Sequence[Text], other: Sequence[Text]) -> bool:
    found: Iterable[Overlap] = (overlap(a, b) for a in one for b in other)
    return any(each.is_copy for each in found)


def _printed(timeline: Timeline) -> Printed:
    first = timeline.versions[0]
    return Printed(timeline.article, timeline.url, first.content, first.seen)
