"""The space that deleted rows leave in the database, and how it is given back to the disk."""

from __future__ import annotations

from typing import Final

from .archive import Archive

# Source: https://sqlite.org/pragma.html#pragma_auto_vacuum (0 is none, 1 full).
_INCREMENTAL: Final = 2


def free_bytes(archive: Archive) -> int:
    """Return how many bytes of a SQLite file are unused; 0 on PostgreSQL, which reuses such space automatically."""
    if not archive.is_sqlite:
        return 0
    with archive.read() as connection:
        return connection.number("PRAGMA freelist_count") * connection.number("PRAGMA page_size")


def shrink(archive: Archive) -> None:
    """Cut unused space off a SQLite file that `compact` has prepared for it; otherwise do nothing."""
    if not archive.is_sqlite:
        return
    with archive.read() as connection:
        if connection.value(int, "PRAGMA auto_vacuum") != _INCREMENTAL:
            return
    # The pages go at the end of the file, so the log must be written back before the file gets shorter.
    archive.maintain("PRAGMA incremental_vacuum")
    archive.truncate_log()


def compact(archive: Archive, *, full: bool = False) -> None:
    """Write a SQLite file anew without unused space, and prepare it for `shrink`; on PostgreSQL run VACUUM.

    SQLite needs as much free disk space as the file is large. VACUUM lets PostgreSQL use the space again; with `full`
    it is given back to the disk, and all tables are locked meanwhile.
    """
    if archive.is_sqlite:
        archive.maintain(f"PRAGMA auto_vacuum={_INCREMENTAL}", "VACUUM")
        archive.truncate_log()
    else:
        archive.maintain("VACUUM (FULL, ANALYZE)" if full else "VACUUM (ANALYZE)")
