"""Pages read again by a later extractor: what they say now stands beside what was kept, and never in its place.

A version keeps the text it was kept with, for its leaf in the log vouches for that. What reads, compares and searches
takes the reading that stands. Changes and labels are derived: they are made anew for the texts as they read now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, func, insert, select, update

from tracker.archive import blobs, captures, codec, passages, rows, versions
from tracker.archive.database.base import upsert
from tracker.archive.schema.core import article, change, label, version
from tracker.archive.schema.proofs import tombstone
from tracker.archive.schema.readings import STANDS, reading
from tracker.archive.values import clean_text
from tracker.errors import ArchiveError, NotKnown
from tracker.model import Article, KeptAs, Reread, Rereading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Row

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive
    from tracker.model import UpdatedChange

_OF_ARTICLE: Final = (
    select(
        version.c.id,
        version.c.n,
        version.c.content_id,
        version.c.sha256,
        version.c.signature,
        reading.c.id.label("reading"),
        reading.c.extractor.label("read_by"),
        reading.c.came_to,
        reading.c.no_edit,
        reading.c.content_id.label("read_id"),
        reading.c.sha256.label("read_sha256"),
        reading.c.signature.label("read_signature"),
    )
    .outerjoin(reading, STANDS)
    .where(version.c.article_id == bindparam("owner"))
    .order_by(version.c.n)
)


def list_outdated(
    archive: Archive, extractor: str, *, source: str = "", article: str = "", everything: bool = False
) -> list[str]:
    """Return the articles with a page that another extractor than this one read last, oldest first.

    Pages that are not there, for they were taken out or never kept, do not count; *everything* asks for all others.
    """
    query = (
        select(_article.c.ident)
        .join(version, version.c.article_id == _article.c.id)
        .join(rows.outlet, rows.source_id == _article.c.source_id)
        .outerjoin(tombstone, tombstone.c.version_id == version.c.id)
        .outerjoin(reading, STANDS)
        .where(tombstone.c.version_id.is_(None))
        .group_by(_article.c.id, _article.c.ident)
        .order_by(_article.c.id)
    )
    if article:
        query = query.where(_article.c.ident == article)
    if not everything:
        query = query.where(func.coalesce(reading.c.extractor, version.c.extractor) != extractor)
    if source:
        query = query.where(rows.source_name == clean_text(source))
    with archive.database.read() as connection:
        return list(connection.scalars(query))


def save_readings(
    archive: Archive, article: str, rereads: Sequence[Reread], changes: Sequence[UpdatedChange], now: datetime
) -> None:
    """Keep what the pages of an article read like now, and the changes that lead from one to the next.

    One transaction: texts, changes, labels, and the index of search. What was kept before stays, with its leaf in
    the log. Raises NotKnown; ArchiveError where one of the versions was taken out meanwhile.
    """
    with archive.database.write() as connection:
        put(connection, article, rereads, changes, now)


def stored_as(archive: Archive, article: str, n: int) -> KeptAs | None:
    """Return what a version was kept with, where its page was read again since."""
    with archive.database.read() as connection:
        row = connection.execute(_KEPT, {"wanted": article, "number": n}).one_or_none()
        if row is None:
            return None
        texts = blobs.read(connection, {row.content_id, row.read_id})
    content, again = (codec.load(Article, texts[each]) for each in (row.content_id, row.read_id))
    text = None if row.read_id == row.content_id else again
    reread = Reread(n, row.read_by, row.came_to, text, row.read_signature, no_edit=row.no_edit)
    return KeptAs(content, row.extractor, row.signature, reread, row.at)


_article: Final = article
_KEPT: Final = (
    select(
        version.c.content_id,
        version.c.extractor,
        version.c.signature,
        reading.c.content_id.label("read_id"),
        reading.c.extractor.label("read_by"),
        reading.c.signature.label("read_signature"),
        reading.c.came_to,
        reading.c.no_edit,
        reading.c.at,
    )
    .join(reading, STANDS)
    .join(_article, _article.c.id == version.c.article_id)
    .where(_article.c.ident == bindparam("wanted"), version.c.n == bindparam("number"))
)


def put(
    connection: Connection, ident: str, rereads: Sequence[Reread], changes: Sequence[UpdatedChange], now: datetime
) -> None:
    """Keep what the pages of article *ident* read like within the caller's transaction; see `Readings.reread`."""
    owner = connection.execute(
        select(_article.c.id, _article.c.versions).where(_article.c.ident == ident).with_for_update()
    ).one_or_none()
    if owner is None:
        raise NotKnown("no such article", resource=ident, hint="writethru log lists what is kept")
    known = {row.n: row for row in connection.execute(_OF_ARTICLE, {"owner": owner.id})}
    _refuse_removed(connection, ident, [known[each.n].id for each in rereads])
    changed = any(each.content is not None for each in rereads)
    if changed:
        # Before the texts change: an index without texts of its own must be told what it is to forget.
        passages.forget(connection, owner.id)
    for each in rereads:
        _keep(connection, known[each.n], each, now)
    for led in changes:
        _relead(connection, known[led.n], led)
    if changed:
        passages.rebuild(connection, owner.id)
    newest = next((each for each in rereads if each.n == owner.versions), None)
    if newest is not None and newest.content is not None:
        title = {"title": newest.content.title, "signature": newest.signature}
        connection.execute(update(_article).where(_article.c.id == owner.id).values(title))


