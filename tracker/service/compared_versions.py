"""Versions of one article as people compare them: under the same learned boilerplate, and with their stored change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tracker import compare
from tracker.archive.archive import Archive
from tracker.archive.sources import list_habits
from tracker.archive.versions import get_changes
from tracker.extraction.learned_boilerplate import LearnedBoilerplate, apply
from tracker.model.change import Change
from tracker.model.version import Version
from tracker.views.change import across


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


def change_between(archive: Archive, old: Version, new: Version) -> Change:
    """Return the change between two versions: the stored one for consecutive versions, else a new comparison."""
    # Alerts and exports use the stored change; one made here lacks labels that need the history, such as flaps.
    if new.n == old.n + 1 and new.change is not None:
        return new.change
    before, after = without_boilerplate(archive, [old, new])
    made = compare(before.content, after.content)
    between = [(new.article, n) for n in range(old.n + 1, new.n + 1)]
    return across(made, get_changes(archive, between).values()) if len(between) > 1 else made
