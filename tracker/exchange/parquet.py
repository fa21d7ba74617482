"""Export as Parquet for data frames and DuckDB: one row a version, article by article, compressed with zstd."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from tracker.archive.values import clean_text
from tracker.errors import UsageError

from .files import replacing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.model import Article, Change, Version

    from .selection import Job

MAX_GROUP_ROWS: Final = 1000
_LEVEL: Final = 9


def write(job: Job) -> None:
    """Write the selected versions. Raises UsageError if pyarrow is not installed."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise UsageError("Parquet needs pyarrow", hint="pip install 'writethru[exchange]'") from None
    schema = _schema(pa, with_captures=job.with_captures)
    rows = _rows(job)
    with (
        replacing(job.place) as part,
        parquet.ParquetWriter(part, schema, compression="zstd", compression_level=_LEVEL) as writer,
    ):
        while group := list(islice(rows, MAX_GROUP_ROWS)):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))


def _rows(job: Job) -> Iterator[dict[str, Any]]:
    for version in job.by_article():
        row = _version(version) | _content(version.content) | _change(version.change)
        if job.with_captures:
            capture = job.page_of(version).capture
            row["body"] = capture.body if capture else None
            row["headers"] = [_pair("name", "value", *each) for each in capture.headers] if capture else None
        yield row


def _schema(pa: Any, *, with_captures: bool) -> Any:  # noqa: ANN401 - pyarrow's
    instant = pa.timestamp("us", tz="UTC")

    def pairs(first: str, second: str) -> Any:  # noqa: ANN401 - pyarrow's
        return pa.list_(pa.struct([(first, pa.string()), (second, pa.string())]))

    columns = [
        ("article", pa.string()),
        ("version", pa.int32()),
        ("source", pa.string()),
        ("url", pa.string()),
        ("seen", instant),
        ("previous_seen", instant),
        ("status", pa.int16()),
        ("extractor", pa.string()),
        ("sha256", pa.string()),
        ("capture", pa.string()),
        ("stories", pa.list_(pa.string())),
        ("removed", pa.string()),
        ("title", pa.string()),
        ("dek", pa.string()),
        ("byline", pa.list_(pa.string())),
        ("published", instant),
        ("modified", instant),
        ("section", pa.string()),
        ("lang", pa.string()),
        ("text", pa.string()),
        ("words", pa.int32()),
        ("blocks", pairs("kind", "text")),
        ("notices", pairs("kind", "text")),
        ("words_added", pa.int32()),
        ("words_removed", pa.int32()),
        ("labels", pairs("kind", "evidence")),
        ("significance", pa.float64()),
        ("announced", pa.bool_()),
    ]
    if with_captures:
        columns += [("body", pa.binary()), ("headers", pairs("name", "value"))]
    return pa.schema(columns)


def _version(version: Version) -> dict[str, Any]:
    return {
        "article": version.article,
        "version": version.n,
        "source": version.source,
        "url": version.url,
        "seen": version.seen,
        "previous_seen": version.previous_seen,
        "status": version.status,
        "extractor": version.extractor,
        "sha256": version.content.sha256,
        "capture": version.capture_sha256,
        "stories": list(version.stories),
        "removed": version.removed,
    }


def _content(content: Article) -> dict[str, Any]:
    return {
        "title": clean_text(content.title),
        "dek": clean_text(content.dek),
        "byline": [clean_text(name) for name in content.byline],
        "published": content.published,
        "modified": content.modified,
        "section": clean_text(content.section),
        "lang": content.lang,
        "text": clean_text(content.text),
        "words": content.words,
        "blocks": [_pair("kind", "text", block.kind.value, block.text) for block in content.blocks],
        "notices": [_pair("kind", "text", notice.kind.value, notice.text) for notice in content.notices],
    }


def _change(change: Change | None) -> dict[str, Any]:
    if change is None:
        return {}
    return {
        "words_added": change.words_added,
        "words_removed": change.words_removed,
        "labels": [_pair("kind", "evidence", label.kind.value, label.evidence) for label in change.labels],
        "significance": change.significance,
        "announced": change.announced,
    }


def _pair(first: str, second: str, one: str, other: str) -> dict[str, str]:
    return {first: clean_text(one), second: clean_text(other)}
