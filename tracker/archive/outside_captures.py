"""What other archives answered when they were asked to capture a version: entries of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from . import codec
from .archive import Archive
from .encoding import from_ms, to_ms
from .ledger import events
from .ledger.events import EventKind

# Versions are searched this far behind the newest, because on PostgreSQL rows commit out of order.
LOOK_BACK_ROWS: Final = 10_000
_WAITING: Final = """
SELECT a.id AS key, a.ident, a.url, v.n FROM version v JOIN article a ON a.id = v.article_id
  JOIN source s ON s.id = a.source_id
WHERE v.id > :after AND v.n = a.versions AND s.name IN (:sources) AND NOT EXISTS (
  SELECT 1 FROM event e WHERE e.article_id = a.id AND e.kind = 'outside-capture' AND e.n = v.n)
ORDER BY v.id LIMIT :most
"""
_JOB: Final = "SELECT job, attempts FROM outside_job WHERE article_id = :key AND n = :n"
_OF_ARTICLE: Final = """
SELECT e.record FROM event e JOIN article a ON a.id = e.article_id
WHERE a.ident = :ident AND e.kind = 'outside-capture' ORDER BY e.id
"""


@dataclass(frozen=True, slots=True)
class Unsaved:
    """The newest version of an article, which no other archive was asked for yet; `key` is the article's row."""

    key: int
    article: str
    url: str
    n: int


@dataclass(frozen=True, slots=True)
class OutsideCapture:
    """What another archive answered for a version.

    Attributes:
        address: where it keeps its capture; empty if it made none.
        answer: its answer as received.
    """

    n: int
    at: datetime
    service: str
    address: str
    answer: str


def list_unsaved(archive: Archive, sources: Sequence[str], after: int, most: int) -> list[Unsaved]:
    """Return versions of `sources` stored after row `after` that no other archive was asked for yet, oldest first.

    Only the newest version of an article counts: another archive captures what is on the page by then.
    """
    with archive.read() as connection:
        rows = connection.all(_WAITING, sources=list(sources), after=after, most=most)
    return [Unsaved(row.key, row.ident, row.url, row.n) for row in rows]


def get_outside_job(archive: Archive, version: Unsaved) -> tuple[str, int]:
    """Return the number of the capture under way, empty if none is, and how often one was asked for."""
    with archive.read() as connection:
        row = connection.first(_JOB, key=version.key, n=version.n)
    return ("", 0) if row is None else (row.job, row.attempts)


def save_outside_job(archive: Archive, version: Unsaved, job: str, attempts: int) -> None:
    """Save the number of a capture under way, empty if the last attempt failed, and how often one was asked for."""
    with archive.write() as connection:
        connection.replace(
            "outside_job", "article_id, n", article_id=version.key, n=version.n, job=job, attempts=attempts
        )


def save_outside_capture(archive: Archive, version: Unsaved, capture: OutsideCapture) -> None:
    """Enter in the log what another archive answered for a version."""
    with archive.write() as connection:
        connection.run("DELETE FROM outside_job WHERE article_id = :key AND n = :n", key=version.key, n=version.n)
        fields = codec.columns(capture) | {"at": to_ms(capture.at)}
        events.enter(connection, (version.key, version.article), EventKind.OUTSIDE_CAPTURE, **fields)


def list_outside_captures(archive: Archive, article: str) -> list[OutsideCapture]:
    """Return what other archives answered for versions of an article, oldest first."""
    with archive.read() as connection:
        records = [orjson.loads(text) for text in connection.column(str, _OF_ARTICLE, ident=article)]
    return [
        OutsideCapture(fields["n"], from_ms(fields["at"]), fields["service"], fields["address"], fields["answer"])
        for fields in records
    ]
