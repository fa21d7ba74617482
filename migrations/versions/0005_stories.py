"""Stories: readings, homes, marks of texts, copies, decisions of persons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
VERDICTS = "'accept', 'pin', 'reject', 'split', 'merge', 'rename', 'origin', 'own'"


def upgrade() -> None:
    op.create_table(
        "story_reading",
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name="fk_story_reading_version_id_version"),
        sa.PrimaryKeyConstraint("version_id", name="pk_story_reading"),
    )
    op.create_table(
        "story_home",
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("is_copy", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_story_home_article_id_article"),
        sa.PrimaryKeyConstraint("article_id", name="pk_story_home"),
    )
    op.create_index("ix_story_home_story", "story_home", ["story"])
    op.create_table(
        "story_mark",
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", KEY, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_story_mark_article_id_article"),
        sa.PrimaryKeyConstraint("mark", "article_id", name="pk_story_mark"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_story_mark_article_id", "story_mark", ["article_id"])
    op.create_table(
        "story_copy",
        sa.Column("first_id", KEY, nullable=False),
        sa.Column("second_id", KEY, nullable=False),
        sa.Column("contained", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["first_id"], ["article.id"], name="fk_story_copy_first_id_article"),
        sa.ForeignKeyConstraint(["second_id"], ["article.id"], name="fk_story_copy_second_id_article"),
        sa.PrimaryKeyConstraint("first_id", "second_id", name="pk_story_copy"),
    )
    op.create_index("ix_story_copy_second_id", "story_copy", ["second_id"])
    op.create_table(
        "story_decision",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("articles", sa.Text(), nullable=False),
        sa.Column("into_story", sa.Text(), nullable=False),
        sa.CheckConstraint(f"verdict IN ({VERDICTS})", name=op.f("ck_story_decision_verdict")),
        sa.PrimaryKeyConstraint("id", name="pk_story_decision"),
    )
    op.create_table(
        "story_out",
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_story_out_article_id_article"),
        sa.PrimaryKeyConstraint("article_id", "name", name="pk_story_out"),
    )
