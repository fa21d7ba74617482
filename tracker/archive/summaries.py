"""Versions at a glance: what a list of them shows, from columns alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import literal, select, tuple_

from tracker.archive.schema.columns import Instant
from tracker.archive.schema.core import article, change, label, source, version
from tracker.archive.values import clean_text
from tracker.model import LabelKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Select

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive
    from tracker.model import VersionQuery, VersionSummary

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func

from tracker.archive.schema.proofs import tombstone
from tracker.archive.schema.readings import STANDS, reading
from tracker.model import VersionSummary

from . import rows
from .versions import filtered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Row

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive
    from tracker.model import LabelKind, VersionQuery

_CHUNK: Final = 500
_ALL: Final = "all"
_GLANCES: Final = (
    select(
        version.c.id,
        version.c.n,
        version.c.seen_at,
        version.c.previous_seen_at,
        func.coalesce(reading.c.sha256, version.c.sha256).label("sha256"),
        reading.c.no_edit,
        article.c.ident,
        article.c.url,
        article.c.title,
        rows.source_name.label("source"),
        change.c.words,
        change.c.significance,
        change.c.announced,
        tombstone.c.parts,
        tombstone.c.reason,
    )
    .join(article, article.c.id == version.c.article_id)
    .join(rows.outlet, rows.source_id == article.c.source_id)
    .outerjoin(change, change.c.version_id == version.c.id)
    .outerjoin(tombstone, tombstone.c.version_id == version.c.id)
    .outerjoin(reading, STANDS)
)
_LABELS: Final = (
    select(label.c.version_id, label.c.kind)
    .where(label.c.version_id.in_(bindparam("ids", expanding=True)))
    .order_by(label.c.version_id, label.c.position)
)


def list_summaries(archive: Archive, query: VersionQuery) -> list[VersionSummary]:
    """Return the versions that `versions` streams, as a list shows them, without reading their contents."""
    columns = (version.c.n if query.article else version.c.seen_at, version.c.id)
    found = filtered(_GLANCES, query).order_by(*(columns if query.reverse else (each.desc() for each in columns)))
    with archive.database.read() as connection:
        raw = connection.execute(found if query.limit is None else found.limit(query.limit)).all()
        kinds = _kinds(connection, [row.id for row in raw])
    return [_glance(row, tuple(kinds.get(row.id, ()))) for row in raw]


def _kinds(connection: Connection, keys: Sequence[int]) -> dict[int, list[LabelKind]]:
    found: dict[int, list[LabelKind]] = {}
    for start in range(0, len(keys), _CHUNK):
        for key, kind in connection.execute(_LABELS, {"ids": keys[start : start + _CHUNK]}):
            found.setdefault(key, []).append(kind)
    return found


def _glance(row: Row[Any], kinds: tuple[LabelKind, ...]) -> VersionSummary:
    return VersionSummary(
        article=row.ident,
        n=row.n,
        url=row.url,
        seen=row.seen_at,
        source=row.source,
        title=row.title,
        sha256=row.sha256,
        previous_seen=row.previous_seen_at,
        words=row.words or 0,
        significance=row.significance or 0.0,
        announced=row.announced,
        kinds=kinds,
        removed=row.reason if row.parts == _ALL else "",
        no_edit=bool(row.no_edit),
    )


Cursor = tuple[datetime, int]
"""Where a page of versions ended: when the last one was first seen, and its row."""


_AMONG: Final = 2000


_ONCE: Final = 40
"""So many times more are looked through, so that one live page does not fill a list."""


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One page of versions, and where the next one begins, None at the end."""

    glances: tuple[VersionSummary, ...]
    after: Cursor | None = None


