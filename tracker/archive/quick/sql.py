"""The statements of the quick reader, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracker.archive.values import clean_text, to_ms

if TYPE_CHECKING:
    from tracker.model import VersionQuery

_ARTICLE: Final = """
SELECT a.id, a.ident, s.name AS source, a.url, a.host, a.first_seen_at, a.state, a.next_check_at, a.last_check_at,
  a.last_seen_at, a.last_change_at, a.checks, a.versions, a.failures, a.etag, a.last_modified, a.signature, a.title,
  a.feed_title, a.published_at, a.told_at, a.touched_at, a.listed_until
FROM article a JOIN source s ON s.id = a.source_id
"""

VERSION: Final = """
SELECT v.id, v.article_id, v.n, v.seen_at, v.previous_seen_at, v.status, v.extractor, v.signature, v.content_id,
  a.ident, a.url, s.name AS source, c.sha256 AS capture_sha256, t.parts, t.reason, h.raw_len AS change_len,
  h.crc AS change_crc, h.data AS change_data, r.content_id AS read_id, r.extractor AS read_by,
  r.signature AS read_signature, r.came_to, r.no_edit
FROM version v JOIN article a ON a.id = v.article_id JOIN source s ON s.id = a.source_id
  JOIN capture c ON c.version_id = v.id LEFT JOIN change h ON h.version_id = v.id
  LEFT JOIN tombstone t ON t.version_id = v.id
  LEFT JOIN reading r ON r.version_id = v.id AND r.superseded_at IS NULL
"""

_GLANCE: Final = """
SELECT v.id, v.n, v.seen_at, v.previous_seen_at, coalesce(r.sha256, v.sha256) AS sha256, r.no_edit,
  a.ident, a.url, a.title, s.name AS source, h.words,
  h.significance, h.announced, t.parts, t.reason
FROM version v JOIN article a ON a.id = v.article_id JOIN source s ON s.id = a.source_id
  LEFT JOIN change h ON h.version_id = v.id LEFT JOIN tombstone t ON t.version_id = v.id
  LEFT JOIN reading r ON r.version_id = v.id AND r.superseded_at IS NULL
