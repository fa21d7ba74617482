"""Make one time line of a story: each edition and each edit of an outlet's own, in the order they were seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tracker.views.story import StoryEvent, UntakenCorrection

from .editions import by_edition, editions

if TYPE_CHECKING:
    from tracker.model.article import NoticeKind
    from tracker.model.story import Place
    from tracker.model.version import Version

    from .editions import VersionKey
    from .propagation import Timeline


def story_events(
    timelines: Sequence[Timeline], copies: Mapping[str, str], places: Sequence[Place]
) -> tuple[StoryEvent, ...]:
    """Return what happened in a story, oldest first; copies of an edition are named with it.

    Args:
        timelines: the articles of the story.
        copies: the origin of each copy.
        places: the places of the articles, which say who runs what.
    """
    known = {each.article: each for each in timelines}
    taken: dict[VersionKey, VersionKey] = {}
    for origin in dict.fromkeys(copies.values()):
        if origin in known:
            printed = [known[copy] for copy, whose in copies.items() if whose == origin and copy in known]
            taken |= editions(known[origin], printed)
    versions = sorted(
        (version for each in timelines for version in each.versions), key=lambda each: (each.seen, each.article, each.n)
    )
    sources = {each.article: each.source for each in timelines}
    return tuple(
        StoryEvent(
            version.article,
            version.n,
            sources[version.article],
            version.seen,
            version.content.title,
            tuple(dict.fromkeys(label.kind.value for label in version.change.labels)) if version.change else (),
            named,
            tuple(place for place in places if _lacks(place, version)),
        )
        for version, named in by_edition(versions, taken)
    )


def _lacks(copy: Place, version: Version) -> bool:
    """Say whether a copy that was there before a version of its origin was last seen with an older text."""
    return (
        copy.origin == version.article
        and copy.online
        and copy.runs is not None
        and copy.runs < version.n
        and copy.behind_since is not None
        and bool(copy.history)
        and copy.history[0].seen < version.seen
        and copy.confirmed is not None
        and copy.confirmed > version.seen
    )


def untaken_corrections(places: Sequence[Place]) -> tuple[UntakenCorrection, ...]:
    """Return the notices of origins that some copies never printed, the newest first, each with these copies."""
    found: dict[tuple[str, int, NoticeKind, str], list[Place]] = {}
    for place in places:
        for notice in place.missing_notices:
            found.setdefault((place.origin or "", notice.version, notice.kind, notice.text), []).append(place)
    sources = {place.article: place.source for place in places}
    corrections = [
        UntakenCorrection(
            origin,
            version,
            sources.get(origin, ""),
            kind.value,
            text,
            min(notice.since for place in copies for notice in place.missing_notices if notice.text == text),
            tuple((place, _text_taken(place, version, text)) for place in copies),
        )
        for (origin, version, kind, text), copies in found.items()
    ]
    return tuple(sorted(corrections, key=lambda each: each.since, reverse=True))


def _text_taken(place: Place, version: int, text: str) -> bool:
    return any(each.text_taken for each in place.missing_notices if (each.version, each.text) == (version, text))
