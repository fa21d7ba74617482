"""Delete stored bytes for takedowns and retention; their hashes, the leaf in the log and a tombstone are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tracker.errors import NotKnown

from . import blobs, readings, recaptures, search, stories, versions
from .archive import Archive
from .database.connection import Connection, Row, Values, chunks, to_ms
from .ledger import log
from .ledger.log import SELECT_EVIDENCE, EventKind, evidence_of
from .recaptures import SELECT_RECAPTURE
from .versions import TAKEN_OUT_WHOLE

# Versions pruned in one transaction, for which other writers wait.
MAX_PRUNED_TOGETHER: Final = 20
# Expired versions asked for at once: finding them may take longer than others should wait.
MAX_EXPIRED_LISTED: Final = 5000
_VERSIONS: Final = """
SELECT v.id, v.article_id, v.n, v.content_id, c.head_id, c.body_id, a.ident, t.parts, t.reason
FROM version v JOIN capture c ON c.version_id = v.id JOIN article a ON a.id = v.article_id
  LEFT JOIN tombstone t ON t.version_id = v.id
"""
# Reference pages are copies: they hold the same bytes as the page they were made of.
_REFERENCES: Final = """
SELECT r.id, r.head_id, r.body_id FROM reference r
WHERE r.head_id IN (SELECT id FROM blob WHERE sha256 IN (SELECT sha256 FROM blob WHERE id IN (:ids)))
  OR r.body_id IN (SELECT id FROM blob WHERE sha256 IN (SELECT sha256 FROM blob WHERE id IN (:ids)))
"""
# A page is encoded again only if its base is deleted and the page stays.
_NEWEST_FIRST: Final = "ORDER BY v.article_id DESC, v.n DESC"
_QUOTING: Final = "SELECT id FROM version WHERE article_id = :article_id AND n IN (:numbers)"
_BLANK_ALERTS: Final = """
UPDATE delivery SET payload = '{}', last_error = CASE WHEN state = 'pending' THEN 'taken down' ELSE last_error END,
  state = CASE WHEN state = 'pending' THEN 'dead' ELSE state END
