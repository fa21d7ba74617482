"""Story marks have no index by article, and passages none of the current ones.

Only a takedown looks for the marks of an article: it reads all of them. The current passages of an article are found
through the index of all its passages.
"""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.drop_index("ix_story_mark_article_id", "story_mark")
    op.drop_index("ix_passage_standing", "passage")
