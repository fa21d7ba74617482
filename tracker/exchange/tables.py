"""Export as a table for spreadsheets: CSV (RFC 4180) and Excel workbooks.

A row is a version, or in a spreadsheet an edit. Times are in UTC.

CSV begins with a byte order mark, without which Excel does not read UTF-8. A cell that a spreadsheet would take for a
formula gets an apostrophe in front, as OWASP advises. So does a part of a cell after a semicolon, a tab or a line end,
which some spreadsheets take for the next cell. Other control characters are left out. In a workbook, cells are marked
as text and their text is unchanged.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import Any, Final

from tracker.archive.database.connection import clean_text
from tracker.archive.versions import OF_CONTENT, OF_VERSION, get_version
from tracker.classify.change_context import stored_edits
from tracker.errors import UsageError
from tracker.model.article import Article
from tracker.model.change import Op, Verdict
from tracker.model.version import Version
from tracker.render.text import without_controls
from tracker.render.times import iso
from tracker.views.change import shorten, verdict_line

from .export import Job
from .files import replacing

COLUMNS: Final = (
    *("article", "version", "source", "url", "seen", "previous_seen", "title", "dek", "byline", "published"),
    *("modified", "section", "lang", "words", "words_added", "words_removed", "labels", "evidence", "significance"),
    *("announced", "notices", "stories", "sha256", "capture", "removed", "verdicts"),
)
EDIT_COLUMNS: Final = (
    *("article", "version", "source", "url", "title", "previous_seen", "seen", "where", "edit", "before"),
    *("after", "substance", "kind", "noted", "significance"),
)
_FORMULA: Final = re.compile(r"(?P<before>\A|[;\t\r\n])(?P<start>[ \"]*[=+\-@\t\r\n＝＋－＠])")
_GUARDED: Final = re.compile(r"(\A|[;\t\r\n])'(?=[ \"]*[=+\-@\t\r\n＝＋－＠])")
MAX_SHEET_ROWS: Final = 1_048_576
# Excel holds 32,767 UTF-16 units in a cell, and a letter may take two.
MAX_CELL_CHARACTERS: Final = 16_383
_TIME: Final = 'yyyy-mm-dd hh:mm:ss "UTC"'
_WRAPPED: Final = {"text_wrap": True, "valign": "top"}
# Column → width in characters.
_WIDTHS: Final = {"previous_seen": 24, "seen": 24, "title": 40, "before": 60, "after": 60}

Cell = str | int | datetime | None


def write_csv(job: Job) -> None:
    """Write the selected versions as CSV, oldest first, after a row of column names."""
    with job.out() as out:
        # Lone surrogates, which pages contain, have no bytes in UTF-8.
        rows = csv.writer(codecs.getwriter("utf-8-sig")(out, "replace"))
        columns, cells = _table(job)
        rows.writerow(columns)
        for row in cells:
            rows.writerow([guarded(_text(cell)) for cell in row])


def write_xlsx(job: Job) -> None:
    """Write the selected versions as an Excel workbook.

    Raises UsageError if XlsxWriter is not installed, or if there are more rows than an Excel sheet holds.
    """
    try:
        import xlsxwriter
    except ModuleNotFoundError:
        raise UsageError("writing Excel files needs XlsxWriter", hint="pip install 'writethru[xlsx]'") from None
    columns, rows = _table(job)
    with replacing(job.place) as part, TemporaryDirectory() as folder:
        # Rows go to a temporary file as they are written.
        options = {"constant_memory": True, "tmpdir": folder, "remove_timezone": True, "default_date_format": _TIME}
        book = xlsxwriter.Workbook(part, options)
        # The same versions at the same time make the same file.
        book.set_properties({"created": job.now.replace(tzinfo=None)})
        sheet, bold, wrapped = book.add_worksheet(), book.add_format({"bold": True}), book.add_format(_WRAPPED)
        for at, name in enumerate(columns):
            sheet.set_column(at, at, _WIDTHS.get(name, 12), wrapped if name in {"before", "after"} else None)
            sheet.write_string(0, at, name, bold)
        sheet.freeze_panes(1, 0)
        number = 0
        for number, row in enumerate(rows, 1):
            if number == MAX_SHEET_ROWS:
                hint = "narrow it down with --since, --until or --source, or use csv"
                raise UsageError(f"an Excel sheet holds at most {MAX_SHEET_ROWS:,} rows", hint=hint)
            for at, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(number, at, cell)
                elif isinstance(cell, datetime):
                    sheet.write_datetime(number, at, cell)
                elif text := _text(cell):
                    # Never `write`, which makes formulas and links of texts.
                    sheet.write_string(number, at, shorten(clean_text(text), MAX_CELL_CHARACTERS))
        sheet.autofilter(0, 0, number, len(columns) - 1)
        try:
            book.close()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise OSError(str(error)) from error


def _table(job: Job) -> tuple[tuple[str, ...], Iterator[tuple[Cell, ...]]]:
    """Return the columns of a table and its rows, oldest first."""
    if job.with_edits:
        return EDIT_COLUMNS, (row for version in job.in_time() for row in edit_rows(job, version))
    return COLUMNS, (row(version, job.verdicts_on(version)) for version in job.in_time())


def row(version: Version, verdicts: Iterable[Verdict] = ()) -> tuple[Cell, ...]:
    """Return the cells of one version, in the order of COLUMNS; several values in one cell are separated by "; "."""
    change = version.change
    labels = change.labels if change else ()
    values: dict[str, Any] = {
        name: value(version) for name, value in {**OF_VERSION, **OF_CONTENT}.items() if name in COLUMNS
    }
    values |= {
        "words_added": change and change.words_added,
        "words_removed": change and change.words_removed,
        "labels": dict.fromkeys(label.kind.value for label in labels),
        "evidence": [f"{label.kind.value}: {label.evidence}" for label in labels],
        "significance": change and change.significance.value,
        "announced": {True: "yes", False: "no", None: ""}[change.announced if change else None],
        "notices": [f"{notice.kind.value}: {notice.text}" for notice in version.content.notices],
        "verdicts": map(verdict_line, verdicts),
    }
    found = (values[name] for name in COLUMNS)
    return tuple(each if isinstance(each, Cell) else _joined(each) for each in found)


def edit_rows(job: Job, version: Version) -> Iterator[tuple[Cell, ...]]:
    """Yield the cells of each edit that led to a version, in the order of EDIT_COLUMNS; a first version has none."""
    change = version.change
    if change is None:
        return
    times = (version.previous_seen, version.seen)
    same = (version.article, version.n, version.source, version.url, version.content.title, *times)

    def cells(where: str, before: str, after: str, *judged: str) -> tuple[Cell, ...]:
        edit = "edited" if before and after else "added" if after else "removed"
        return (*same, where, edit, before, after, *judged, change.significance.value)

    if change.byline.changed:
        yield cells("byline", change.byline.old, change.byline.new, "", "byline", "")
    before = get_version(job.archive, version.article, version.n - 1).content if version.n > 1 else Article()
    for span, facts, unit in stored_edits(before, version.content, change):
        kinds = dict.fromkeys(fact.kind.value for fact in facts)
        if unit is None:  # a notice in the text, or an edit that an earlier release judged
            kinds = dict.fromkeys(label.kind.value for label in change.labels if span.block in label.blocks)
        noted = unit.noted.value if unit and unit.noted else ""
        substance = unit.substance.value if unit else ""
        yield cells(span.where, span.old, span.new, substance, _joined(kinds), noted)
    for notice in change.notices:
        if notice.op is not Op.SAME:
            sides = (notice.text, "") if notice.op is Op.DELETE else ("", notice.text)
            yield cells("notice", *sides, "", notice.kind.value, "")


def _text(cell: Cell) -> str:
    return iso(cell) or "" if isinstance(cell, datetime) else "" if cell is None else str(cell)


def guarded(cell: str) -> str:
    """Return a cell's text so that no spreadsheet takes it for a formula."""
    return _FORMULA.sub(r"\g<before>'\g<start>", without_controls(cell))


def unguarded(cell: str) -> str:
    """Return the text that `guarded` made `cell` of."""
    return _GUARDED.sub(r"\1", cell)


def _joined(values: Iterable[str]) -> str:
    return "; ".join(values)
