"""Changes: what lies between two versions, and how many of which kind a source made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.model.change import Change
from tracker.model.labels import LabelKind

from . import blobs, codec, frames
from .database.connection import chunks

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

    from .database.connection import Row

_CHANGES: Final = """
SELECT a.ident, v.n, v.content_id, h.raw_len, h.crc, h.data
FROM article a JOIN version v ON v.article_id = a.id JOIN change h ON h.version_id = v.id
WHERE a.ident IN (:idents) AND v.n IN (:numbers)
"""
_OF_SOURCE: Final = """
FROM version v JOIN article a ON a.id = v.article_id JOIN source s ON s.id = a.source_id
"""
_BY_ANNOUNCED: Final = f"""
SELECT h.announced, count(*) AS changes {_OF_SOURCE} JOIN change h ON h.version_id = v.id
WHERE s.name = :source AND v.n > 1
  AND v.id NOT IN (SELECT version_id FROM label WHERE kind = :flap)
GROUP BY h.announced
"""
# In SQLite, this takes two thirds of the time of count(DISTINCT l.version_id).
_BY_KIND: Final = f"""
SELECT kind, count(*) AS changes FROM (
  SELECT DISTINCT l.version_id, l.kind {_OF_SOURCE} JOIN label l ON l.version_id = v.id
  WHERE s.name = :source AND v.n > 1) labelled
GROUP BY kind
"""


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """What the labels and columns of a source's changes come to; *factual* are those that changed facts."""

    changes: int = 0
    factual: int = 0
    announced: int = 0
    kinds: tuple[tuple[LabelKind, int], ...] = ()


def get_changes(archive: Archive, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Change]:
    """Return what led to each version of *wanted*, pairs of article and number, in one go.

    Versions without a change are left out. Raises ArchiveError where a frame is damaged.
    """
    pairs = set(wanted)
    rows: list[Row] = []
    with archive.read() as connection:
        for some in chunks(sorted(pairs), 200):
            # Each database writes lists of pairs otherwise: this asks for all numbers of all articles, and the pairs
            # are picked out below.
            idents, numbers = sorted({ident for ident, _ in some}), sorted({n for _, n in some})
            rows += connection.all(_CHANGES, idents=idents, numbers=numbers)
        found = {(row.ident, row.n): row for row in rows if (row.ident, row.n) in pairs}
        contents = blobs.read(connection, [row.content_id for row in found.values()])
    return {
        key: codec.load(Change, frames.decode(row.data, row.raw_len, contents[row.content_id], crc=row.crc))
        for key, row in found.items()
    }


def count_changes(archive: Archive, name: str) -> ChangeCounts:
    """Count the changes of a source by label; flaps are in no other count."""
    with archive.read() as connection:
        by_announced = {
            None if row.announced is None else bool(row.announced): row.changes
            for row in connection.all(_BY_ANNOUNCED, source=name, flap=LabelKind.FLAP)
        }
        by_kind = [(LabelKind(row.kind), row.changes) for row in connection.all(_BY_KIND, source=name)]
    announced = by_announced.get(True, 0)
    kinds = tuple(sorted(by_kind, key=lambda pair: -pair[1]))
    return ChangeCounts(sum(by_announced.values()), announced + by_announced.get(False, 0), announced, kinds)
