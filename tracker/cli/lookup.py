"""Find sources of the configuration or the archive by name, and suggest the nearest name if there is none."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from tracker.archive.sources import list_sources
from tracker.errors import NotKnown

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
            raise unknown("source", name, list(known))
    return [known[name] for name in wanted]


def stored_source(store: Archive, name: str) -> str:
    """Return `name`, which may be empty. Raises NotKnown if the archive has no such source."""
    if name and name not in (known := list_sources(store)):
        raise unknown("source", name, known)
    return name


def unknown(what: str, name: str, known: list[str]) -> NotKnown:
    """Return the error to raise for an unknown `name`; its hint suggests one of `known`."""
    near = get_close_matches(name, known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known) or 'none'}"
    return NotKnown(f"there is no such {what}", resource=name, hint=hint)
