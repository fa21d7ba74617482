"""Export as CSV (RFC 4180) for spreadsheets: one row a version, times in UTC.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, as OWASP advises. So does a part of a
cell after a semicolon, a tab or a line end, which some spreadsheets take for the next cell. NUL is left out.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable
from typing import Final

from tracker.model.change import Verdict
from tracker.model.version import Version
from tracker.render.times import iso
from tracker.views.change import verdict_line

from .export import Job

COLUMNS: Final = (
    *("article", "version", "source", "url", "seen", "previous_seen", "title", "dek", "byline", "published"),
    *("modified", "section", "lang", "words", "words_added", "words_removed", "labels", "evidence", "significance"),
    *("announced", "notices", "stories", "sha256", "capture", "removed", "verdicts"),
)
_FORMULA: Final = re.compile(r"(?P<before>\A|[;\t\r\n])(?P<start>[ \"]*[=+\-@\t\r\n＝＋－＠])")


def write(job: Job) -> None:
    """Write the selected versions, oldest first, after a row of column names."""
    with job.out() as out:
        # Lone surrogates, which pages contain, have no bytes in UTF-8.
        rows = csv.writer(codecs.getwriter("utf-8")(out, "replace"))
        rows.writerow(COLUMNS)
        for version in job.in_time():
            rows.writerow(map(guarded, row(version, job.verdicts_on(version))))


def row(version: Version, verdicts: Iterable[Verdict] = ()) -> tuple[str, ...]:
    """Return the cells of one version, in the order of COLUMNS; several values in one cell are separated by "; "."""
    content, change = version.content, version.change
    announced = {True: "yes", False: "no", None: ""}[change.announced if change else None]
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
        str(change.words_added) if change else "",
        str(change.words_removed) if change else "",
        _joined(dict.fromkeys(label.kind.value for label in change.labels)) if change else "",
        _joined(f"{label.kind.value}: {label.evidence}" for label in change.labels) if change else "",
        change.significance.value if change else "",
        announced,
        _joined(f"{notice.kind.value}: {notice.text}" for notice in content.notices),
        _joined(version.stories),
        content.sha256,
        version.capture_sha256,
        version.removed,
        _joined(verdict_line(each) for each in verdicts),
    )


def guarded(cell: str) -> str:
    """Return a cell's text so that no spreadsheet takes it for a formula."""
    return _FORMULA.sub(r"\g<before>'\g<start>", cell.replace("\0", ""))


def _joined(values: Iterable[str]) -> str:
    return "; ".join(values)
