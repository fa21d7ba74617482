"""Versions as they are shown and compared: without lines that were later learned to be boilerplate."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.archive.habits import list_habits
from tracker.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.archive.archive import Archive
    from tracker.model import Version


def standing(version: Version) -> Version:
    """Return `version`. Raises ArchiveError, with the reason, if it was taken down."""
    if version.removed:
        raise ArchiveError(f"this version was deleted: {version.removed}", resource=f"{version.article}@{version.n}")
    return version


def settled(store: Archive, versions: Iterable[Version]) -> list[Version]:
    """Return `versions` of one article without the boilerplate lines learned for its source so far.

    All versions get the same treatment, because learning a line must not look like an edit of the article.
    """
    found = list(versions)
    learned = list_habits(store, found[0].source) if found else []
    if not learned:
        return found
    from tracker.extraction.learned_boilerplate import LearnedBoilerplate, apply

    habits = LearnedBoilerplate().with_habits(learned)
    return [replace(version, content=apply(habits, version.content)) for version in found]
