"""Columns for the times that hubs give for articles, counts of how often these are right, and state of the service."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TOLD = ("published_at", "told_at", "touched_at", "listed_until")


def upgrade() -> None:
    for name in TOLD:
        op.add_column("article", sa.Column(name, sa.BigInteger(), nullable=True))
    op.create_table(
        "tally",
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("hits", sa.Float(), nullable=False),
        sa.Column("false_touches", sa.Float(), nullable=False),
        sa.Column("misses", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_tally_source_id_source"),
        sa.PrimaryKeyConstraint("source_id", name="pk_tally"),
    )
    op.create_table(
        "memo",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_memo"),
    )
