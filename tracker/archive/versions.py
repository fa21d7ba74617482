"""Reading: articles, versions, checks, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, func, select

from tracker.archive import blobs, codec, rows
from tracker.archive.schema.core import article, change, label, story, version
from tracker.archive.schema.proofs import tombstone
from tracker.archive.schema.readings import STANDS, reading
from tracker.archive.values import clean_text
from tracker.errors import NotKnown
from tracker.model import Article, Rereading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive
    from tracker.model import Version
from typing import TYPE_CHECKING

from sqlalchemy import literal, tuple_

from tracker.archive import frames
from tracker.archive.schema.columns import Instant
from tracker.model import Change

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Select

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive
    from tracker.model import VersionQuery
from typing import TYPE_CHECKING

from sqlalchemy import exists

from tracker.archive import habits
from tracker.archive.database.prepared import Prepared
from tracker.archive.schema.core import capture
from tracker.model import Version

from . import identifiers, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Select
    from sqlalchemy.engine import Row

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive
    from tracker.errors import NotKnown
    from tracker.model import Habit, VersionQuery

_PAGE: Final = 100
ALL: Final = "all"
_NOTHING: Final = codec.dump(Article())

VERSIONS: Final = (
    select(
        version,
        article.c.ident,
        article.c.url,
        rows.source_name.label("source"),
        capture.c.sha256.label("capture_sha256"),
        tombstone.c.parts,
        tombstone.c.reason,
        change.c.raw_len.label("change_len"),
        change.c.crc.label("change_crc"),
        change.c.data.label("change_data"),
        reading.c.content_id.label("read_id"),
        reading.c.extractor.label("read_by"),
        reading.c.signature.label("read_signature"),
        reading.c.came_to,
        reading.c.no_edit,
    )
    .join(article, article.c.id == version.c.article_id)
    .join(rows.outlet, rows.source_id == article.c.source_id)
    .join(capture, capture.c.version_id == version.c.id)
    .outerjoin(change, change.c.version_id == version.c.id)
    .outerjoin(tombstone, tombstone.c.version_id == version.c.id)
    .outerjoin(reading, STANDS)
)
_article: Final = article
_OF_ARTICLE: Final = VERSIONS.where(article.c.ident == bindparam("wanted"))
_LATEST: Final = Prepared(_OF_ARTICLE.where(version.c.n == article.c.versions))
_NUMBERED: Final = Prepared(_OF_ARTICLE.where(version.c.n == bindparam("number")))
_SEEN: Final = Prepared(
    select(func.max(version.c.n).label("n"))
    .join(article, article.c.id == version.c.article_id)
    .outerjoin(reading, STANDS)
    .where(
        article.c.ident == bindparam("wanted"),
        func.coalesce(reading.c.sha256, version.c.sha256) == bindparam("sha256", type_=version.c.sha256.type),
    )
)


def latest_version(archive: Archive, article: str) -> Version | None:
    """Return the newest version of an article, or None."""
    with archive.database.read() as connection:
        return _latest(connection, article)


def latest_with_habits(archive: Archive, article: str, source: str) -> tuple[Version | None, list[Habit]]:
    """Return what a page of *article* is held against: what `latest` gives, and `habits` of *source*."""
    with archive.database.read() as connection:
        return _latest(connection, article), habits.known(connection, source)


def get_version(archive: Archive, article: str, n: int) -> Version:
    """Return one version. Raises NotKnown."""
    with archive.database.read() as connection:
        found = load(connection, _NUMBERED.all(connection, {"wanted": article, "number": n}))
        if not found:
            raise unknown_version(connection, article, n)
        return found[0]


def iter_versions(archive: Archive, query: VersionQuery) -> Iterator[Version]:
    """Stream versions by when they were seen, of one article by number, newest first unless *query* says else.

    *since* is included, *until* is not. Reads a page at a time, so that a slow reader holds up nobody.
    """
    found = filtered(VERSIONS, query)
    # A clock can go back, numbers cannot.
    columns = (version.c.n if query.article else version.c.seen_at, version.c.id)
    order = tuple_(*columns)
    found = found.order_by(*(columns if query.reverse else (column.desc() for column in columns)))
    left = query.limit
    after: Any = None
    while left is None or left > 0:
        page = found if after is None else found.where(order > after if query.reverse else order < after)
        size = _PAGE if left is None else min(_PAGE, left)
        with archive.database.read() as connection:
            raw = connection.execute(page.limit(size)).all()
            loaded = load(connection, raw)
        yield from loaded
        if len(raw) < size:
            return
        last = raw[-1]
        after = tuple_(literal(last.n) if query.article else literal(last.seen_at, Instant()), last.id)
        left = None if left is None else left - size


def find_identical(archive: Archive, article: str, sha256: str) -> int | None:
    """Return the number of the newest version of *article* with that identity, or None."""
    with archive.database.read() as connection:
        found = _SEEN.first(connection, {"wanted": article, "sha256": sha256}).n
        return None if found is None else int(found)


def _latest(connection: Connection, wanted: str) -> Version | None:
    found = load(connection, _LATEST.all(connection, {"wanted": wanted}))
    return found[0] if found else None


def load(connection: Connection, found: Sequence[Row[Any]]) -> list[Version]:
    """Return versions for rows of VERSIONS."""
    wanted = [key for row in found if row.parts != ALL for key in _texts(row)]
    contents = (blobs.read_few if 1 <= len(wanted) <= blobs.FEW else blobs.read)(connection, wanted)
    stories = rows.stories(connection, list({row.article_id for row in found}))
    return [_to_version(row, contents, stories.get(row.article_id, ())) for row in found]


def _texts(row: Row[Any]) -> tuple[int, ...]:
    """Return the blobs of what a version says: as it reads now, and as it was kept where its change needs that."""
    if row.read_id is None:
        return (row.content_id,)
    return (row.read_id,) if row.change_data is None else (row.read_id, row.content_id)


def _to_version(row: Row[Any], contents: Mapping[int, bytes], stories: tuple[str, ...]) -> Version:
    led = None
    if row.change_data is not None and row.content_id in contents:
        base = contents[row.content_id]
        led = codec.load(Change, frames.decode(bytes(row.change_data), row.change_len, base, crc=row.change_crc))
    read_anew = row.came_to is not None and row.came_to is not Rereading.UNREADABLE
    return Version(
        article=row.ident,
        n=row.n,
        url=row.url,
        seen=row.seen_at,
        content=codec.load(Article, contents.get(row.read_id or row.content_id, _NOTHING)),
        extractor=row.read_by if read_anew else row.extractor,
        capture_sha256=row.capture_sha256,
        previous_seen=row.previous_seen_at,
        change=led,
        status=row.status,
        signature=row.read_signature if read_anew else row.signature,
        source=row.source,
        stories=stories,
        removed=row.reason if row.parts == ALL else "",
        first_extractor=row.extractor if read_anew and row.read_by != row.extractor else "",
        no_edit=bool(row.no_edit),
    )


def filtered(found: Select[Any], query: VersionQuery) -> Select[Any]:
    """Restrict a select of versions, their articles, sources and changes to what *query* asks for."""
    if query.article:
        found = found.where(article.c.ident == query.article)
    if query.source:
        found = found.where(rows.source_name == clean_text(query.source))
    if query.story:
        found = found.where(exists().where(story.c.article_id == article.c.id, story.c.name == clean_text(query.story)))
    if query.kinds:
        found = found.where(exists().where(label.c.version_id == version.c.id, label.c.kind.in_(query.kinds)))
    if query.since is not None:
        found = found.where(version.c.seen_at >= query.since)
    if query.until is not None:
        found = found.where(version.c.seen_at < query.until)
    if query.min_words:
        found = found.where(change.c.words >= query.min_words)
    if query.changes_only:
        found = found.where(version.c.n > 1)
    return found


def unknown_version(connection: Connection, ident: str, n: int) -> NotKnown:
    return identifiers.no_version(
        ident, n, connection.scalar(select(article.c.versions).where(article.c.ident == ident))
    )


def newest_row(archive: Archive) -> int:
    """Return the number of the row kept last: it grows whenever a version is kept."""
    with archive.database.read() as connection:
        return int(connection.scalar(select(func.max(version.c.id))) or 0)


def list_history(archive: Archive, article: str) -> list[Version]:
    """Return all versions of an article, oldest first, as they read now."""
    query = VERSIONS.where(_article.c.ident == article).order_by(version.c.n)
    with archive.database.read() as connection:
        return load(connection, connection.execute(query).all())