def page_of_summaries(
    archive: Archive, query: VersionQuery, after: Cursor | None = None, size: int = 50
) -> VersionPage:
    """Return one page of the versions that `Store.glance` lists, newest first, from *after* on."""
    order = tuple_(version.c.seen_at, version.c.id)
    found = filtered(_GLANCES, query).order_by(version.c.seen_at.desc(), version.c.id.desc())
    if after is not None:
        found = found.where(order < tuple_(literal(after[0], Instant()), after[1]))
    elif query.source and query.changes_only and not query.kinds and not query.min_words and query.until is None:
        # The newest versions of a source are those of the articles that changed last: the rest need not be sorted.
        found = found.where(version.c.article_id.in_(_changed_last(query.source, size + 1)))
    with archive.database.read() as connection:
        raw = connection.execute(found.limit(size + 1)).all()
        shown = raw[:size]
        glances = _glanced(connection, shown)
    last = (shown[-1].seen_at, shown[-1].id) if len(raw) > size else None
    return VersionPage(glances, last)


def largest_changes(archive: Archive, since: datetime, limit: int = 5) -> tuple[VersionSummary, ...]:
    """Return the changes since *since* with the most words added and removed, one an article.

    They are looked for among the newest two thousand.
    """
    recent = (
        select(version.c.id, version.c.article_id)
        .where(version.c.seen_at >= since, version.c.n > 1)
        .order_by(version.c.seen_at.desc(), version.c.id.desc())
        .limit(_AMONG)
        .subquery()
    )
    best = (
        select(change.c.version_id, recent.c.article_id)
        .join(recent, recent.c.id == change.c.version_id)
        .order_by(change.c.words.desc(), change.c.version_id.desc())
        .limit(_ONCE * limit)
    )
    with archive.database.read() as connection:
        return _these(archive, connection, _once(connection.execute(best), limit))


def latest_labelled(archive: Archive, kinds: Sequence[LabelKind], limit: int = 5) -> tuple[VersionSummary, ...]:
    """Return the versions kept last with one of these labels, one an article."""
    found: list[Any] = []
    with archive.database.read() as connection:
        for kind in kinds:
            # One kind at a time, so that the index gives the newest without looking at the rest.
            newest = (select(label.c.version_id).where(label.c.kind == kind).order_by(label.c.version_id.desc())).limit(
                _ONCE * limit
            )
            held = select(version.c.id, version.c.article_id).where(version.c.id.in_(newest))
            found += connection.execute(held)
        return _these(archive, connection, _once(sorted(found, key=lambda row: -row[0]), limit))


def words_by_version(archive: Archive, idents: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return the words added and removed by each version of these articles, oldest first; 0 for the first."""
    wanted = list(dict.fromkeys(idents))
    found: dict[str, list[int]] = {ident: [] for ident in wanted}
    for start in range(0, len(wanted), _CHUNK):
        query = (
            select(article.c.ident, change.c.words)
            .join(version, version.c.article_id == article.c.id)
            .outerjoin(change, change.c.version_id == version.c.id)
            .where(article.c.ident.in_(wanted[start : start + _CHUNK]))
            .order_by(article.c.id, version.c.n)
        )
        with archive.database.read() as connection:
            for ident, words in connection.execute(query):
                found[ident].append(words or 0)
    return {ident: tuple(words) for ident, words in found.items()}


def _these(archive: Archive, connection: Connection, keys: list[int]) -> tuple[VersionSummary, ...]:
    if not keys:
        return ()
    found = {row.id: row for row in connection.execute(_GLANCES.where(version.c.id.in_(keys)))}
    return _glanced(connection, [found[key] for key in keys if key in found])


def _once(found: Iterable[Any], limit: int) -> list[int]:
    """Return the first version of each article, of rows of version and article."""
    first: dict[int, int] = {}
    for version_id, article_id in found:
        first.setdefault(article_id, version_id)
    return list(first.values())[:limit]


def _glanced(connection: Connection, raw: Sequence[Any]) -> tuple[VersionSummary, ...]:
    kinds = _kinds(connection, [row.id for row in raw])
    return tuple(_glance(row, tuple(kinds.get(row.id, ()))) for row in raw)


def _changed_last(name: str, limit: int) -> Select[Any]:
    last = article.c.last_change_at
    named = select(source.c.id).where(source.c.name == clean_text(name)).scalar_subquery()
    mine = select(article.c.id).where(article.c.source_id == named, last.is_not(None))
    return mine.order_by(last.desc(), article.c.id.desc()).limit(limit)
