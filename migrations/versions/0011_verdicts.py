"""Persons' verdicts on changes, and a view of them for people with SQL."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
VIEW = """
CREATE VIEW verdicts_readable AS
SELECT v.id AS version_id, a.ident AS article, v.n AS version, s.name AS source, a.url, {at} AS at, d.author,
  d.weight, replace(d.shown, ',', ', ') AS shown, replace(d.labels, ',', ', ') AS labels, d.note, d.link
FROM verdict d JOIN version v ON v.id = d.version_id JOIN article a ON a.id = v.article_id
  JOIN source s ON s.id = a.source_id
"""
SQLITE = "strftime('%Y-%m-%dT%H:%M:%fZ', d.at / 1000.0, 'unixepoch')"
POSTGRESQL = """to_char(to_timestamp(d.at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""


def upgrade() -> None:
    op.create_table(
        "verdict",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("weight", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name="fk_verdict_version_id_version"),
        sa.PrimaryKeyConstraint("id", name="pk_verdict"),
    )
    op.create_index("ix_verdict_version_id", "verdict", ["version_id"])
    bind = op.get_bind()
    bind.exec_driver_sql(VIEW.format(at=SQLITE if bind.dialect.name == "sqlite" else POSTGRESQL).strip())
