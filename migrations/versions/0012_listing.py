"""Indexes for lists of sources: whose articles changed last, and whose fail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

FAILING = sa.text("failures > 0 AND state = 'active'")


def upgrade() -> None:
    op.create_index("ix_article_source_change", "article", ["source_id", "last_change_at"])
    op.create_index(
        "ix_article_failing",
        "article",
        ["source_id", "last_check_at"],
        sqlite_where=FAILING,
        postgresql_where=FAILING,
    )
