"""Which versions go out, in which order, and what became of them."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.archive.articles import list_articles
from tracker.archive.captures import get_capture
from tracker.archive.takedowns import list_tombstones
from tracker.archive.versions import iter_versions
from tracker.errors import ArchiveError
from tracker.model.version import VersionQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from tracker.archive.archive import Archive
    from tracker.model.capture import Capture
    from tracker.model.version import Version

    Split = Callable[[str, str], Sequence[str]]
    """Cuts a text of a language (as in "en") into sentences."""
    Progress = Callable[["ExportProgress"], None]
    """Called after every version; whoever listens decides how often that is worth a line."""


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


def in_time(store: Archive, selection: Selection) -> Iterator[Version]:
    """Stream what is selected, oldest first: the order in which an archive can be filled again."""
    if not selection.articles:
        yield from iter_versions(store, _query(selection))
        return
    streams = [iter_versions(store, _query(selection, each)) for each in dict.fromkeys(selection.articles)]
    yield from heapq.merge(*streams, key=lambda version: (version.seen, version.article, version.n))


def by_article(store: Archive, selection: Selection) -> Iterator[Version]:
    """Stream what is selected, article by article: versions of one text side by side compress best."""
    idents = selection.articles or [each.id for each in reversed(list_articles(store, source=selection.source or None))]
    for ident in dict.fromkeys(idents):
        yield from iter_versions(store, _query(selection, ident))


def newest(store: Archive, selection: Selection) -> datetime | None:
    """Return when the newest version that is selected was seen, None where none is."""
    found = (iter_versions(store, _query(selection, each, newest=True)) for each in selection.articles or ("",))
    return max((version.seen for versions in found for version in versions), default=None)


def page_of(store: Archive, version: Version, tally: ExportProgress) -> StoredPage:
    """Return the evidence of *version*, and count it; one damaged page is named in *tally* and ends nothing."""
    if version.removed:
        tally.without_page += 1
        return StoredPage(None, version.removed)
    try:
        capture = get_capture(store, version.article, version.n)
    except ArchiveError as error:
        reason = list_tombstones(store, version.article).get(version.n)
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
