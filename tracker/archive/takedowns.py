"""Delete stored bytes for takedowns and retention; their hashes, the leaf in the log and a tombstone are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from tracker.errors import NotKnown
from tracker.model.watch import ArticleState

from . import blobs, handins, readings, recaptures, search, stories, versions
from .archive import Archive
from .articles import set_article_state
from .database.connection import Connection, Row, Values, chunks, to_ms
from .ledger import log
from .ledger.log import SELECT_EVIDENCE, EventKind, evidence_of
from .recaptures import SELECT_RECAPTURE
from .versions import TAKEN_OUT_WHOLE

# Other writers wait for one transaction of `prune_pages`; a large page may take longer by as much as it needs alone.
MAX_TRANSACTION_SECONDS: Final = 0.1
MAX_PRUNED_TOGETHER: Final = 100
# Articles whose expired pages are listed in one transaction.
MAX_ARTICLES_LISTED: Final = 100
_ARTICLES: Final = "SELECT id FROM article WHERE source_id = (SELECT id FROM source WHERE name = :source)"
_SHOWN_AGAIN: Final = "SELECT r.id FROM recapture r JOIN article a ON a.id = r.article_id WHERE r.removed = ''"
_VERSIONS: Final = """
SELECT v.id, v.article_id, v.n, v.content_id, c.head_id, c.body_id, a.ident, t.parts, t.reason
FROM version v JOIN capture c ON c.version_id = v.id JOIN article a ON a.id = v.article_id
  LEFT JOIN tombstone t ON t.version_id = v.id
"""
# Reference pages are copies: they hold the same bytes as the page they were made of. There are few references, and very
# many blobs, of which the hashes have no index: each hash of a reference is looked up by the number of its blob.
_REFERENCES: Final = """
SELECT r.id, r.head_id, r.body_id FROM reference r
WHERE (SELECT sha256 FROM blob WHERE id = r.head_id) IN (SELECT sha256 FROM blob WHERE id IN (:ids))
  OR (SELECT sha256 FROM blob WHERE id = r.body_id) IN (SELECT sha256 FROM blob WHERE id IN (:ids))
"""
# A page is encoded again only if its base is deleted and the page stays.
_NEWEST_FIRST: Final = "ORDER BY v.article_id DESC, v.n DESC"
_QUOTING: Final = "SELECT id FROM version WHERE article_id = :article_id AND n IN (:numbers)"
_BLANK_ALERTS: Final = """
UPDATE delivery SET payload = '{}', last_error = CASE WHEN state = 'pending' THEN 'taken down' ELSE last_error END,
  state = CASE WHEN state = 'pending' THEN 'dead' ELSE state END
