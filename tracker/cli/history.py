"""Versions as they are compared today: with what their source's pages have taught since."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.archive.habits import list_habits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.archive.archive import Archive
    from tracker.model import Version


def standing(version: Version) -> Version:
    """Return *version*. Raises ArchiveError, with the reason, where it was taken out."""
    if version.removed:
        from tracker.errors import ArchiveError

        raise ArchiveError(f"this version was taken out: {version.removed}", resource=f"{version.article}@{version.n}")
    return version


def settled(store: Archive, versions: Iterable[Version]) -> list[Version]:
    """Return *versions* of one article without the house lines and volatile lines that its source is known for by now.

    Learning a line must not look like an edit of the article, so it is applied to all of them alike.
    """
    found = list(versions)
    learned = list_habits(store, found[0].source) if found else []
    if not learned:
        return found
    from tracker.extraction.learned_boilerplate import LearnedBoilerplate, apply

    habits = LearnedBoilerplate().with_habits(learned)
    return [replace(version, content=apply(habits, version.content)) for version in found]
