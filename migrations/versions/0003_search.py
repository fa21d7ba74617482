"""Passages and the index over their words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEX = {
    "sqlite": ("CREATE VIRTUAL TABLE fts_passage USING fts5(words, content='', tokenize='unicode61')",),
    "postgresql": (
        "CREATE TABLE fts_passage (rowid BIGINT PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX fts_passage_words ON fts_passage USING gin (words)",
    ),
}


def upgrade() -> None:
    op.create_table(
        "passage",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("first_n", sa.Integer(), nullable=False),
        sa.Column("last_n", sa.Integer(), nullable=True),
        sa.Column("block", sa.SmallInteger(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_passage_article_id_article"),
        sa.PrimaryKeyConstraint("id", name="pk_passage"),
    )
    op.create_index(
        "ix_passage_standing",
        "passage",
        ["article_id"],
        sqlite_where=sa.text("last_n IS NULL"),
        postgresql_where=sa.text("last_n IS NULL"),
    )
    op.create_index("ix_passage_article_id", "passage", ["article_id", "first_n"])
    for statement in INDEX[op.get_bind().dialect.name]:
        op.execute(statement)