def forget(connection: Connection, key: int, kept: int) -> None:
    """Take out all that was read in the page of version row *key*, but blob *kept*, which is the version's own."""
    texts = select(reading.c.content_id).where(reading.c.version_id == key, reading.c.content_id != kept).distinct()
    for each in connection.scalars(texts).all():
        blobs.recode_dependents(connection, each)
        blobs.empty(connection, each)
    connection.execute(delete(reading).where(reading.c.version_id == key))


def _refuse_removed(connection: Connection, ident: str, keys: Iterable[int]) -> None:
    query = select(version.c.n).join(tombstone, tombstone.c.version_id == version.c.id)
    gone = connection.scalar(query.where(version.c.id.in_(list(keys)), tombstone.c.parts == versions.ALL).limit(1))
    if gone is not None:
        raise ArchiveError("this version was taken out meanwhile", resource=f"{ident}@{gone}", hint="run it again")


def _keep(connection: Connection, row: Row[*tuple[Any, ...]], made: Reread, now: datetime) -> None:
    if made.content is None and (row.read_by, row.came_to, row.no_edit) == (made.extractor, made.came_to, made.no_edit):
        return
    content_id, sha256 = row.read_id or row.content_id, row.read_sha256 or row.sha256
    if made.content is not None:
        part = blobs.Part.of(codec.dump(made.content))
        base = blobs.read_few(connection, (row.content_id,))[row.content_id]
        (content_id,) = blobs.put(connection, [blobs.coded(part, row.content_id, base)])
        sha256 = made.content.sha256
    read_anew = made.came_to is not Rereading.UNREADABLE
    if row.reading is not None:
        connection.execute(update(reading).where(reading.c.id == row.reading).values(superseded_at=now))
    fresh = {
        "version_id": row.id,
        "extractor": made.extractor,
        "at": now,
        "superseded_at": None,
        "came_to": made.came_to,
        "no_edit": made.no_edit,
        "signature": made.signature if read_anew else row.read_signature or row.signature,
        "sha256": sha256,
        "content_id": content_id,
    }
    connection.execute(insert(reading), fresh)


def _relead(connection: Connection, row: Row[*tuple[Any, ...]], led: UpdatedChange) -> None:
    base = blobs.read_few(connection, (row.content_id,))[row.content_id]
    made = captures.led(row.id, led.change, base)
    connection.execute(upsert(connection, change, made, on=(change.c.version_id,), replace=True))
    connection.execute(delete(label).where(label.c.version_id == row.id))
    kinds = [
        {"version_id": row.id, "position": place, "kind": each.kind} for place, each in enumerate(led.change.labels)
    ]
    if kinds:
        connection.execute(insert(label), kinds)
