"""Export as Parquet for data frames and DuckDB: one row a version, article by article, compressed with zstd."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from tracker.archive.values import clean_text
from tracker.archive.verdicts import verdicts_by_version
from tracker.errors import UsageError
from tracker.views.verdict import VerdictView

from .files import replacing

if TYPE_CHECKING:
    from tracker.model.article import Block, Notice
    from tracker.model.change import Change
    from tracker.model.labels import Label
    from tracker.model.version import Version

    from .selection import Job

    _Column = tuple[str, Any, Callable[[Version], Any]]

MAX_GROUP_ROWS: Final = 1000
_LEVEL: Final = 9


def write(job: Job) -> None:
    """Write the selected versions. Raises UsageError if pyarrow is not installed."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise UsageError("Parquet needs pyarrow", hint="pip install 'writethru[exchange]'") from None
    columns = _columns(pa)
    fields = [(name, kind) for name, kind, _ in columns]
    fields.append(("verdicts", _type_of_verdicts(pa)))
    if job.with_captures:
        fields += [("body", pa.binary()), ("headers", _type_of_pairs(pa, "name", "value")), ("screenshot", pa.binary())]
    schema = pa.schema(fields)
    rows = _rows(job, columns)
    with (
        replacing(job.place) as part,
        parquet.ParquetWriter(part, schema, compression="zstd", compression_level=_LEVEL) as writer,
    ):
        # A group at a time: pages take megabytes, and Parquet compresses a column within its group.
        while group := list(islice(rows, MAX_GROUP_ROWS)):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))


def _rows(job: Job, columns: Sequence[_Column]) -> Iterator[dict[str, Any]]:
    said = verdicts_by_version(job.store)
    for version in job.by_article():
        row = {name: value(version) for name, _, value in columns}
        row["verdicts"] = [VerdictView(each).as_json() for each in said.get((version.article, version.n), ())]
        if job.with_captures:
            capture = job.page_of(version).capture
            row["body"] = capture.body if capture else None
            row["headers"] = _pairs("name", "value", capture.headers) if capture else None
            row["screenshot"] = capture.picture if capture and capture.screenshot else None
        yield row


def _columns(pa: Any) -> list[_Column]:  # noqa: ANN401 - pyarrow's
    """Return the name and type of each column, and the function that returns its value."""
    instant, text, texts = pa.timestamp("us", tz="UTC"), pa.string(), pa.list_(pa.string())

    def of_change(value: Callable[[Change], Any]) -> Callable[[Version], Any]:
        return lambda version: None if version.change is None else value(version.change)

    return [
        ("article", text, lambda version: version.article),
        ("version", pa.int32(), lambda version: version.n),
        ("source", text, lambda version: version.source),
        ("url", text, lambda version: version.url),
        ("seen", instant, lambda version: version.seen),
        ("previous_seen", instant, lambda version: version.previous_seen),
        ("status", pa.int16(), lambda version: version.status),
        ("extractor", text, lambda version: version.extractor),
        ("sha256", text, lambda version: version.content.sha256),
        ("capture", text, lambda version: version.capture_sha256),
        ("stories", texts, lambda version: list(version.stories)),
        ("removed", text, lambda version: version.removed),
        ("title", text, lambda version: clean_text(version.content.title)),
        ("dek", text, lambda version: clean_text(version.content.dek)),
        ("byline", texts, lambda version: [clean_text(name) for name in version.content.byline]),
        ("published", instant, lambda version: version.content.published),
        ("modified", instant, lambda version: version.content.modified),
        ("section", text, lambda version: clean_text(version.content.section)),
        ("lang", text, lambda version: version.content.lang),
        ("text", text, lambda version: clean_text(version.content.text)),
        ("words", pa.int32(), lambda version: version.content.words),
        ("blocks", _type_of_pairs(pa, "kind", "text"), lambda version: _with_kinds("text", version.content.blocks)),
        ("notices", _type_of_pairs(pa, "kind", "text"), lambda version: _with_kinds("text", version.content.notices)),
        ("words_added", pa.int32(), of_change(lambda change: change.words_added)),
        ("words_removed", pa.int32(), of_change(lambda change: change.words_removed)),
        (
            "labels",
            _type_of_pairs(pa, "kind", "evidence"),
            of_change(lambda change: _with_kinds("evidence", change.labels)),
        ),
        ("significance", pa.float64(), of_change(lambda change: change.significance)),
        ("announced", pa.bool_(), of_change(lambda change: change.announced)),
    ]


def _type_of_verdicts(pa: Any) -> Any:  # noqa: ANN401 - pyarrow's
    """Return the type of verdicts: what `note --json` says, without what the row says already."""
    texts = {name: pa.string() for name in ("at", "by", "weight", "note", "link")}
    kinds = {name: pa.list_(pa.string()) for name in ("shown", "labels")}
    return pa.list_(pa.struct([*texts.items(), *kinds.items()]))


def _type_of_pairs(pa: Any, first: str, second: str) -> Any:  # noqa: ANN401 - pyarrow's
    return pa.list_(pa.struct([(first, pa.string()), (second, pa.string())]))


def _with_kinds(field: str, values: Iterable[Block | Notice | Label]) -> list[dict[str, str]]:
    return _pairs("kind", field, ((each.kind.value, getattr(each, field)) for each in values))


def _pairs(first: str, second: str, values: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{first: clean_text(one), second: clean_text(other)} for one, other in values]
