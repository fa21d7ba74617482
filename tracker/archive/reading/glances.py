"""Versions at a glance: what a list of them shows, from columns alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, func, select

from tracker.archive.database.base import Repository
from tracker.archive.schema.core import article, change, label, version
from tracker.archive.schema.proofs import tombstone
from tracker.archive.schema.readings import STANDS, reading
from tracker.model import VersionSummary

from . import rows
from .reads import filtered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection, Row

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


class Glances(Repository):
    """The part of the store that lists versions without reading them."""

    def glance(self, query: VersionQuery) -> list[VersionSummary]:
        """Return the versions that `versions` streams, as a list shows them, without reading their contents."""
        columns = (version.c.n if query.article else version.c.seen_at, version.c.id)
        found = filtered(_GLANCES, query).order_by(*(columns if query.reverse else (each.desc() for each in columns)))
        with self._db.read() as connection:
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
