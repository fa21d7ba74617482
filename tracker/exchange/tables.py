"""Export as a table with one row a version: CSV (RFC 4180) for spreadsheets, Parquet for data frames and DuckDB.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, as OWASP advises. So does a part of a
cell after a semicolon, a tab or a line end, which some spreadsheets take for the next cell. NUL is left out. Times are
in UTC. Parquet is written article by article and compressed with zstd.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from tracker.archive.database.connection import clean_text
from tracker.archive.versions import OF_CONTENT, OF_VERSION
from tracker.errors import UsageError
from tracker.model.article import Block, Notice
from tracker.model.change import Label, Verdict
from tracker.model.version import Version
from tracker.render.times import iso
from tracker.views.change import VerdictView, verdict_line

from .export import Job
from .files import replacing

COLUMNS: Final = (
    *("article", "version", "source", "url", "seen", "previous_seen", "title", "dek", "byline", "published"),
    *("modified", "section", "lang", "words", "words_added", "words_removed", "labels", "evidence", "significance"),
    *("announced", "notices", "stories", "sha256", "capture", "removed", "verdicts"),
)
_FORMULA: Final = re.compile(r"(?P<before>\A|[;\t\r\n])(?P<start>[ \"]*[=+\-@\t\r\n＝＋－＠])")
MAX_GROUP_ROWS: Final = 1000
_LEVEL: Final = 9


def write_csv(job: Job) -> None:
    """Write the selected versions as CSV, oldest first, after a row of column names."""
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


def write_parquet(job: Job) -> None:
    """Write the selected versions as Parquet. Raises UsageError if pyarrow is not installed."""
    try:
        import pyarrow.parquet
    except ModuleNotFoundError:
        raise UsageError("Parquet needs pyarrow", hint="pip install 'writethru[exchange]'") from None
    fields = _fields(pyarrow)
    if job.with_captures:
        headers = _type_of_pairs(pyarrow, "name", "value")
        fields += [("body", pyarrow.binary()), ("headers", headers), ("screenshot", pyarrow.binary())]
    schema = pyarrow.schema(fields)
    rows = _rows(job)
    with (
        replacing(job.place) as part,
        pyarrow.parquet.ParquetWriter(part, schema, compression="zstd", compression_level=_LEVEL) as writer,
    ):
        # A group at a time: pages take megabytes, and Parquet compresses a column within its group.
        while group := list(islice(rows, MAX_GROUP_ROWS)):
            writer.write_table(pyarrow.Table.from_pylist(group, schema=schema))


def _rows(job: Job) -> Iterator[dict[str, Any]]:
    for version in job.by_article():
        row = {name: _clean(value(version)) for name, value in _VALUES.items()}
        row["verdicts"] = [VerdictView.of(each).as_json() for each in job.verdicts_on(version)]
        if job.with_captures:
            capture = job.page_of(version).capture
            row["body"] = capture.body if capture else None
            headers = capture.headers if capture else ()
            pairs = [{"name": clean_text(name), "value": clean_text(value)} for name, value in headers]
            row["headers"] = pairs if capture else None
            row["screenshot"] = capture.picture if capture and capture.screenshot else None
        yield row


def _fields(pa: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - pyarrow's
    """Return the name and type of each column, in order."""
    instant, text, texts = pa.timestamp("us", tz="UTC"), pa.string(), pa.list_(pa.string())
    pairs = _type_of_pairs(pa, "kind", "text")
    # As `note --json` gives verdicts, without the fields that the row has already.
    scalars = {name: pa.string() for name in ("at", "by", "weight", "note", "link")}
    kinds = {name: pa.list_(pa.string()) for name in ("shown", "labels")}
    verdicts = pa.list_(pa.struct([*scalars.items(), *kinds.items()]))
    return [
        *(("article", text), ("version", pa.int32()), ("source", text), ("url", text)),
        *(("seen", instant), ("previous_seen", instant), ("status", pa.int16()), ("extractor", text)),
        *(("sha256", text), ("capture", text), ("stories", texts), ("removed", text)),
        *(("title", text), ("dek", text), ("byline", texts), ("published", instant), ("modified", instant)),
        *(("section", text), ("lang", text), ("text", text), ("words", pa.int32())),
        *(("blocks", pairs), ("notices", pairs), ("words_added", pa.int32()), ("words_removed", pa.int32())),
        *(("labels", _type_of_pairs(pa, "kind", "evidence")), ("significance", pa.string())),
        *(("announced", pa.bool_()), ("verdicts", verdicts)),
    ]


def _type_of_pairs(pa: Any, first: str, second: str) -> Any:  # noqa: ANN401 - pyarrow's
    return pa.list_(pa.struct([(first, pa.string()), (second, pa.string())]))


def _with_kinds(field: str, values: Iterable[Block | Notice | Label]) -> list[dict[str, str]]:
    return [{"kind": each.kind.value, field: clean_text(getattr(each, field))} for each in values]


def _clean(value: Any) -> Any:  # noqa: ANN401 - of whatever column
    """Return a value without the characters that Parquet's texts, which are UTF-8, cannot hold."""
    if isinstance(value, str):
        return clean_text(value)
    return [_clean(each) for each in value] if isinstance(value, list) else value


# What data frames have too. The rest differs, because a column of Parquet may hold lists of pairs.
_VALUES: Final[Mapping[str, Callable[[Version], Any]]] = {
    **OF_VERSION,
    **OF_CONTENT,
    "extractor": lambda version: version.extractor,
    "blocks": lambda version: _with_kinds("text", version.content.blocks),
    "notices": lambda version: _with_kinds("text", version.content.notices),
    "words_added": lambda version: version.change and version.change.words_added,
    "words_removed": lambda version: version.change and version.change.words_removed,
    "labels": lambda version: version.change and _with_kinds("evidence", version.change.labels),
    "significance": lambda version: version.change and version.change.significance.value,
    "announced": lambda version: version.change and version.change.announced,
}
