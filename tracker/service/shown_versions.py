"""Versions as readers see them: under the same learned boilerplate, with their change, copies as one edition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker import compare
from tracker.archive.archive import Archive
from tracker.archive.sources import list_habits
from tracker.archive.stories import list_copies
from tracker.archive.takedowns import list_tombstones
from tracker.archive.versions import get_changes
from tracker.extraction.learned_boilerplate import LearnedBoilerplate, apply
from tracker.model.change import Change
from tracker.model.version import Version
from tracker.views.change import across

if TYPE_CHECKING:
    from tracker.stories.editions import V
    from tracker.views.version import EditionCopy


def without_boilerplate(archive: Archive, versions: Iterable[Version]) -> list[Version]:
    """Return `versions` of one article without the boilerplate lines learned for its source so far.

    All versions get the same treatment, because learning a line must not look like an edit of the article.
    """
    found = list(versions)
    learned = list_habits(archive, found[0].source) if found else []
    if not learned:
        return found
    habits = LearnedBoilerplate().with_habits(learned)
    return [replace(version, content=apply(habits, version.content)) for version in found]


def shown_since(archive: Archive, article: str, known: int, newest: int) -> list[int]:
    """Return the numbers of the newest version up to `known` and of all later ones, without those taken down."""
    removed = list_tombstones(archive, article, whole=True)
    shown = [n for n in range(1, newest + 1) if n not in removed]
    return [*[n for n in shown if n <= known][-1:], *(n for n in shown if n > known)]


def change_between(archive: Archive, old: Version, new: Version) -> Change:
    """Return the change between two versions: the stored one for consecutive versions, else a new comparison."""
    # Alerts and exports use the stored change; one made here lacks labels that need the history, such as flaps.
    if new.n == old.n + 1 and new.change is not None:
        return new.change
    before, after = without_boilerplate(archive, [old, new])
    made = compare(before.content, after.content)
    between = [(new.article, n) for n in range(old.n + 1, new.n + 1)]
    return across(made, get_changes(archive, between).values()) if len(between) > 1 else made


def group_copies(archive: Archive, versions: Sequence[V]) -> list[tuple[V, tuple[EditionCopy, ...]]]:
    """Return `versions` with the copies of each edition named at its first version instead of listed themselves.

    Editions are made from the copies found so far.
    """
    listed = {each.article for each in versions}
    pairs = list_copies(archive, sorted(listed)) if len(listed) > 1 else []
    links = [pair.articles for pair in pairs if listed.issuperset(pair.articles)]
    if not links:
        return [(version, ()) for version in versions]
    # Comparing texts takes a tenth of a second to import, and most lists have no copies.
    from .story_timelines import group_linked_copies

    return group_linked_copies(archive, versions, links)
