"""What a SQLite archive has beside the tables, indexes and views that the migrations make, such as triggers."""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from .archive import Archive
from .database.drivers import archive_url

# Of all objects of schema SCHEMA, by their kinds and names: comparing with it is fast, making a new archive is not.
OBJECTS_SHA256: Final = "df05dad6c6c722a7e7262c51aac600becc221d4611158c3a98a96ecb95b05ee5"
# Tables that SQLite, its search index and Litestream make themselves, in the words of their own release.
_MADE_BY_OTHERS: Final = (
    {"sqlite_sequence", "sqlite_stat1", "sqlite_stat4", "_litestream_lock", "_litestream_seq"}
    | {f"fts_passage_{part}" for part in ("config", "content", "data", "docsize", "idx")}
)  # fmt: skip


def foreign_objects(archive: Archive) -> list[tuple[str, str]]:
    """Return the tables, indexes, views and triggers that differ from those of a new archive, and how they differ.

    On PostgreSQL nothing is compared.
    """
    if not archive.is_sqlite:
        return []
    found = _objects(archive)
    if hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest() == OBJECTS_SHA256:
        return []
    from . import migrations  # brings SQLAlchemy and Alembic

    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'new.db'}"
        migrations.upgrade(url)
        with Archive(archive_url(url), readonly=True) as new:
            made = _objects(new)
    differing = []
    for kind, name in sorted(key for key in found.keys() | made.keys() if found.get(key) != made.get(key)):
        how = f"it is not part of an archive; to remove it: DROP {kind.upper()} {name}"
        if (kind, name) in made:
            how = "its definition is not the one that writethru makes" if (kind, name) in found else "it is missing"
        differing.append((f"{kind} {name}", how))
    return differing


def _objects(archive: Archive) -> dict[tuple[str, str], str]:
    """Return the definition of each object by its kind and name, without quotes and white space that may differ."""
    with archive.read() as connection:
        rows = connection.all("SELECT type, name, tbl_name, sql FROM sqlite_master")
    return {
        (str(row.type), str(row.name)): f"{row.tbl_name} {' '.join(str(row.sql).replace(chr(34), '').split())}"
        for row in rows
        if not (row.name in _MADE_BY_OTHERS and str(row.sql).startswith("CREATE TABLE") and "REFERENCES" not in row.sql)
    }
