"""Storms and changes of layout: the latest of each source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.model.source import Layout, Storm

from .values import from_ms, to_instant

if TYPE_CHECKING:
    from .archive import Archive
    from .database.connection import Row

_STORMS: Final = "SELECT s.name AS source, t.* FROM storm t JOIN source s ON s.id = t.source_id"
_LAYOUTS: Final = "SELECT s.name AS source, t.* FROM layout t JOIN source s ON s.id = t.source_id"
_SOURCE: Final = "SELECT id FROM source WHERE name = :name"


def get_storm(archive: Archive, source: str) -> Storm | None:
    """Return the latest storm of a source."""
    with archive.read() as connection:
        row = connection.first(f"{_STORMS} WHERE s.name = :source", source=source)
    return None if row is None else _storm(row)


def save_storm(archive: Archive, storm: Storm) -> None:
    """Store the storm of a source in place of the one before; of one that is not stored yet, nothing is held."""
    with archive.write() as connection:
        source_id = connection.value(int, _SOURCE, name=storm.source)
        if source_id is None:
            return
        connection.replace(
            "storm",
            "source_id",
            source_id=source_id,
            began_at=storm.began,
            until_at=storm.until,
            changed=storm.changed,
            seen=storm.seen,
            spared_until=storm.spared,
        )


def list_storms(archive: Archive) -> dict[str, Storm]:
    """Return the latest storm of every source that had one."""
    with archive.read() as connection:
        # Releasing a source that had no storm leaves a row without changed articles, which only spares the source.
        rows = connection.all(f"{_STORMS} WHERE t.changed > 0")
    return {row.source: _storm(row) for row in sorted(rows, key=lambda row: str(row.source))}


def get_layout(archive: Archive, source: str) -> Layout | None:
    """Return the latest layout change of a source, sure or not."""
    with archive.read() as connection:
        row = connection.first(f"{_LAYOUTS} WHERE s.name = :source", source=source)
    return None if row is None else _layout(row)


def save_layout(archive: Archive, layout: Layout) -> None:
    """Store the layout change of a source in place of the one before."""
    with archive.write() as connection:
        connection.replace(
            "layout",
            "source_id",
            source_id=connection.number(_SOURCE, name=layout.source),
            began_at=layout.began,
            last_at=layout.last,
            articles=" ".join(layout.articles),
        )


def list_layouts(archive: Archive) -> dict[str, Layout]:
    """Return the latest layout change of every source that had one that is sure."""
    with archive.read() as connection:
        found = map(_layout, connection.all(_LAYOUTS))
    return {each.source: each for each in sorted(found, key=lambda each: each.source) if each.is_sure}


def _storm(row: Row) -> Storm:
    spared = to_instant(row.spared_until)
    return Storm(row.source, from_ms(row.began_at), from_ms(row.until_at), row.changed, row.seen, spared)


def _layout(row: Row) -> Layout:
    return Layout(row.source, from_ms(row.began_at), from_ms(row.last_at), tuple(row.articles.split()))
