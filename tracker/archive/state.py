"""State that the service keeps from one run to the next: values by name, thresholds, readers' marks, names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .archive import Archive
from .database.connection import from_ms


def get_state(archive: Archive, name: str) -> str:
    """Return the value that was saved under `name`, or an empty text."""
    with archive.read() as connection:
        return connection.value(str, "SELECT value FROM state WHERE name = :name", name=name) or ""


def save_state(archive: Archive, name: str, value: str, now: datetime) -> None:
    """Save a value under `name` in place of the one before; an empty text deletes it."""
    with archive.write() as connection:
        if value:
            connection.replace("state", "name", name=name, at=now, value=value)
        else:
            connection.run("DELETE FROM state WHERE name = :name", name=name)


def get_reader_mark(archive: Archive, reader: str) -> tuple[int, datetime] | None:
    """Return the newest version row when a user marked all as read, and when that was; None if they never did."""
    with archive.read() as connection:
        row = connection.first("SELECT newest, at FROM reader_mark WHERE reader = :reader", reader=reader)
    return None if row is None else (row.newest, from_ms(row.at))


def save_reader_mark(archive: Archive, reader: str, newest: int, at: datetime) -> None:
    """Save that a user marked all versions up to row `newest` as read."""
    with archive.write() as connection:
        connection.replace("reader_mark", "reader", reader=reader, newest=newest, at=at)


def get_thresholds(archive: Archive) -> dict[str, dict[str, float]]:
    """Return the thresholds at which checks are due, by scope ("all", "source" or "host") and name."""
    found: dict[str, dict[str, float]] = {"all": {}, "source": {}, "host": {}}
    with archive.read() as connection:
        for row in connection.all("SELECT scope, name, value FROM threshold"):
            found[row.scope][row.name] = row.value
    return found


def save_thresholds(archive: Archive, thresholds: Mapping[str, Mapping[str, float]]) -> None:
    """Save the thresholds, by scope and name, in place of those before."""
    rows = [
        {"scope": scope, "name": name, "value": value}
        for scope, values in thresholds.items()
        for name, value in values.items()
    ]
    with archive.write() as connection:
        connection.run("DELETE FROM threshold")
        connection.insert_many("threshold", rows)


@dataclass(frozen=True, slots=True)
class NamedBefore:
    """The names in the configuration when it was last read: single URLs, each source's interval, a hash of its filters.

    `intervals` are `every` in seconds, 0 for none. `left` maps the articles that were paused to the reason: "urls" or
    "filters".
    """

    urls: tuple[str, ...] = ()
    intervals: Mapping[str, float] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)


def get_named(archive: Archive) -> NamedBefore:
    """Return the names in the configuration before; empty the first time."""
    with archive.read() as connection:
        urls = connection.column(str, "SELECT url FROM named_url")
        sources = connection.all("SELECT name, every, filters FROM source WHERE filters IS NOT NULL")
        left = connection.all("SELECT a.ident, u.reason FROM unwatched u JOIN article a ON a.id = u.article_id")
    return NamedBefore(
        tuple(sorted(urls)),
        {row.name: row.every for row in sources},
        {row.name: row.filters for row in sources},
        {row.ident: row.reason for row in left},
    )


def save_named(archive: Archive, named: NamedBefore) -> None:
    """Save the names in the configuration, in place of those before."""
    sources = [
        {"name": name, "every": every, "filters": named.filters[name]} for name, every in named.intervals.items()
    ]
    left = [{"ident": ident, "reason": reason} for ident, reason in named.left.items()]
    with archive.write() as connection:
        for table in ("named_url", "unwatched"):
            connection.run(f"DELETE FROM {table}")
        connection.insert_many("named_url", [{"url": url} for url in named.urls])
        connection.run("UPDATE source SET every = NULL, filters = NULL")
        connection.run_many("UPDATE source SET every = :every, filters = :filters WHERE name = :name", sources)
        connection.run_many(
            "INSERT INTO unwatched (article_id, reason) SELECT id, :reason FROM article WHERE ident = :ident", left
        )
