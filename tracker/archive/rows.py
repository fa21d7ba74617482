"""Versions, changes and labels as rows, for data frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from tracker.errors import UsageError
from tracker.model.change import Change
from tracker.model.version import Version, VersionQuery

from .archive import Archive
from .versions import iter_versions

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

_EVERYTHING: Final = VersionQuery()
OF_VERSION: Final[Mapping[str, Callable[[Version], object]]] = {
    "article": lambda version: version.article,
    "version": lambda version: version.n,
    "source": lambda version: version.source,
    "url": lambda version: version.url,
    "seen": lambda version: version.seen,
    "previous_seen": lambda version: version.previous_seen,
}
OF_CONTENT: Final[Mapping[str, Callable[[Version], object]]] = {
    "status": lambda version: version.status,
    "title": lambda version: version.content.title,
    "dek": lambda version: version.content.dek,
    "byline": lambda version: list(version.content.byline),
    "published": lambda version: _utc(version.content.published),
    "modified": lambda version: _utc(version.content.modified),
    "section": lambda version: version.content.section,
    "lang": lambda version: version.content.lang,
    "words": lambda version: version.content.words,
    "text": lambda version: version.content.text,
    "notices": lambda version: [notice.text for notice in version.content.notices],
    "stories": lambda version: list(version.stories),
    "sha256": lambda version: version.content.sha256,
    "capture": lambda version: version.capture_sha256,
    "removed": lambda version: version.removed,
}
_OF_CHANGE: Final[Mapping[str, Callable[[Change], object]]] = {
    "words_added": lambda change: change.words_added,
    "words_removed": lambda change: change.words_removed,
    "substance": lambda change: None if change.substance is None else change.substance.value,
    "significance": lambda change: change.significance.value,
    "noted": lambda change: None if change.outlet_noted is None else change.outlet_noted.value,
    "labels": lambda change: [label.kind.value for label in change.labels],
}


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows by column name, oldest first. Each iteration, and each data frame, reads the archive anew."""

    columns: tuple[str, ...]
    read: Callable[[], Iterator[dict[str, object]]]

    def __iter__(self) -> Iterator[dict[str, object]]:
        """Yield the rows."""
        return self.read()

    def to_pandas(self) -> pd.DataFrame:
        """Return a pandas DataFrame. Raises UsageError if pandas is not installed."""
        frame: pd.DataFrame = _library("pandas").DataFrame(list(self), columns=list(self.columns))
        return frame

    def to_polars(self) -> pl.DataFrame:
        """Return a polars DataFrame. Raises UsageError if polars is not installed."""
        # The types of all rows: a column may hold nothing but None in the first hundred, which polars looks at.
        rows = [tuple(row.values()) for row in self]
        frame: pl.DataFrame = _library("polars").DataFrame(
            rows, list(self.columns), orient="row", infer_schema_length=None
        )
        return frame


def read_versions(archive: Archive, query: VersionQuery = _EVERYTHING) -> Rows:
    """Return the versions that `query` asks for, by default all: a row each."""
    columns = {**OF_VERSION, **OF_CONTENT}
    oldest_first = replace(query, reverse=True)
    return Rows(tuple(columns), lambda: (_row(columns, each) for each in iter_versions(archive, oldest_first)))


def read_changes(archive: Archive, query: VersionQuery = _EVERYTHING) -> Rows:
    """Return the changes that led to the versions that `query` asks for: a row each."""

    def read() -> Iterator[dict[str, object]]:
        for version in iter_versions(archive, replace(query, changes_only=True, reverse=True)):
            if version.change is not None:
                yield _row(OF_VERSION, version) | {"title": version.content.title} | _row(_OF_CHANGE, version.change)

    return Rows((*OF_VERSION, "title", *_OF_CHANGE), read)


def read_labels(archive: Archive, query: VersionQuery = _EVERYTHING) -> Rows:
    """Return the labels of changes, with their evidence: a row for each label."""

    def read() -> Iterator[dict[str, object]]:
        for version in iter_versions(archive, replace(query, changes_only=True, reverse=True)):
            for label in version.change.labels if version.change else ():
                yield _row(OF_VERSION, version) | {"label": label.kind.value, "evidence": label.evidence}

    return Rows((*OF_VERSION, "label", "evidence"), read)


def _row(columns: Mapping[str, Callable[[Any], object]], of: Version | Change) -> dict[str, object]:
    return {name: value(of) for name, value in columns.items()}


def _utc(when: datetime | None) -> datetime | None:
    """Return an instant in UTC: a column of a data frame has one time zone."""
    return None if when is None else when.astimezone(UTC)


def _library(name: str) -> Any:  # noqa: ANN401 - an optional library
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise UsageError(f"{name} is not installed", hint=f"pip install 'writethru[{name}]'") from None
