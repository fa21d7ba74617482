"""Changes: what lies between two versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, func, or_, select

from tracker.archive import blobs, changes, codec, frames
from tracker.archive.schema.core import article, change, label, source, version
from tracker.archive.values import clean_text
from tracker.model import Change, LabelKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from dataclasses import dataclass

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.archive.database.connection import Connection

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive


_CHANGES: Final = (
    select(article.c.ident, version.c.n, version.c.content_id, change.c.raw_len, change.c.crc, change.c.data)
    .join(version, version.c.article_id == article.c.id)
    .join(change, change.c.version_id == version.c.id)
)


def get_changes(archive: Archive, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Change]:
    """Return what led to each version of *wanted*, pairs of article and number, in one go.

    Versions without a change are left out. Raises ArchiveError where a frame is damaged.
    """
    if not wanted:
        return {}
    query = _CHANGES.where(
        or_(*(and_(article.c.ident == ident, version.c.n == n) for ident, n in dict.fromkeys(wanted)))
    )
    with archive.database.read() as connection:
        raw = connection.execute(query).all()
        contents = blobs.read(connection, [row.content_id for row in raw])
    found = {}
    for row in raw:
        data = frames.decode(bytes(row.data), row.raw_len, contents[row.content_id], crc=row.crc)
        found[row.ident, row.n] = codec.load(Change, data)
    return found


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """What the labels and columns of a source's changes come to; *factual* are those that changed facts."""

    changes: int = 0
    factual: int = 0
    announced: int = 0
    kinds: tuple[tuple[LabelKind, int], ...] = ()


def tally(connection: Connection, name: str) -> ChangeCounts:
    """Count the changes of a source by label; flaps are in no other count."""
    inside = (
        select(version.c.id)
        .join(article, article.c.id == version.c.article_id)
        .join(source, source.c.id == article.c.source_id)
        .where(source.c.name == clean_text(name), version.c.n > 1)
        .subquery()
    )
    flap = select(label.c.version_id).where(label.c.version_id == change.c.version_id, label.c.kind == LabelKind.FLAP)
    counted = (
        select(change.c.announced, func.count())
        .join(inside, inside.c.id == change.c.version_id)
        .where(~flap.exists())
        .group_by(change.c.announced)
    )
    kinds = (
        select(label.c.kind, func.count(label.c.version_id.distinct()))
        .join(inside, inside.c.id == label.c.version_id)
        .group_by(label.c.kind)
    )
    said = {row[0]: row[1] for row in connection.execute(counted)}
    by_kind = sorted(((kind, count) for kind, count in connection.execute(kinds)), key=lambda pair: -pair[1])
    factual = said.get(True, 0) + said.get(False, 0)
    return ChangeCounts(sum(said.values()), factual, said.get(True, 0), tuple(by_kind))


def count_changes(archive: Archive, name: str) -> ChangeCounts:
    """Count the changes of a source by label; flaps are in no other count."""
    with archive.database.read() as connection:
        return changes.tally(connection, name)
