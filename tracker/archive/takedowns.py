"""Taking out what must go: the bytes leave, their hashes, the leaf in the log and a tombstone stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, or_, select, text, tuple_, update

from tracker.archive import passages, readings
from tracker.archive import story_rows as story_marks
from tracker.archive.database.base import upsert
from tracker.archive.schema.beliefs import memo
from tracker.archive.schema.core import article, blob, capture, change, delivery, label, source, version
from tracker.archive.schema.proofs import reference, tombstone
from tracker.errors import NotKnown
from tracker.model import DeliveryState

from . import blobs, recaptures

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.engine import Row

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive

_AT_ONCE: Final = 50
_QUARANTINED: Final = "quarantine|"  # as pipeline.quarantine names them
_VERSIONS: Final = (
    select(version.c.id, version.c.n, version.c.content_id, capture.c.head_id, capture.c.body_id, article.c.ident)
    .join(capture, capture.c.version_id == version.c.id)
    .join(article, article.c.id == version.c.article_id)
    .order_by(version.c.article_id, version.c.n)
)


def take_down(archive: Archive, article: str, reason: str, now: datetime, n: int | None = None) -> list[int]:
    """Take out one version of an article, or all of them, and return their numbers. Raises NotKnown.

    Gone are the page, its headers, all captures that showed it again, the text, the changes that quote it and the
    alerts that tell of it; with all of them, a page of the article that nobody could read. What other versions were
    coded against it is coded anew first. An article that is taken out whole should be paused, too.
    """
    query = _VERSIONS.where(_article.c.ident == article)
    if n is not None:
        query = query.where(version.c.n == n)
    with archive.database.write() as connection:
        found = connection.execute(query).all()
        unread = _QUARANTINED + article if n is None else ""
        if not connection.execute(delete(memo).where(memo.c.name == unread)).rowcount and not found:
            raise NotKnown("no such version", resource=article if n is None else f"{article}@{n}")
        _scrub(archive, connection)
        owner = connection.scalars(select(_article.c.id).where(_article.c.ident == article)).one()
        passages.forget(connection, owner)
        recaptures.take_out(connection, recaptures.of_versions(owner, [row.n for row in found]), reason)
        for row in found:
            readings.forget(connection, row.id, row.content_id)
            _take_out(connection, row, reason, now, whole=True)
        passages.rebuild(connection, owner)
        passages.compact(connection)
        story_marks.forget(connection, owner)
        _forget_titles(connection, article)
    _flush(archive)
    return [row.n for row in found]


def list_expired(
    archive: Archive, source: str, *, seen_before: datetime | None = None, keep: int = 1
) -> list[tuple[str, int]]:
    """Return the versions of *source* whose pages retention lets go: (article, number), oldest first.

    That are those seen before *seen_before* that are not among the newest *keep* of their article; further captures
    that showed a version again stand after them, each by the version that it showed.
    """
    again = recaptures.named(recaptures.expired(source, seen_before, keep))
    with archive.database.read() as connection:
        found = [(row.ident, row.n) for row in connection.execute(_retention(source, seen_before, keep))]
        return found + [(row.ident, row.n) for row in connection.execute(again)]


def prune_pages(
    archive: Archive, source: str, now: datetime, *, seen_before: datetime | None = None, keep: int = 1
) -> int:
    """Take out the pages and headers that `expired` names and return how many; texts and changes stay.

    One transaction a few pages, so that a writer waits for no more than that.
    """
    count = 0
    with archive.database.write() as connection:
        count += recaptures.take_out(connection, recaptures.expired(source, seen_before, keep), "retention")
    while True:
        with archive.database.write() as connection:
            found = connection.execute(_retention(source, seen_before, keep).limit(_AT_ONCE)).all()
            for row in found:
                _take_out(connection, row, "retention", now, whole=False)
        count += len(found)
        if len(found) < _AT_ONCE:
            break
    _flush(archive)
    return count


def list_tombstones(archive: Archive, article: str) -> dict[int, str]:
    """Return the numbers of versions that were taken out whole or in part, with the reason."""
    query = (
        select(version.c.n, tombstone.c.reason)
        .join(tombstone, tombstone.c.version_id == version.c.id)
        .join(_article, _article.c.id == version.c.article_id)
        .where(_article.c.ident == article)
        .order_by(version.c.n)
    )
    with archive.database.read() as connection:
        return {row.n: row.reason for row in connection.execute(query)}


def _scrub(archive: Archive, connection: Connection) -> None:
    if archive.database.is_sqlite:
        # Overwrite what is freed: otherwise the bytes stay in the file until their page is used again.
        connection.execute(text("PRAGMA secure_delete=ON"))


def _flush(archive: Archive) -> None:
    if archive.database.is_sqlite:
        with archive.database.engine.connect() as connection:
            # Empty the write-ahead log, which holds the pages as they were.
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


_article: Final = article
_source: Final = source


def _retention(name: str, seen_before: datetime | None, keep: int) -> Select[Any]:
    query = (
        _VERSIONS.join(_source, _source.c.id == article.c.source_id)
        .outerjoin(tombstone, tombstone.c.version_id == version.c.id)
        .where(_source.c.name == name, version.c.n <= article.c.versions - keep, tombstone.c.version_id.is_(None))
    )
    return query if seen_before is None else query.where(version.c.seen_at < seen_before)


def _take_out(connection: Connection, row: Row[*tuple[Any, ...]], reason: str, now: datetime, *, whole: bool) -> None:
    _retire_references(connection, (row.head_id, row.body_id))
    for each in (row.head_id, row.body_id, *((row.content_id,) if whole else ())):
        blobs.recode_dependents(connection, each)
        blobs.empty(connection, each)
    stone = {"version_id": row.id, "parts": "all" if whole else "capture", "reason": reason, "at": now}
    connection.execute(upsert(connection, tombstone, stone, on=(tombstone.c.version_id,), replace=True))
    if whole:
        _silence(connection, row)


def _retire_references(connection: Connection, taken: Iterable[int]) -> None:
    """Take out copies of these blobs that serve as reference pages, and code anew what hangs on them."""
    hashes = select(blob.c.sha256).where(blob.c.id.in_(list(taken)))
    copies = select(blob.c.id).where(blob.c.sha256.in_(hashes))
    query = select(reference.c.id, reference.c.head_id, reference.c.body_id)
    for row in connection.execute(query.where(reference.c.body_id.in_(copies) | reference.c.head_id.in_(copies))).all():
        for each in (row.head_id, row.body_id):
            blobs.recode_dependents(connection, each)
            blobs.empty(connection, each)
        connection.execute(delete(reference).where(reference.c.id == row.id))


def _silence(connection: Connection, row: Row[*tuple[Any, ...]]) -> None:
    """Take out what quotes a version: the changes that led to it and away from it, and what was told of them."""
    owner = select(version.c.article_id).where(version.c.id == row.id).scalar_subquery()
    numbers: Sequence[int] = (row.n, row.n + 1)
    keys = select(version.c.id).where(version.c.article_id == owner, version.c.n.in_(numbers))
    connection.execute(delete(label).where(label.c.version_id.in_(keys)))
    connection.execute(delete(change).where(change.c.version_id.in_(keys)))
    told = or_(*(tuple_(delivery.c.article, delivery.c.version) == tuple_(row.ident, n) for n in numbers))
    connection.execute(update(delivery).where(told).values(payload="{}"))
    pending = delivery.c.state == DeliveryState.PENDING
    connection.execute(update(delivery).where(told, pending).values(state=DeliveryState.DEAD, last_error="taken down"))


def _forget_titles(connection: Connection, ident: str) -> None:
    newest = (
        select(tombstone.c.parts)
        .join(version, version.c.id == tombstone.c.version_id)
        .join(article, article.c.id == version.c.article_id)
        .where(article.c.ident == ident, version.c.n == article.c.versions)
    )
    if connection.scalar(newest) == "all":
        connection.execute(update(article).where(article.c.ident == ident).values(title="", feed_title=""))
