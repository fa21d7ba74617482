"""Find the editions of listed versions: which of them are one state of a text, at its origin and in copies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from tracker.archive.stories import list_copies, list_decisions
from tracker.stories.current_stories import current_decisions

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model.version import Version, VersionSummary
    from tracker.stories.current_stories import CurrentDecisions
    from tracker.stories.editions import V, VersionKey
    from tracker.stories.propagation import Timeline
    from tracker.views.version import EditionCopy

MAX_LINK_STEPS: Final = 3
"""A copy is linked with a few others that print its text, and these with the rest."""


def together(archive: Archive, versions: Sequence[V]) -> list[tuple[V, tuple[EditionCopy, ...]]]:
    """Return `versions` with the copies of each edition named at its first version instead of listed themselves."""
    taken = taken_editions(archive, versions)
    if not taken:
        return [(version, ()) for version in versions]
    from tracker.stories.editions import by_edition

    return by_edition(versions, taken)


def taken_editions(
    archive: Archive, versions: Sequence[Version] | Sequence[VersionSummary]
) -> dict[VersionKey, VersionKey]:
    """Return the editions that `versions` took over from one another, by the copies that were found so far."""
    listed = {each.article for each in versions}
    if len(listed) < 2:
        return {}
    links = [pair.articles for pair in list_copies(archive, sorted(listed))]
    if not links:
        return {}
    # Only here: what compares texts takes a tenth of a second to import, and most lists hold no copies.
    from tracker.stories.copies import copy_groups
    from tracker.stories.editions import editions

    groups = copy_groups(link for link in links if listed.issuperset(link))
    if not groups:
        return {}
    decided = current_decisions(list_decisions(archive))
    wanted = {(each.article, each.n) for each in versions}
    found: dict[VersionKey, VersionKey] = {}
    for group in groups:
        if printed := _printed(archive, group, decided):
            found |= editions(*printed, wanted)
    return found


def copies_of(archive: Archive, article: str) -> tuple[Timeline, list[Timeline]] | None:
    """Return the origin of the text that `article` prints and the copies of it; None if nobody else prints it."""
    found = {article}
    for _ in range(MAX_LINK_STEPS):
        grown = found.union(*(pair.articles for pair in list_copies(archive, sorted(found))))
        if grown == found:
            break
        found = grown
    decided = current_decisions(list_decisions(archive))
    is_own = any(article == each for each, _ in decided.own)
    return None if is_own else _printed(archive, found, decided)


def _printed(
    archive: Archive, articles: Collection[str], decided: CurrentDecisions
) -> tuple[Timeline, list[Timeline]] | None:
    """Return the article whose text the others print (the one that people named, else the likeliest), and the others.

    None if only one is left without those that people took out of the copies.
    """
    from tracker.stories.copies import origin_of

    from .story_timelines import timelines

    printed = timelines(archive, sorted(set(articles) - {article for article, _ in decided.own}))
    if len(printed) < 2:
        return None
    named = next((each for each in printed if each.article in decided.origins.values()), None)
    origin = named or next(each for each in printed if each.article == origin_of(printed))
    return origin, [each for each in printed if each is not origin]
