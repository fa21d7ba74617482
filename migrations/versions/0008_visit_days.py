"""Old checks that found nothing new, counted by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "visit_day",
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("elapsed", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_visit_day_article_id_article"),
        sa.PrimaryKeyConstraint("article_id", "day", "outcome", name="pk_visit_day"),
        sqlite_with_rowid=False,
    )
