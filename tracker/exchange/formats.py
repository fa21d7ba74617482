"""The formats that `export` writes, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from tracker.errors import UsageError

from . import git, jsonl, newsedits, parquet, sheet, wacz, warc

if TYPE_CHECKING:
    from .selection import ExportProgress, Job

WRITERS: Final[dict[str, Callable[[Job], None]]] = {
    "jsonl": jsonl.write,
    "csv": sheet.write,
    "warc": warc.write,
    "wacz": wacz.write,
    "newsedits": newsedits.write,
    "parquet": parquet.write,
    "git": git.write,
}
WITH_CAPTURES: Final = ("jsonl", "parquet", "git")


def export(form: str, job: Job) -> ExportProgress:
    """Write the selected versions in the format of that name.

    Raises UsageError if the format cannot contain what the job asks for, or a library that it needs is missing.
    """
    if job.with_captures and form not in WITH_CAPTURES:
        raise UsageError(f"{form} cannot contain captures", hint=f"formats that can: {', '.join(WITH_CAPTURES)}")
    if job.with_checks and form != "jsonl":
        raise UsageError(f"{form} cannot contain checks", hint="use jsonl")
    WRITERS[form](job)
    return job.tally
