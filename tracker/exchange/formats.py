"""The formats that `export` writes, by name.

Adding one takes its module, which writes what a `Job` selects, and its line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final

from tracker.errors import UsageError

if TYPE_CHECKING:
    from .selection import ExportProgress, Job


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format.

    Attributes:
        writer: the function that writes it, as module:function; it is imported when it is used.
        with_captures: whether it can contain pages as fetched.
        with_checks: whether it can contain checks that made no version.
        is_folder: whether it is a folder that may also be named last, after the articles.
    """

    writer: str
    with_captures: bool = False
    with_checks: bool = False
    is_folder: bool = False

    def write(self, job: Job) -> ExportProgress:
        """Write the selected versions, and return what was written. Raises UsageError if a library is missing."""
        # Imported when it is used: some formats need large libraries.
        module, _, name = self.writer.partition(":")
        getattr(import_module(module), name)(job)
        return job.tally


FORMATS: Final = {
    "jsonl": ExportFormat("tracker.exchange.jsonl:write", with_captures=True, with_checks=True),
    "csv": ExportFormat("tracker.exchange.sheet:write"),
    "warc": ExportFormat("tracker.exchange.warc:write"),
    "wacz": ExportFormat("tracker.exchange.wacz:write"),
    "newsedits": ExportFormat("tracker.exchange.newsedits:write"),
    "parquet": ExportFormat("tracker.exchange.parquet:write", with_captures=True),
    "git": ExportFormat("tracker.exchange.git:write", with_captures=True),
    "site": ExportFormat("tracker.web.export:write", is_folder=True),
}


def export(form: str, job: Job) -> ExportProgress:
    """Write the selected versions in the format of that name.

    Raises UsageError if the format cannot contain what the job asks for, or a library that it needs is missing.
    """
    chosen = FORMATS[form]
    for what, asked, able in (
        ("captures", job.with_captures, "with_captures"),
        ("checks", job.with_checks, "with_checks"),
    ):
        if asked and not getattr(chosen, able):
            can = ", ".join(name for name, each in FORMATS.items() if getattr(each, able))
            raise UsageError(f"{form} cannot contain {what}", hint=f"formats that can: {can}")
    return chosen.write(job)
