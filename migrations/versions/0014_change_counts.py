"""Counts of changes by article, an index with all that is added up by source, and no latency of hosts any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SUMMED = ["source_id", "failures", "state", "versions", "checks"]
SUMMED += ["next_check_at", "last_check_at", "last_seen_at", "last_change_at"]
FILL = """
INSERT INTO change_count (article_id, kind, changes)
SELECT article_id, kind, count(*) FROM (
  SELECT DISTINCT v.article_id, v.id, l.kind FROM version v JOIN label l ON l.version_id = v.id WHERE v.n > 1
  UNION ALL
  SELECT v.article_id, v.id, CASE WHEN h.announced IS NULL THEN 'undecided'
    WHEN h.announced THEN 'announced' ELSE 'unannounced' END
  FROM version v JOIN change h ON h.version_id = v.id
  WHERE v.n > 1 AND NOT EXISTS (SELECT 1 FROM label WHERE version_id = v.id AND kind = 'flap')
) counted GROUP BY article_id, kind
"""


def upgrade() -> None:
    op.create_table(
        "change_count",
        sa.Column("article_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name="fk_change_count_article_id_article"),
        sa.PrimaryKeyConstraint("article_id", "kind", name="pk_change_count"),
        sqlite_with_rowid=False,
    )
    op.execute(FILL)
    op.create_index("ix_article_sums", "article", SUMMED)
    op.drop_column("host", "latency")
