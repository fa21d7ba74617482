"""Reference pages, the log with its checkpoints, tombstones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reference",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("head_id", KEY, nullable=False),
        sa.Column("body_id", KEY, nullable=False),
        sa.Column("poor", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_reference_source_id_source"),
        sa.ForeignKeyConstraint(["head_id"], ["blob.id"], name="fk_reference_head_id_blob"),
        sa.ForeignKeyConstraint(["body_id"], ["blob.id"], name="fk_reference_body_id_blob"),
        sa.PrimaryKeyConstraint("id", name="pk_reference"),
    )
    op.create_index("ix_reference_source_id", "reference", ["source_id", "id"])
    op.create_table(
        "leaf",
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name="fk_leaf_version_id_version"),
        sa.PrimaryKeyConstraint("version_id", name="pk_leaf"),
        sa.UniqueConstraint("position", name="uq_leaf_position"),
    )
    op.create_index(
        "ix_leaf_unnumbered",
        "leaf",
        ["version_id"],
        sqlite_where=sa.text("position IS NULL"),
        postgresql_where=sa.text("position IS NULL"),
    )
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_checkpoint"),
    )
    op.create_table(
        "tombstone",
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name="fk_tombstone_version_id_version"),
        sa.PrimaryKeyConstraint("version_id", name="pk_tombstone"),
    )