"""

SQL: Final = {
    "has_schema": "SELECT name FROM sqlite_master WHERE name = 'alembic_version'",
    "schema": "SELECT version_num FROM alembic_version",
    "sources": "SELECT name FROM source ORDER BY id",
    "habits": """
        SELECT b.kind, b.key, b.sample, b.articles, b.learned_at FROM habit b JOIN source s ON s.id = b.source_id
        WHERE s.name = :source ORDER BY b.id""",
    "hubs": """
        SELECT s.name AS source, h.kind, h.url, h.selector, h.pattern, h.next_poll_at, h.last_poll_at, h.last_ok_at,
          h.failures, h.last_error, h.etag, h.last_modified, h.articles
        FROM hub h JOIN source s ON s.id = h.source_id WHERE :source IS NULL OR s.name = :source
        ORDER BY h.source_id, h.position""",
    "article_by_address": f"{_ARTICLE} WHERE a.id = (SELECT article_id FROM address WHERE key = :key)",  # noqa: S608 - a constant
    "articles_by_prefix": f"{_ARTICLE} WHERE a.ident >= :start AND a.ident < :end ORDER BY a.ident LIMIT :limit",
    "articles": f"""{_ARTICLE}
        WHERE (:source IS NULL OR s.name = :source) AND (:story IS NULL OR EXISTS
          (SELECT 1 FROM story m WHERE m.article_id = a.id AND m.name = :story))
        ORDER BY a.first_seen_at DESC, a.id DESC""",  # noqa: S608 - a constant
    "idents": """
        SELECT ident FROM (SELECT ident FROM article WHERE ident >= :start AND ident < :end LIMIT 1000)
        UNION SELECT ident FROM (SELECT ident FROM article ORDER BY id DESC LIMIT 1000)""",
    "have": "SELECT versions FROM article WHERE ident = :ident",
    "stories": "SELECT article_id, name FROM story WHERE article_id IN (:ids) ORDER BY id",
    "checks": """
        SELECT k.at, k.outcome, k.status, k.elapsed, k.detail FROM visit k JOIN article a ON a.id = k.article_id
        WHERE a.ident = :ident ORDER BY k.at DESC, k.id DESC LIMIT :limit""",
    "latest": f"{VERSION} WHERE a.ident = :ident AND v.n = a.versions",
    "version": f"{VERSION} WHERE a.ident = :ident AND v.n = :n",
    "seen_before": """
        SELECT max(v.n) AS n FROM version v JOIN article a ON a.id = v.article_id
          LEFT JOIN reading r ON r.version_id = v.id AND r.superseded_at IS NULL
        WHERE a.ident = :ident AND coalesce(r.sha256, v.sha256) = :sha256""",
    "capture": """
        SELECT c.fetched_at, c.sha256, c.head_id, c.body_id, t.parts, t.reason
        FROM capture c JOIN version v ON v.id = c.version_id JOIN article a ON a.id = v.article_id
          LEFT JOIN tombstone t ON t.version_id = v.id
        WHERE a.ident = :ident AND v.n = :n""",
    "blobs": """
        WITH RECURSIVE chain(id, base_id) AS (
          SELECT id, base_id FROM blob WHERE id IN (:ids)
          UNION SELECT b.id, b.base_id FROM blob b JOIN chain c ON b.id = c.base_id)
        SELECT b.id, b.base_id, b.raw_len, b.crc, b.data FROM blob b JOIN chain c ON c.id = b.id""",
    "labels": "SELECT version_id, kind FROM label WHERE version_id IN (:ids) ORDER BY version_id, position",
    "counts": """
        SELECT (SELECT count(*) FROM article) AS articles,
          (SELECT coalesce(sum(versions), 0) FROM article) AS versions,
          (SELECT count(*) FROM capture) AS captures,
          (SELECT coalesce(sum(checks), 0) FROM article) AS checks,
          (SELECT count(*) FROM delivery WHERE state = 'pending') AS pending_alerts,
          (SELECT count(*) FROM delivery WHERE state = 'dead') AS dead_alerts,
          (SELECT count(*) FROM delivery WHERE state = 'delivered') AS delivered_alerts,
          (SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()) AS bytes,
          (SELECT min(created_at) FROM delivery WHERE state = 'pending') AS oldest_pending_at""",
    "memos": "SELECT name, text FROM memo WHERE substr(name, 1, length(:prefix)) = :prefix ORDER BY name",
    "deliveries": """
        SELECT id, key, rule, target, article, version, payload, created_at, due_at, state, attempts, last_error,
          delivered_at, coalesce(lane, '') AS lane
        FROM delivery WHERE :state IS NULL OR state = :state ORDER BY id DESC LIMIT :limit""",
}


def version_query(
    query: VersionQuery, after: tuple[int, int] | None, size: int, *, glance: bool = False
) -> tuple[str, dict[str, Any]]:
    """Return the statement for one page of versions and its parameters; *after* are place and row of the last one.

    *glance* selects what lists show, without contents; a *size* of -1 means all.
    """
    given: dict[str, Any] = {"size": size}
    conditions = ["1"]
    for name, value, condition in (
        ("article", query.article, "a.ident = :article"),
        ("source", clean_text(query.source), "s.name = :source"),
        (
            "story",
            clean_text(query.story),
            "EXISTS (SELECT 1 FROM story m WHERE m.article_id = a.id AND m.name = :story)",
        ),
        ("since", query.since and to_ms(query.since), "v.seen_at >= :since"),
        ("until", query.until and to_ms(query.until), "v.seen_at < :until"),
        ("words", query.min_words, "h.words >= :words"),
    ):
        if value:
            conditions.append(condition)
            given[name] = value
    if query.changes_only:
        conditions.append("v.n > 1")
    if query.kinds:
        names = {f"kind{place}": kind.value for place, kind in enumerate(query.kinds)}
        wanted = ", ".join(f":{name}" for name in names)
        conditions.append(f"EXISTS (SELECT 1 FROM label l WHERE l.version_id = v.id AND l.kind IN ({wanted}))")  # noqa: S608 - names of parameters
        given |= names
    by = "v.n" if query.article else "v.seen_at"  # a clock can go back, numbers cannot
    if after is not None:
        conditions.append(f"({by}, v.id) {'>' if query.reverse else '<'} (:after_at, :after_id)")
        given |= {"after_at": after[0], "after_id": after[1]}
    way = "ASC" if query.reverse else "DESC"
    start = _GLANCE if glance else VERSION
    statement = f"{start} WHERE {' AND '.join(conditions)} ORDER BY {by} {way}, v.id {way} LIMIT :size"
    return statement, given
