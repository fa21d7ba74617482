"""Find the editions of listed versions: which of them are one state of a text, at its origin and in copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tracker.archive.stories import list_copies

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.stories.editions import V
    from tracker.views.version import EditionCopy


def group_copies(archive: Archive, versions: Sequence[V]) -> list[tuple[V, tuple[EditionCopy, ...]]]:
    """Return `versions` with the copies of each edition named at its first version instead of listed themselves.

    Editions are told by the copies that were found so far.
    """
    listed = {each.article for each in versions}
    pairs = list_copies(archive, sorted(listed)) if len(listed) > 1 else []
    links = [pair.articles for pair in pairs if listed.issuperset(pair.articles)]
    if not links:
        return [(version, ()) for version in versions]
    # Only here: what compares texts takes a tenth of a second to import, and most lists hold no copies.
    from .story_timelines import group_linked_copies

    return group_linked_copies(archive, versions, links)
