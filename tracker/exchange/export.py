"""One export: the versions it writes, their order, and its counts."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from tracker.archive.archive import Archive
from tracker.archive.captures import get_capture
from tracker.archive.handins import list_handins
from tracker.archive.takedowns import list_tombstones
from tracker.archive.verdicts import VerdictsByVersion, verdicts_by_version
from tracker.archive.versions import iter_versions
from tracker.errors import ArchiveError, UsageError
from tracker.model.capture import Capture
from tracker.model.change import Verdict
from tracker.model.version import Handin, Version, VersionQuery

from .files import writing

# Called after every version.
Progress = Callable[["ExportProgress"], None]


@dataclass(frozen=True, slots=True)
class Selection:
    """The versions to export: of these articles (ids), of one source, seen from `since` on and before `until`.

    `verdict` selects versions by people's verdicts, see `VERDICTS`.
    """

    articles: tuple[str, ...] = ()
    source: str = ""
    since: datetime | None = None
    until: datetime | None = None
    verdict: str = ""

    def query(self) -> VersionQuery:
        """Return the query for them, oldest first; those of a single article by number."""
        article = self.articles[0] if len(self.articles) == 1 else ""
        return VersionQuery(article, reverse=True, **asdict(self))


@dataclass(slots=True)
class ExportProgress:
    """The counts of an export so far, and the versions (as in ``id@2``) whose stored page is damaged.

    `without_page` counts versions whose page was deleted.
    """

    versions: int = 0
    pages: int = 0
    without_page: int = 0
    damaged: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StoredPage:
    """The capture of a version, or the reason why there is none."""

    capture: Capture | None
    reason: str = ""


@dataclass(frozen=True)
class Job:
    """One export to the file or folder `path`, or to `stdout` if that is None, by this `release` at the time `now`."""

    archive: Archive
    selection: Selection
    path: Path | None
    stdout: BinaryIO
    now: datetime
    release: str
    with_captures: bool = False
    with_checks: bool = False
    with_edits: bool = False
    include_unjudged: bool = False
    base: str = ""  # the address of a site, if it is known
    progress: Progress | None = None
    tally: ExportProgress = field(default_factory=ExportProgress)

    @property
    def place(self) -> Path:
        """The file or folder to write. Raises UsageError if the export goes to standard output."""
        if self.path is None:
            raise UsageError("this format cannot be written to standard output", hint="name a file with --out")
        return self.path

    @contextmanager
    def out(self) -> Iterator[BinaryIO]:
        """Open the file, or standard output, for writing. An incomplete file is deleted."""
        if self.path is None:
            yield self.stdout
            self.stdout.flush()
            return
        with writing(self.path) as file:
            yield file

    @cached_property
    def verdicts(self) -> VerdictsByVersion:
        """People's verdicts on all versions."""
        return verdicts_by_version(self.archive)

    def verdicts_on(self, version: Version) -> Sequence[Verdict]:
        """Return people's verdicts on the change that led to a version."""
        return self.verdicts.get((version.article, version.n), ())

    def in_time(self) -> Iterator[Version]:
        """Yield and count the selected versions, oldest first: the order in which `import` can read them."""
        # One stream an article: a clock can go back, the numbers of an article's versions cannot.
        idents = dict.fromkeys(self.selection.articles)
        parts = [replace(self.selection, articles=(each,)) for each in idents] or [self.selection]
        streams = [iter_versions(self.archive, each.query()) for each in parts]
        return self.counted(heapq.merge(*streams, key=lambda version: (version.seen, version.article, version.n)))

    def handins(self) -> list[Handin]:
        """Return the pages that were handed in for the selected articles, in the period, and were not deleted."""
        chosen = self.selection
        return [
            each
            for ident in dict.fromkeys(chosen.articles or [""])
            for each in list_handins(self.archive, ident)
            if not (each.page.removed or (chosen.source and each.page.source != chosen.source))
            and (chosen.since is None or each.page.seen >= chosen.since)
            and (chosen.until is None or each.page.seen < chosen.until)
        ]

    def page_of(self, version: Version) -> StoredPage:
        """Return the stored page of a version and count it. A damaged page is recorded; it does not end the export."""
        if version.removed:
            self.tally.without_page += 1
            return StoredPage(None, version.removed)
        try:
            capture = get_capture(self.archive, version.article, version.n)
        except ArchiveError as error:
            reason = list_tombstones(self.archive, version.article).get(version.n)
            if reason is None:
                self.tally.damaged.append(f"{version.article}@{version.n}")
                return StoredPage(None, f"damaged: {error.message}")
            self.tally.without_page += 1
            return StoredPage(None, reason)
        self.tally.pages += 1
        return StoredPage(capture)

    def counted(self, versions: Iterable[Version]) -> Iterator[Version]:
        """Yield `versions`; count each and report progress once it was written."""
        for version in versions:
            # Counted after it was written: a version that cannot be written is not reported as done.
            yield version
            self.tally.versions += 1
            if self.progress is not None:
                self.progress(self.tally)
