"""Readings by later extractors, and captures of checks that found no new version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("extractor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("superseded_at", sa.BigInteger(), nullable=True),
        sa.Column("came_to", sa.Text(), nullable=False),
        sa.Column("no_edit", sa.Boolean(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("content_id", KEY, nullable=False),
        sa.CheckConstraint("came_to IN ('same', 'code', 'unreadable')", name=op.f("ck_reading_came_to")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name="fk_reading_version_id_version"),
        sa.ForeignKeyConstraint(["content_id"], ["blob.id"], name="fk_reading_content_id_blob"),
        sa.PrimaryKeyConstraint("id", name="pk_reading"),
    )
    op.create_index("ix_reading_version_id", "reading", ["version_id"])
    op.create_index(
        "ix_reading_standing",
        "reading",
        ["version_id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "recapture",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("head_id", KEY, nullable=False),
        sa.Column("body_id", KEY, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("removed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_recapture_article_id_article"),
        sa.ForeignKeyConstraint(["head_id"], ["blob.id"], name="fk_recapture_head_id_blob"),
        sa.ForeignKeyConstraint(["body_id"], ["blob.id"], name="fk_recapture_body_id_blob"),
        sa.PrimaryKeyConstraint("id", name="pk_recapture"),
        sa.UniqueConstraint("position", name="uq_recapture_position"),
    )
    op.create_index("ix_recapture_article_id", "recapture", ["article_id", "n"])
    op.create_index(
        "ix_recapture_unnumbered",
        "recapture",
        ["id"],
        sqlite_where=sa.text("position IS NULL"),
        postgresql_where=sa.text("position IS NULL"),
    )
