"""Which versions go out, in which order, and what became of them."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from tracker.errors import ArchiveError
from tracker.model import VersionQuery
from tracker.ports import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from tracker.model import Capture, KeptAs, Version

    Progress = Callable[["ExportProgress"], None]
    """Called after every version; whoever listens decides how often that is worth a line."""


class Archive(Store, Protocol):
    """A store that also knows what was taken out of it."""

    def kept_as(self, article: str, n: int) -> KeptAs | None:
        """Return what a version was kept with, where its page was read again since."""
        ...

    def tombstones(self, article: str) -> dict[int, str]:
        """Return the numbers of versions that were taken out whole or in part, with the reason."""
        ...


@dataclass(frozen=True, slots=True)
class Selection:
    """Which versions: of these *articles* (ids), of one *source*, seen from *since* (included) to *until* (not)."""

    articles: tuple[str, ...] = ()
    source: str = ""
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = Selection()


@dataclass(slots=True)
class ExportProgress:
    """How far an export is: versions and pages written, pages that were taken out, and pages that are damaged."""

    versions: int = 0
    pages: int = 0
    without_page: int = 0
    damaged: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StoredPage:
    """The evidence of a version, or why there is none."""

    capture: Capture | None
    reason: str = ""


def in_time(store: Store, selection: Selection) -> Iterator[Version]:
    """Stream what is selected, oldest first: the order in which an archive can be filled again."""
    if not selection.articles:
        yield from store.versions(_query(selection))
        return
    streams = [store.versions(_query(selection, each)) for each in dict.fromkeys(selection.articles)]
    yield from heapq.merge(*streams, key=lambda version: (version.seen, version.article, version.n))


def by_article(store: Store, selection: Selection) -> Iterator[Version]:
    """Stream what is selected, article by article: versions of one text side by side compress best."""
    idents = selection.articles or [each.id for each in reversed(store.articles(source=selection.source or None))]
    for ident in dict.fromkeys(idents):
        yield from store.versions(_query(selection, ident))


def newest(store: Store, selection: Selection) -> datetime | None:
    """Return when the newest version that is selected was seen, None where none is."""
    found = (store.versions(_query(selection, each, newest=True)) for each in selection.articles or ("",))
    return max((version.seen for versions in found for version in versions), default=None)


def page_of(store: Archive, version: Version, tally: ExportProgress) -> StoredPage:
    """Return the evidence of *version*, and count it; one damaged page is named in *tally* and ends nothing."""
    if version.removed:
        tally.without_page += 1
        return StoredPage(None, version.removed)
    try:
        capture = store.capture(version.article, version.n)
    except ArchiveError as error:
        reason = store.tombstones(version.article).get(version.n)
        if reason is None:
            tally.damaged.append(f"{version.article}@{version.n}")
            return StoredPage(None, f"damaged: {error.message}")
        tally.without_page += 1
        return StoredPage(None, reason)
    tally.pages += 1
    return StoredPage(capture)


def _query(selection: Selection, article: str = "", *, newest: bool = False) -> VersionQuery:
    return VersionQuery(
        article=article,
        source=selection.source,
        since=selection.since,
        until=selection.until,
        reverse=not newest,
        limit=1 if newest else None,
    )
