"""Events of the log: re-extracted texts, deletions, aliases and states; and the hash of its change in a version's leaf.

Those that an archive already has are entered as they are now.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
READINGS = """
SELECT v.article_id, a.ident, 'reading' AS kind, v.n, r.at, r.extractor, r.came_to, r.no_edit, r.signature,
  r.sha256 AS identity, b.sha256 AS content
FROM reading r JOIN version v ON v.id = r.version_id JOIN article a ON a.id = v.article_id
  JOIN blob b ON b.id = r.content_id ORDER BY r.id
"""
REMOVALS = """
SELECT v.article_id, a.ident, 'removal' AS kind, v.n, t.parts, t.reason, t.at
FROM tombstone t JOIN version v ON v.id = t.version_id JOIN article a ON a.id = v.article_id ORDER BY t.version_id
"""
RECAPTURES = """
SELECT r.article_id, a.ident, 'recapture-removal' AS kind, r.n, r.leaf AS capture, r.removed AS reason
FROM recapture r JOIN article a ON a.id = r.article_id WHERE r.removed <> '' ORDER BY r.id
"""
ALIASES = """
SELECT d.article_id, a.ident, 'alias' AS kind, d.url, d.key
FROM address d JOIN article a ON a.id = d.article_id WHERE d.url <> a.url ORDER BY d.article_id, d.url
"""
STATES = "SELECT id AS article_id, ident, 'state' AS kind, state FROM article WHERE state <> 'active' ORDER BY id"


def upgrade() -> None:
    op.add_column("leaf", sa.Column("change_sha256", sa.LargeBinary(), nullable=True))
    op.create_table(
        "event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_event_article_id_article"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("position", name="uq_event_position"),
    )
    op.create_index("ix_event_article_id", "event", ["article_id", "id"])
    op.create_index(
        "ix_event_unnumbered",
        "event",
        ["id"],
        sqlite_where=sa.text("position IS NULL"),
        postgresql_where=sa.text("position IS NULL"),
    )
    insert = sa.text(
        "INSERT INTO event (article_id, kind, n, record, leaf) VALUES (:article_id, :kind, :n, :record, :leaf)"
    )
    connection = op.get_bind()
    for rows in found(connection):
        connection.execute(insert, rows)


def found(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of events for what the archive has, in the form of `ledger/log.py`."""
    for statement in (READINGS, REMOVALS, RECAPTURES, ALIASES, STATES):
        for rows in connection.execute(sa.text(statement)).mappings().partitions(500):
            yield [event(dict(row)) for row in rows]


def event(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row of one event; what is not said of the article is its record."""
    article_id, ident = row.pop("article_id"), row.pop("ident")
    plain = {name: bytes(value).hex() if isinstance(value, bytes) else value for name, value in row.items()}
    if "no_edit" in plain:
        plain["no_edit"] = bool(plain["no_edit"])
    plain |= {"form": 1, "article": ident}
    record = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    leaf = hashlib.sha256(b"\x00" + record.encode()).digest()
    return {"article_id": article_id, "kind": row["kind"], "n": row.get("n"), "record": record, "leaf": leaf}
