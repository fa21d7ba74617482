"""Find the editions of listed versions: which of them are one state of a text, at its origin and in copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tracker.archive.stories import list_copies, list_decisions
from tracker.stories.current_stories import current_decisions

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.stories.editions import V, VersionKey
    from tracker.views.version import EditionCopy


def together(archive: Archive, versions: Sequence[V]) -> list[tuple[V, tuple[EditionCopy, ...]]]:
    """Return `versions` with the copies of each edition named at its first version instead of listed themselves.

    Editions are told by the copies that were found so far.
    """
    listed = {each.article for each in versions}
    links = [pair.articles for pair in list_copies(archive, sorted(listed))] if len(listed) > 1 else []
    if not links:
        return [(version, ()) for version in versions]
    # Only here: what compares texts takes a tenth of a second to import, and most lists hold no copies.
    from tracker.stories.copies import copy_groups
    from tracker.stories.editions import by_edition, editions

    from .story_timelines import printed

    decided = current_decisions(list_decisions(archive))
    wanted = {(each.article, each.n) for each in versions}
    taken: dict[VersionKey, VersionKey] = {}
    for group in copy_groups(link for link in links if listed.issuperset(link)):
        if found := printed(archive, group, decided):
            taken |= editions(*found, wanted)
    return by_edition(versions, taken) if taken else [(version, ()) for version in versions]
