"""The rules that judged each change, and views that show significance and labels in today's words.

Changes of release 0.1 keep the numbers and words that they are stored with, because the log hashes them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

CHANGES = """
CREATE VIEW changes_readable AS
SELECT v.id AS version_id, a.ident AS article, v.n AS version, s.name AS source, a.url,
  {seen} AS seen, {previous_seen} AS previous_seen, h.words, {significance} AS significance,
  CASE WHEN h.announced THEN 'yes' WHEN NOT h.announced THEN 'no' END AS announced, {labels} AS labels{classifier}
FROM change h JOIN version v ON v.id = h.version_id JOIN article a ON a.id = v.article_id
  JOIN source s ON s.id = a.source_id
"""
VERDICTS = """
CREATE VIEW verdicts_readable AS
SELECT v.id AS version_id, a.ident AS article, v.n AS version, s.name AS source, a.url, {at} AS at, d.author,
  d.weight, {shown} AS shown, {right} AS labels, d.note, d.link
FROM verdict d JOIN version v ON v.id = d.version_id JOIN article a ON a.id = v.article_id
  JOIN source s ON s.id = a.source_id
"""
SIGNIFICANCE = "CASE WHEN h.significance >= 0.7 THEN 'high' WHEN h.significance >= 0.4 THEN 'medium' ELSE 'low' END"
KIND = "CASE kind WHEN 'stealth' THEN 'not-noted' ELSE kind END"


def upgrade() -> None:
    for view in ("changes_readable", "verdicts_readable"):
        op.execute(f"DROP VIEW {view}")
    op.add_column("change", sa.Column("classifier", sa.SmallInteger(), nullable=True))
    bind = op.get_bind()
    is_sqlite = bind.dialect.name == "sqlite"
    instant = sqlite_instant if is_sqlite else postgresql_instant
    gathered = f"group_concat({KIND}, ', ')" if is_sqlite else f"string_agg({KIND}, ', ' ORDER BY position)"
    changes = CHANGES.format(
        seen=instant("v.seen_at"),
        previous_seen=instant("v.previous_seen_at"),
        significance=SIGNIFICANCE,
        labels=f"(SELECT {gathered} FROM label WHERE version_id = v.id)",
        classifier=", coalesce(h.classifier, 1) AS classifier",
    )
    listed = "replace(replace({}, ',', ', '), 'stealth', 'not-noted')"
    verdicts = VERDICTS.format(at=instant("d.at"), shown=listed.format("d.shown"), right=listed.format("d.labels"))
    for view in (changes, verdicts):
        # Not as text(), which would take the colons of a time for parameters.
        bind.exec_driver_sql(view.strip())


def sqlite_instant(column: str) -> str:
    return f"strftime('%Y-%m-%dT%H:%M:%fZ', {column} / 1000.0, 'unixepoch')"


def postgresql_instant(column: str) -> str:
    return f"""to_char(to_timestamp({column} / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