WHERE article = :ident AND version IN (:numbers)
"""
_BLANK_PASSAGES: Final = "UPDATE citation SET passage = '' WHERE article_id = :article_id AND n = :n"
_NEWEST_PARTS: Final = """
SELECT t.parts FROM tombstone t JOIN version v ON v.id = t.version_id JOIN article a ON a.id = v.article_id
WHERE a.ident = :ident AND v.n = a.versions
"""


def take_down(archive: Archive, article: str, reason: str, now: datetime, n: int | None = None) -> list[int]:
    """Delete one version of an article, or all of them, and return the numbers of those not deleted before.

    Deletes the page, its headers, recaptures of the version, the text, the changes that quote it and the alerts
    about them; with all versions, also a quarantined page of the article, which is paused, and the pages handed in for
    it. Blobs encoded against deleted ones are re-encoded first. A version deleted before keeps its reason. The service
    may be running: a check that it decided before is stored without the text, see `commit_check`. Raises NotKnown if
    there is no such version.
    """
    which = "" if n is None else "AND v.n = :n"
    with archive.write() as connection:
        _begin_to_erase(connection)
        handed_in = handins.take_out(connection, article, reason, now) if n is None else []
        if n is None:
            set_article_state(archive, article, ArticleState.PAUSED, now)
        rows = connection.all(f"{_VERSIONS} WHERE a.ident = :ident {which} ORDER BY v.n", ident=article, n=n)
        unread = article if n is None else ""
        if not connection.run("DELETE FROM quarantine WHERE name = :name", name=unread) and not (rows or handed_in):
            raise NotKnown("no such version", resource=article if n is None else f"{article}@v{n}")
        article_id = connection.number("SELECT id FROM article WHERE ident = :ident", ident=article)
        # Before the texts go: the index must be told which words to forget.
        search.forget(connection, article_id)
        shown_again: Values = {"article_id": article_id, "numbers": [row.n for row in rows]}
        recaptures.take_out(connection, recaptures.OF_VERSIONS, shown_again, reason, now)
        taken = [row for row in rows if row.parts != TAKEN_OUT_WHOLE]
        _take_out_references(connection, taken)
        for row in reversed(taken):  # as in `prune_pages`: the newest first
            readings.forget(connection, row.id, row.content_id)
            _take_out(connection, row, reason, now, whole=True)
            # A change quotes both of its sides: the change after this version quotes it, too, and so do alerts.
            numbers = [row.n, row.n + 1]
            for table in ("label", "change"):
                statement = f"DELETE FROM {table} WHERE version_id IN ({_QUOTING})"
                connection.run(statement, article_id=row.article_id, numbers=numbers)
            connection.run(_BLANK_ALERTS, ident=row.ident, numbers=numbers)
            connection.run(_BLANK_PASSAGES, article_id=article_id, n=row.n)
        versions.recount_changes(connection, article_id)
        # From the versions that are left: their paragraphs are found again.
        search.rebuild(connection, article_id)
        search.compact(connection)
        stories.forget(connection, article_id)
        if connection.value(str, _NEWEST_PARTS, ident=article) == TAKEN_OUT_WHOLE:
            connection.run("UPDATE article SET title = '', feed_title = '' WHERE ident = :ident", ident=article)
    archive.truncate_log()
    return [row.n for row in taken]


def take_down_handin(archive: Archive, article: str, n: int, reason: str, now: datetime) -> None:
    """Delete text and file of a page that was handed in; one that was deleted before keeps its reason."""
    with archive.write() as connection:
        _begin_to_erase(connection)
        handins.take_out(connection, article, reason, now, n)
    archive.truncate_log()


def _begin_to_erase(connection: Connection) -> None:
    blobs.lock_bases(connection)
    if connection.is_sqlite:
        # Overwrite freed space with zeros: otherwise the bytes stay in the file until SQLite reuses the space.
        connection.run("PRAGMA secure_delete=ON")


def list_expired(
    archive: Archive, source: str, *, seen_before: datetime | None = None, keep: int = 1
) -> list[tuple[str, int]]:
    """Return the versions of `source` whose pages are past retention: (article, number), oldest first.

    These are versions seen before `seen_before` and not among the newest `keep` of their article. Recaptures follow,
    each as the version it showed.
    """
    with archive.read() as connection:
        rows = _expired(connection, f"IN ({_ARTICLES})", seen_before, keep, source=source)
        expired = [(row.ident, row.n) for row in reversed(rows)]
        where, values = recaptures.where_expired(source, seen_before, keep)
        rows = connection.all(f"{SELECT_RECAPTURE} WHERE r.removed = '' AND {where} ORDER BY r.id", **values)
        return expired + [(row.ident, row.n) for row in rows]


def prune_pages(
    archive: Archive, source: str, now: datetime, *, seen_before: datetime | None = None, keep: int = 1
) -> int:
    """Delete pages and headers of the versions in `list_expired`; return how many. Texts and changes are kept."""
    count = sum(prune_in_steps(archive, source, now, seen_before=seen_before, keep=keep))
    archive.truncate_log()
    return count


def prune_in_steps(
    archive: Archive, source: str, now: datetime, *, seen_before: datetime | None, keep: int
) -> Iterator[int]:
    """Do as `prune_pages`, a short transaction a step; yield how many pages it deleted.

    That is 0 while pages are searched or frames that are kept are re-encoded. The caller may stop after any step.
    """
    heirs: dict[int, int] = {}
    before = None
    which, showing = recaptures.where_expired(source, seen_before, keep)
    while True:
        with archive.read() as connection:
            older = "" if before is None else "AND id < :before"
            statement = f"{_ARTICLES} {older} ORDER BY id DESC LIMIT :most"
            articles = connection.column(int, statement, source=source, before=before, most=MAX_ARTICLES_LISTED)
            shown = f"{_SHOWN_AGAIN} AND {which} AND a.id IN (:articles) ORDER BY r.id"
            shown_again = connection.column(int, shown, **showing, articles=articles)
            expired = [row.id for row in _expired(connection, "IN (:articles)", seen_before, keep, articles=articles)]
        yield 0
        for prune, keys in ((_prune_recaptures, shown_again), (_prune_versions, expired)):
            for some in chunks(keys, MAX_PRUNED_TOGETHER):
                finished = False
                while not finished:
                    with archive.write() as connection:
                        blobs.lock_bases(connection)
                        deadline = blobs.Deadline(MAX_TRANSACTION_SECONDS, heirs)
                        count, finished = prune(connection, some, now, deadline)
                    yield count
        if len(articles) < MAX_ARTICLES_LISTED:
            return
        before = articles[-1]


def _prune_recaptures(
    connection: Connection, keys: Sequence[int], now: datetime, deadline: blobs.Deadline
) -> tuple[int, bool]:
    return recaptures.take_out(connection, "r.id IN (:keys)", {"keys": keys}, "retention", now, deadline)


def _prune_versions(
    connection: Connection, keys: Sequence[int], now: datetime, deadline: blobs.Deadline
) -> tuple[int, bool]:
    # Another process may have deleted them meanwhile.
    still_there = f"{_VERSIONS} WHERE v.id IN (:keys) AND t.version_id IS NULL {_NEWEST_FIRST}"
    rows = connection.all(still_there, keys=keys)
    if not _take_out_references(connection, rows, deadline):
        return 0, False
    for place, row in enumerate(rows):
        is_over = place > 0 and deadline.is_over
        if is_over or not _take_out(connection, row, "retention", now, whole=False, deadline=deadline):
            return place, False
    return len(rows), True


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
    connection: Connection, which: str, seen_before: datetime | None, keep: int, **values: object
) -> list[Row]:
    """Return the versions whose pages are past retention, newest first, of articles whose row number `which` selects.

    `which` is a condition such as "IN (:articles)", `values` its parameters; the rest is as for `list_expired`.
    """
    age = "" if seen_before is None else "AND v.seen_at < :seen_before"
    statement = f"""
{_VERSIONS}
WHERE a.id {which} AND v.n <= a.versions - :keep AND t.version_id IS NULL {age}
{_NEWEST_FIRST}
"""
    return connection.all(statement, **values, keep=keep, seen_before=seen_before)


def _take_out_references(connection: Connection, rows: Sequence[Row], deadline: blobs.Deadline | None = None) -> bool:
    """Delete the copies that were made of these pages; return whether that was done before `deadline`."""
    for some in chunks(key for row in rows for key in (row.head_id, row.body_id)):
        for reference in connection.all(_REFERENCES, ids=some):
            # From now on no page is encoded against it, until another transaction has deleted it.
            poor = "UPDATE reference SET poor = :poor WHERE id = :id"
            connection.run(poor, poor=blobs.MAX_POOR_PAGES, id=reference.id)
            if not blobs.empty(connection, (reference.head_id, reference.body_id), deadline):
                return False
            connection.run("DELETE FROM reference WHERE id = :id", id=reference.id)
    return True


def _take_out(
    connection: Connection, row: Row, reason: str, now: datetime, *, whole: bool, deadline: blobs.Deadline | None = None
) -> bool:
    """Delete the page of a version, or the `whole` version; return whether that was done before `deadline`."""
    content = (row.content_id,) if whole else ()
    if not blobs.empty(connection, (row.head_id, row.body_id, *content), deadline):
        return False
    _bury(connection, row, TAKEN_OUT_WHOLE if whole else "capture", reason, now)
    return True


def _bury(connection: Connection, row: Row, parts: str, reason: str, at: datetime) -> None:
    connection.replace("tombstone", "version_id", version_id=row.id, parts=parts, reason=reason, at=at)
    fields = {"n": row.n, "parts": parts, "reason": reason, "at": to_ms(at)}
    log.enter(connection, (row.article_id, row.ident), EventKind.REMOVAL, **fields)
