"""The version of an article that a user last read with `diff --since-read`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "read_mark",
        sa.Column("reader", sa.String(32), nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reader", "article_id", name="pk_read_mark"),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_read_mark_article_id_article"),
    )
