"""The formats that are written, by name. What a format needs is imported when it is written."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from tracker.archive.archive import Archive

    from .selection import ExportProgress, Progress, Selection, Split


@dataclass(frozen=True, slots=True)
class Job:
    """One export. *path* is where it goes, None for *stdout*; *now* and *release* say when and by what it was made."""

    store: Archive
    selection: Selection
    path: Path | None
    stdout: BinaryIO
    now: datetime
    release: str
    split: Split
    with_captures: bool = False
    with_checks: bool = False
    progress: Progress | None = None

    @property
    def place(self) -> Path:
        """Return where it goes. Raises UsageError where that is standard output."""
        if self.path is None:
            raise UsageError("this format cannot be written to standard output", hint="name a file with --out")
        return self.path

    @contextmanager
    def out(self) -> Iterator[BinaryIO]:
        """Give what to write to; a file appears whole or not at all."""
        if self.path is None:
            yield self.stdout
            self.stdout.flush()
            return
        from .files import writing

        with writing(self.path) as file:
            yield file


def _jsonl(job: Job) -> ExportProgress:
    from . import jsonl

    with job.out() as out:
        return jsonl.write(
            job.store,
            job.selection,
            out,
            with_captures=job.with_captures,
            with_checks=job.with_checks,
            progress=job.progress,
        )


def _csv(job: Job) -> ExportProgress:
    from . import sheet

    with job.out() as out:
        return sheet.write(job.store, job.selection, out, progress=job.progress)


def _warc(job: Job) -> ExportProgress:
    from . import warc

    return warc.export(job.store, job.selection, job.place, job.now, release=job.release, progress=job.progress)


def _wacz(job: Job) -> ExportProgress:
    from . import wacz

    return wacz.export(job.store, job.selection, job.place, job.now, release=job.release, progress=job.progress)


def _newsedits(job: Job) -> ExportProgress:
    from . import newsedits

    return newsedits.export(job.store, job.selection, job.place, split=job.split, progress=job.progress)


def _parquet(job: Job) -> ExportProgress:
    from . import parquet

    return parquet.export(job.store, job.selection, job.place, with_captures=job.with_captures, progress=job.progress)


def _git(job: Job) -> ExportProgress:
    from . import git

    return git.export(job.store, job.selection, job.place, with_captures=job.with_captures, progress=job.progress)


WRITERS: Final[dict[str, Callable[[Job], ExportProgress]]] = {
    "jsonl": _jsonl,
    "csv": _csv,
    "warc": _warc,
    "wacz": _wacz,
    "newsedits": _newsedits,
    "parquet": _parquet,
    "git": _git,
}
WITH_CAPTURES: Final = ("jsonl", "parquet", "git")


def export(form: str, job: Job) -> ExportProgress:
    """Write what is selected in the format of that name. Raises UsageError where that cannot be."""
    if job.with_captures and form not in WITH_CAPTURES:
        raise UsageError(f"{form} cannot contain captures", hint=f"formats that can: {', '.join(WITH_CAPTURES)}")
    if job.with_checks and form != "jsonl":
        raise UsageError(f"{form} cannot contain checks", hint="use jsonl")
    return WRITERS[form](job)
