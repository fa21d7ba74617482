"""An index for the list of stories, most recently changed first."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_index("ix_article_newest", "article", ["last_change_at", "first_seen_at"])
