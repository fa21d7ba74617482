"""Find sources of the configuration or the archive by name, and suggest the nearest name if there is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tracker.archive.sources import list_sources
from tracker.errors import unknown

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.config import SourceConfig

    from .app import App


def sources(app: App, names: Iterable[str]) -> list[SourceConfig]:
    """Return the sources with these names, or all sources if `names` is empty. Raises NotKnown."""
    known = {source.name: source for source in app.config.sources}
    wanted = list(names) or list(known)
    for name in wanted:
        if name not in known:
            raise unknown("source", name, known)
    return [known[name] for name in wanted]


def stored_source(store: Archive, name: str) -> str:
    """Return `name`, which may be empty. Raises NotKnown if the archive has no such source."""
    if name and name not in (known := list_sources(store)):
        raise unknown("source", name, known)
    return name
