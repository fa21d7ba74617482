"""CSV (RFC 4180) for spreadsheets: one row a version, times in UTC, no cell that a spreadsheet would compute.

A cell that begins with a sign that starts a formula gets an apostrophe before it, as OWASP advises; NUL is left out.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from tracker.render.times import iso

from .selection import ExportProgress, in_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import BinaryIO

    from tracker.archive.archive import Archive
    from tracker.model.version import Version

    from .selection import Progress, Selection

COLUMNS: Final = (
    *("article", "version", "source", "url", "seen", "previous_seen", "title", "dek", "byline", "published"),
    *("modified", "section", "lang", "words", "words_added", "words_removed", "labels", "evidence", "significance"),
    *("announced", "notices", "stories", "sha256", "capture", "removed"),
)
_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write(store: Archive, selection: Selection, out: BinaryIO, *, progress: Progress | None = None) -> ExportProgress:
    """Write what is selected to *out*, oldest first, with a row of names on top."""
    tally = ExportProgress()
    out.write(_line(COLUMNS))
    for version in in_time(store, selection):
        out.write(_line([guarded(cell) for cell in row(version)]))
        tally.versions += 1
        if progress is not None:
            progress(tally)
    return tally


def row(version: Version) -> tuple[str, ...]:
    """Return the cells of one version, in the order of COLUMNS; several values in one cell are parted by "; "."""
    content, made = version.content, version.change
    announced = {True: "yes", False: "no", None: ""}[made.announced if made else None]
    return (
        version.article,
        str(version.n),
        version.source,
        version.url,
        iso(version.seen) or "",
        iso(version.previous_seen) or "",
        content.title,
        content.dek,
        _joined(content.byline),
        iso(content.published) or "",
        iso(content.modified) or "",
        content.section,
        content.lang,
        str(content.words),
        str(made.words_added) if made else "",
        str(made.words_removed) if made else "",
        _joined(dict.fromkeys(label.kind.value for label in made.labels)) if made else "",
        _joined(f"{label.kind.value}: {label.evidence}" for label in made.labels) if made else "",
        f"{made.significance:g}" if made else "",
        announced,
        _joined(f"{notice.kind.value}: {notice.text}" for notice in content.notices),
        _joined(version.stories),
        content.sha256,
        version.capture_sha256,
        version.removed,
    )


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    clean = cell.replace("\0", "")
    return f"'{clean}" if clean.lstrip(" ").startswith(_STARTS) else clean


def _joined(values: Iterable[str]) -> str:
    return "; ".join(values)


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue().encode("utf-8", "replace")