WHERE article = :ident AND version IN (:numbers)
"""
_NEWEST_PARTS: Final = """
SELECT t.parts FROM tombstone t JOIN version v ON v.id = t.version_id JOIN article a ON a.id = v.article_id
WHERE a.ident = :ident AND v.n = a.versions
"""


def take_down(archive: Archive, article: str, reason: str, now: datetime, n: int | None = None) -> list[int]:
    """Delete one version of an article, or all of them, and return the numbers of those not deleted before.

    Deletes the page, its headers, recaptures of the version, the text, the changes that quote it and the alerts
    about them; with all versions, also a quarantined page of the article. Blobs encoded against deleted ones are
    re-encoded first. After deleting a whole article, pause it too, or it is captured again. A version deleted before
    keeps its reason. Raises NotKnown if there is no such version.
    """
    which = "" if n is None else "AND v.n = :n"
    with archive.write() as connection:
        blobs.lock_bases(connection)
        rows = connection.all(f"{_VERSIONS} WHERE a.ident = :ident {which} ORDER BY v.n", ident=article, n=n)
        unread = article if n is None else ""
        if not connection.run("DELETE FROM quarantine WHERE name = :name", name=unread) and not rows:
            raise NotKnown("no such version", resource=article if n is None else f"{article}@v{n}")
        if archive.is_sqlite:
            # Overwrite freed space with zeros: otherwise the bytes stay in the file until SQLite reuses the space.
            connection.run("PRAGMA secure_delete=ON")
        article_id = connection.number("SELECT id FROM article WHERE ident = :ident", ident=article)
        # Before the texts go: the index must be told which words to forget.
        search.forget(connection, article_id)
        shown_again: Values = {"article_id": article_id, "numbers": [row.n for row in rows]}
        recaptures.take_out(connection, recaptures.OF_VERSIONS, shown_again, reason, now)
        taken = [row for row in rows if row.parts != TAKEN_OUT_WHOLE]
        for row in reversed(taken):  # as in `prune_pages`: the newest first
            readings.forget(connection, row.id, row.content_id)
            _take_out(connection, row, reason, now, whole=True)
            # A change quotes both of its sides: the change after this version quotes it, too, and so do alerts.
            numbers = [row.n, row.n + 1]
            for table in ("label", "change"):
                statement = f"DELETE FROM {table} WHERE version_id IN ({_QUOTING})"
                connection.run(statement, article_id=row.article_id, numbers=numbers)
            connection.run(_BLANK_ALERTS, ident=row.ident, numbers=numbers)
        versions.recount_changes(connection, article_id)
        # From the versions that are left: their paragraphs are found again.
        search.rebuild(connection, article_id)
        search.compact(connection)
        stories.forget(connection, article_id)
        if connection.value(str, _NEWEST_PARTS, ident=article) == TAKEN_OUT_WHOLE:
            connection.run("UPDATE article SET title = '', feed_title = '' WHERE ident = :ident", ident=article)
    archive.truncate_log()
    return [row.n for row in taken]


def list_expired(
    archive: Archive, source: str, *, seen_before: datetime | None = None, keep: int = 1
) -> list[tuple[str, int]]:
    """Return the versions of `source` whose pages are past retention: (article, number), oldest first.

    These are versions seen before `seen_before` and not among the newest `keep` of their article. Recaptures follow,
    each as the version it showed.
    """
    with archive.read() as connection:
        expired = [(row.ident, row.n) for row in reversed(_expired(connection, source, seen_before, keep))]
        where, values = recaptures.where_expired(source, seen_before, keep)
        rows = connection.all(f"{SELECT_RECAPTURE} WHERE r.removed = '' AND {where} ORDER BY r.id", **values)
        return expired + [(row.ident, row.n) for row in rows]


def prune_pages(
    archive: Archive, source: str, now: datetime, *, seen_before: datetime | None = None, keep: int = 1
) -> int:
    """Delete pages and headers of the versions in `list_expired`; return how many. Texts and changes are kept."""
    where, values = recaptures.where_expired(source, seen_before, keep)
    count = 0
    while True:
        with archive.write() as connection:
            blobs.lock_bases(connection)
            taken = recaptures.take_out(connection, where, values, "retention", now, most=MAX_PRUNED_TOGETHER)
        count += taken
        if taken < MAX_PRUNED_TOGETHER:
            break
    while True:
        with archive.read() as connection:
            expired = [row.id for row in _expired(connection, source, seen_before, keep, most=MAX_EXPIRED_LISTED)]
        for some in chunks(expired, MAX_PRUNED_TOGETHER):
            with archive.write() as connection:
                blobs.lock_bases(connection)
                # Another process may have pruned them meanwhile.
                still_there = f"{_VERSIONS} WHERE v.id IN (:ids) AND t.version_id IS NULL {_NEWEST_FIRST}"
                rows = connection.all(still_there, ids=some)
                for row in rows:
                    _take_out(connection, row, "retention", now, whole=False)
            count += len(rows)
        if len(expired) < MAX_EXPIRED_LISTED:
            break
    archive.truncate_log()
    return count


def list_tombstones(archive: Archive, article: str, *, whole: bool = False) -> dict[int, str]:
    """Return the numbers of versions that were deleted, wholly or partly or only `whole` ones, with the reason."""
    where = "WHERE a.ident = :ident AND t.parts " + ("= :whole" if whole else "IS NOT NULL")
    with archive.read() as connection:
        rows = connection.all(f"{_VERSIONS} {where} ORDER BY v.n", ident=article, whole=TAKEN_OUT_WHOLE)
        return {row.n: row.reason for row in rows}


def remove_imported_page(archive: Archive, ident: str, n: int, *, sha256: str, reason: str, at: datetime) -> None:
    """Record a page that was never stored like a deleted one: by its hash, a leaf and a tombstone."""
    with archive.write() as connection:
        (row,) = connection.all(f"{_VERSIONS} WHERE a.ident = :ident AND v.n = :n", ident=ident, n=n)
        digest = bytes.fromhex(sha256)
        blobs.empty(connection, (row.head_id, row.body_id))
        connection.run("UPDATE blob SET sha256 = :sha256 WHERE id = :id", sha256=digest, id=row.body_id)
        connection.run("UPDATE capture SET sha256 = :sha256 WHERE version_id = :id", sha256=digest, id=row.id)
        _bury(connection, row, "capture", reason, at)
        (evidence,) = connection.all(f"{SELECT_EVIDENCE} WHERE v.id = :id", id=row.id)
        leaf = evidence_of(evidence).leaf()
        connection.run("UPDATE leaf SET hash = :leaf WHERE version_id = :id", leaf=leaf, id=row.id)


def _expired(
    connection: Connection, source: str, seen_before: datetime | None, keep: int, most: int | None = None
) -> list[Row]:
    age = "" if seen_before is None else "AND v.seen_at < :seen_before"
    limit = "" if most is None else "LIMIT :most"
    statement = f"""
{_VERSIONS}
WHERE a.source_id = (SELECT id FROM source WHERE name = :source) AND v.n <= a.versions - :keep
  AND t.version_id IS NULL {age}
{_NEWEST_FIRST} {limit}
"""
    return connection.all(statement, source=source, keep=keep, seen_before=seen_before, most=most)


def _take_out(connection: Connection, row: Row, reason: str, now: datetime, *, whole: bool) -> None:
    for reference in connection.all(_REFERENCES, ids=[row.head_id, row.body_id]):
        blobs.empty(connection, (reference.head_id, reference.body_id))
        connection.run("DELETE FROM reference WHERE id = :id", id=reference.id)
    blobs.empty(connection, (row.head_id, row.body_id, *((row.content_id,) if whole else ())))
    _bury(connection, row, TAKEN_OUT_WHOLE if whole else "capture", reason, now)


def _bury(connection: Connection, row: Row, parts: str, reason: str, at: datetime) -> None:
    connection.replace("tombstone", "version_id", version_id=row.id, parts=parts, reason=reason, at=at)
    fields = {"n": row.n, "parts": parts, "reason": reason, "at": to_ms(at)}
    log.enter(connection, (row.article_id, row.ident), EventKind.REMOVAL, **fields)
