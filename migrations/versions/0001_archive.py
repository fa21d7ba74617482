"""The archive: what is watched, checks, versions with their evidence, the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "blob",
        sa.Column("id", KEY, nullable=False),
        sa.Column("base_id", KEY, nullable=True),
        sa.Column("raw_len", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("crc", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["base_id"], ["blob.id"], name="fk_blob_base_id_blob"),
        sa.PrimaryKeyConstraint("id", name="pk_blob"),
    )
    op.create_index("ix_blob_base_id", "blob", ["base_id"])

    op.create_table(
        "delivery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'delivered', 'dead')", name=op.f("ck_delivery_state")),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("key", name="uq_delivery_key"),
    )
    op.create_index(
        "ix_delivery_pending",
        "delivery",
        ["target", "article", "id"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_delivery_state", "delivery", ["state", "id"])

    op.create_table(
        "host",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failure_at", sa.BigInteger(), nullable=True),
        sa.Column("latency", sa.Float(), nullable=False),
        sa.Column("robots_status", sa.SmallInteger(), nullable=True),
        sa.Column("robots_body", sa.Text(), nullable=True),
        sa.Column("robots_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_host"),
    )
    op.create_table(
        "source",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_source"),
        sa.UniqueConstraint("name", name="uq_source_name"),
    )
    op.create_table(
        "article",
        sa.Column("id", KEY, nullable=False),
        sa.Column("ident", sa.String(length=12), nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("next_check_at", sa.BigInteger(), nullable=True),
        sa.Column("last_check_at", sa.BigInteger(), nullable=True),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=True),
        sa.Column("last_change_at", sa.BigInteger(), nullable=True),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("feed_title", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'gone', 'paused')", name=op.f("ck_article_state")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_article_source_id_source"),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
        sa.UniqueConstraint("ident", name="uq_article_ident"),
    )
    op.create_index(
        "ix_article_due",
        "article",
        ["next_check_at", "host"],
        sqlite_where=sa.text("next_check_at IS NOT NULL AND state <> 'paused'"),
        postgresql_where=sa.text("next_check_at IS NOT NULL AND state <> 'paused'"),
    )
    op.create_index("ix_article_host", "article", ["host", "next_check_at"])
    op.create_index("ix_article_source_id", "article", ["source_id", "id"])

    op.create_table(
        "hub",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("selector", sa.Text(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("next_poll_at", sa.BigInteger(), nullable=True),
        sa.Column("last_poll_at", sa.BigInteger(), nullable=True),
        sa.Column("last_ok_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('feed', 'sitemap', 'page')", name=op.f("ck_hub_kind")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_hub_source_id_source"),
        sa.PrimaryKeyConstraint("id", name="pk_hub"),
        sa.UniqueConstraint("source_id", "key", name="uq_hub_source_id_key"),
    )
    op.create_index("ix_hub_next_poll_at_host", "hub", ["next_poll_at", "host"])

    op.create_table(
        "address",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_address_article_id_article"),
        sa.PrimaryKeyConstraint("key", name="pk_address"),
    )
    op.create_index("ix_address_article_id", "address", ["article_id"])

    op.create_table(
        "story",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_story_article_id_article"),
        sa.PrimaryKeyConstraint("id", name="pk_story"),
        sa.UniqueConstraint("article_id", "name", name="uq_story_article_id_name"),
    )
    op.create_index("ix_story_name", "story", ["name"])

    op.create_table(
        "version",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("previous_seen_at", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("extractor", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("content_id", KEY, nullable=False),
        sa.CheckConstraint("n >= 1", name=op.f("ck_version_n")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_version_article_id_article"),
        sa.ForeignKeyConstraint(["content_id"], ["blob.id"], name="fk_version_content_id_blob"),
        sa.PrimaryKeyConstraint("id", name="pk_version"),
        sa.UniqueConstraint("article_id", "n", name="uq_version_article_id_n"),
    )
    op.create_index("ix_version_seen_at", "version", ["seen_at", "id"])

    op.create_table(
        "visit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("elapsed", sa.Float(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.CheckConstraint("outcome BETWEEN 0 AND 6", name=op.f("ck_visit_outcome")),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_visit_article_id_article"),
        sa.PrimaryKeyConstraint("id", name="pk_visit"),
    )
    op.create_index("ix_visit_article_id_at", "visit", ["article_id", "at"])

    op.create_table(
        "capture",
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("head_id", KEY, nullable=False),
        sa.Column("body_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["blob.id"], name="fk_capture_body_id_blob"),
        sa.ForeignKeyConstraint(["head_id"], ["blob.id"], name="fk_capture_head_id_blob"),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name="fk_capture_version_id_version"),
        sa.PrimaryKeyConstraint("version_id", name="pk_capture"),
    )
    op.create_table(
        "change",
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("significance", sa.Float(), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=True),
        sa.Column("raw_len", sa.Integer(), nullable=False),
        sa.Column("crc", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name="fk_change_version_id_version"),
        sa.PrimaryKeyConstraint("version_id", name="pk_change"),
    )
    op.create_table(
        "label",
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name="fk_label_version_id_version"),
        sa.PrimaryKeyConstraint("version_id", "position", name="pk_label"),
    )
    op.create_index("ix_label_kind", "label", ["kind", "version_id"])

    op.create_table(
        "line",
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_line_source_id_source"),
        sa.PrimaryKeyConstraint("source_id", "key", name="pk_line"),
    )
    op.create_table(
        "habit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("source_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("sample", sa.Text(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("learned_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('house', 'volatile')", name=op.f("ck_habit_kind")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name="fk_habit_source_id_source"),
        sa.PrimaryKeyConstraint("id", name="pk_habit"),
        sa.UniqueConstraint("source_id", "key", name="uq_habit_source_id_key"),
    )

    if op.get_bind().dialect.name == "postgresql":
        # The bytes are zstd frames already: PostgreSQL need not try to compress them.
        for table in ("blob", "change"):
            op.execute(f"ALTER TABLE {table} ALTER COLUMN data SET STORAGE EXTERNAL")
