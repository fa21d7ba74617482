"""What the archive holds of one change, as bytes: nothing is trusted that the log does not vouch for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from tracker.archive import blobs, identifiers
from tracker.archive.ledger.evidence import ROWS, evidence_of
from tracker.archive.ledger.verify import verify
from tracker.archive.schema.core import article, version
from tracker.archive.schema.proofs import tombstone

if TYPE_CHECKING:
    from tracker.archive.ledger.logcheck import Damage
    from tracker.archive.opening import Archive

_PARTS: Final = {"page.html": "body_id", "capture.json": "head_id", "content.json": "content_id"}
_article: Final = article


@dataclass(frozen=True, slots=True)
class Gathered:
    """Both versions of a change: *parts* are their bytes by name, *records* what each leaf hashes, by version."""

    article: str
    url: str
    old: int
    new: int
    parts: dict[str, bytes]
    records: dict[int, bytes]


def gather(store: Archive, ident: str, old: int, new: int) -> Gathered | list[Damage]:
    """Read the evidence of versions *old* and *new* of an article, and what the log holds of those between.

    What is damaged is named instead. Raises ArchiveError where a version was taken out.
    """
    _refuse_taken(store, ident, old, new)
    names = {f"{ident}@{n}" for n in range(old, new + 1)} | {ident}
    damage = [each for each in verify(store, article=ident).damage if each.what in names]
    if damage:
        return damage
    query = ROWS.where(_article.c.ident == ident, version.c.n.between(old, new))
    with store.database.read() as connection:
        rows: dict[int, Any] = {row.n: row for row in connection.execute(query)}
        wanted = {
            f"{side}/{name}": getattr(rows[n], column)
            for side, n in (("old", old), ("new", new))
            for name, column in _PARTS.items()
        }
        raw = blobs.read(connection, list(wanted.values()))
    records = {n: evidence_of(row).record() for n, row in rows.items()}
    return Gathered(ident, rows[new].url, old, new, {name: raw[key] for name, key in wanted.items()}, records)


def _refuse_taken(store: Archive, ident: str, old: int, new: int) -> None:
    query = (
        select(version.c.n, tombstone.c.parts, tombstone.c.reason)
        .join(tombstone, tombstone.c.version_id == version.c.id)
        .join(_article, _article.c.id == version.c.article_id)
        .where(_article.c.ident == ident, version.c.n.in_((old, new)))
        .order_by(version.c.n)
    )
    with store.database.read() as connection:
        for row in connection.execute(query):
            raise identifiers.gone(row.parts, row.reason, f"{ident}@{row.n}")
