"""Views for people with SQL: times in ISO 8601, outcomes and labels by name.

They use nothing but plain SQL, so that any client can read them; `writethru sql` adds what has to be decoded. A migration
that changes a column named here drops the view first and creates it again.
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

OUTCOMES = ("new", "changed", "unchanged", "not-modified", "gone", "refused", "failed")
VERSIONS = """
CREATE VIEW versions_readable AS
SELECT v.id AS version_id, a.ident AS article, v.n AS version, s.name AS source, a.url,
  {seen} AS seen, {previous_seen} AS previous_seen, v.status, v.extractor, {sha256} AS sha256, {capture} AS capture,
  a.title AS newest_title, {stories} AS stories, coalesce(t.reason, '') AS removed
FROM version v JOIN article a ON a.id = v.article_id JOIN source s ON s.id = a.source_id
  JOIN capture c ON c.version_id = v.id LEFT JOIN tombstone t ON t.version_id = v.id AND t.parts = 'all'
"""
CHANGES = """
CREATE VIEW changes_readable AS
SELECT v.id AS version_id, a.ident AS article, v.n AS version, s.name AS source, a.url,
  {seen} AS seen, {previous_seen} AS previous_seen, h.words, h.significance,
  CASE WHEN h.announced THEN 'yes' WHEN NOT h.announced THEN 'no' END AS announced, {labels} AS labels
FROM change h JOIN version v ON v.id = h.version_id JOIN article a ON a.id = v.article_id
  JOIN source s ON s.id = a.source_id
"""
CHECKS = """
CREATE VIEW checks_readable AS
SELECT a.ident AS article, s.name AS source, a.url, {day_of_check} AS day, {at} AS at, {outcome} AS outcome,
  1 AS checks, c.status, c.elapsed AS seconds, coalesce(c.detail, '') AS detail
FROM visit c JOIN article a ON a.id = c.article_id JOIN source s ON s.id = a.source_id
UNION ALL
SELECT a.ident, s.name, a.url, {day}, NULL, {outcome}, c.checks, NULL, c.elapsed, ''
FROM visit_day c JOIN article a ON a.id = c.article_id JOIN source s ON s.id = a.source_id
"""


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    instant = sqlite_instant if is_sqlite else postgresql_instant
    digest = "lower(hex({}))" if is_sqlite else "encode({}, 'hex')"
    listed = "group_concat({}, ', ')" if is_sqlite else "string_agg({}, ', ' ORDER BY {})"
    words = {
        "seen": instant("v.seen_at"),
        "previous_seen": instant("v.previous_seen_at"),
        "sha256": digest.format("v.sha256"),
        "capture": digest.format("c.sha256"),
        "stories": f"(SELECT {listed.format('name', 'name')} FROM story WHERE article_id = a.id)",
        "labels": f"(SELECT {listed.format('kind', 'position')} FROM label WHERE version_id = v.id)",
        "at": instant("c.at"),
        "day_of_check": f"substr({instant('c.at')}, 1, 10)",
        "day": f"substr({instant('CAST(c.day AS BIGINT) * 86400000')}, 1, 10)",
        "outcome": f"CASE c.outcome {' '.join(f'WHEN {n} THEN {word!r}' for n, word in enumerate(OUTCOMES))} END",
    }
    for view in (VERSIONS, CHANGES, CHECKS):
        # Not as text(), which would take the colons of a time for parameters.
        op.get_bind().exec_driver_sql(view.format(**words).strip())


def sqlite_instant(column: str) -> str:
    return f"strftime('%Y-%m-%dT%H:%M:%fZ', {column} / 1000.0, 'unixepoch')"


def postgresql_instant(column: str) -> str:
    return f"""to_char(to_timestamp({column} / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
