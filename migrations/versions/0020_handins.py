"""Saved pages that people handed in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "handin",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("article_id", KEY, sa.ForeignKey("article.id", name="fk_handin_article_id_article"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("content_id", KEY, sa.ForeignKey("blob.id", name="fk_handin_content_id_blob"), nullable=False),
        sa.Column("file_id", KEY, sa.ForeignKey("blob.id", name="fk_handin_file_id_blob"), nullable=False),
        sa.Column("removed", sa.Text(), nullable=False),
        sa.UniqueConstraint("article_id", "n", name="uq_handin_article_id_n"),
    )
