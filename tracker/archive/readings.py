"""Re-extracted texts ("readings"): stored along with a version's original text, never replacing it.

A version keeps its original text, because its leaf in the log covers it. Showing, comparing and searching use the
current reading. Changes and labels are derived data and are recomputed for the current readings.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tracker.errors import ArchiveError
from tracker.model.article import Article
from tracker.model.change import CLASSIFIER
from tracker.model.version import Reread, Rereading, StoredAs, UpdatedChange

from . import blobs, captures, codec, search, versions
from .addresses import no_article
from .archive import Archive
from .database.connection import Connection, Row, Statement, Values, from_ms, to_ms, where_all
from .ledger import log
from .ledger.log import EventKind
from .versions import TAKEN_OUT_WHOLE

_CURRENT: Final = "LEFT JOIN reading r ON r.version_id = v.id AND r.superseded_at IS NULL"
_VERSIONS: Final = f"""
SELECT v.id, v.n, v.content_id, v.sha256, v.signature, t.parts, r.id AS reading_id, r.extractor AS read_by, r.came_to,
  r.no_edit, r.content_id AS read_id, r.sha256 AS read_sha256, r.signature AS read_signature
FROM version v {_CURRENT} LEFT JOIN tombstone t ON t.version_id = v.id
WHERE v.article_id = :article_id ORDER BY v.n
"""
_STORED_AS: Final = """
SELECT v.content_id, v.extractor, v.signature, r.content_id AS read_id, r.extractor AS read_by,
  r.signature AS read_signature, r.came_to, r.no_edit, r.at
FROM version v JOIN article a ON a.id = v.article_id
  JOIN reading r ON r.version_id = v.id AND r.superseded_at IS NULL
WHERE a.ident = :ident AND v.n = :n
"""
_OUTDATED_PAGE: Final = "t.version_id IS NULL AND coalesce(r.extractor, v.extractor) <> :extractor"
# A change between texts of which one was taken out cannot be derived again.
_OUTDATED_CHANGE: Final = """
EXISTS (SELECT 1 FROM change h WHERE h.version_id = v.id AND coalesce(h.classifier, 1) < :classifier)
  AND NOT EXISTS (SELECT 1 FROM version x JOIN tombstone g ON g.version_id = x.id
    WHERE x.article_id = v.article_id AND x.n IN (v.n - 1, v.n) AND g.parts = 'all')
"""
_ARTICLE: Final = "SELECT id, versions FROM article WHERE ident = :ident"
_LOCK_ARTICLE: Final = Statement(sqlite=_ARTICLE, postgresql=f"{_ARTICLE} FOR UPDATE")


def list_outdated(
    archive: Archive, extractor: str, *, source: str = "", article: str = "", everything: bool = False
) -> list[str]:
    """Return the articles with a page that was last read by another extractor, oldest first.

    With `everything`, all articles with a page. Pages that were deleted or never stored do not count. Articles with a
    change that earlier rules judged are included, if the texts on both sides are there.
    """
    where = where_all(
        {
            f"(({_OUTDATED_PAGE}) OR ({_OUTDATED_CHANGE}))": not everything,
            f"(t.version_id IS NULL OR ({_OUTDATED_CHANGE}))": everything,
            "a.ident = :article": article,
            "a.source_id = (SELECT id FROM source WHERE name = :source)": source,
        }
    )
    statement = f"""
SELECT a.ident FROM article a JOIN version v ON v.article_id = a.id LEFT JOIN tombstone t ON t.version_id = v.id
  {_CURRENT} {where} GROUP BY a.id, a.ident ORDER BY a.id
"""
    given = {"extractor": extractor, "classifier": CLASSIFIER, "source": source, "article": article}
    with archive.read() as connection:
        return connection.column(str, statement, **given)


def save_readings(
    archive: Archive, ident: str, rereads: Sequence[Reread], changes: Sequence[UpdatedChange], now: datetime
) -> None:
    """Store the texts re-extracted from the pages of an article, and the changes between them, in one transaction.

    Labels and the search index are updated. The texts stored before stay, with their leaves in the log. Raises
    NotKnown; ArchiveError where one of the versions was deleted meanwhile.
    """
    with archive.write() as connection:
        # Before the article is locked: see `lock_bases`.
        blobs.lock_bases(connection, shared=True)
        article = connection.first(_LOCK_ARTICLE, ident=ident)
        if article is None:
            raise no_article(ident)
        known = {row.n: row for row in connection.all(_VERSIONS, article_id=article.id)}
        for each in rereads:
            if known[each.n].parts == TAKEN_OUT_WHOLE:
                raise ArchiveError(
                    "this version was deleted in the meantime", resource=f"{ident}@{each.n}", hint="repeat the command"
                )
        changed = any(each.content is not None for each in rereads)
        if changed:
            # Before the texts change: an index without texts of its own must be told which words to forget.
            search.forget(connection, article.id)
        for each in rereads:
            _put_reading(connection, (article.id, ident), known[each.n], each, now)
        for change in changes:
            row = known[change.n]
            base = blobs.read(connection, (row.content_id,))[row.content_id]
            change_row, digest = captures.code_change(row.id, change.change, base)
            connection.replace("change", "version_id", **change_row)
            connection.run("DELETE FROM label WHERE version_id = :id", id=row.id)
            captures.add_labels(connection, row.id, change.change)
            log.enter(connection, (article.id, ident), EventKind.CHANGE, n=change.n, change=digest.hex(), at=now)
        if changes:
            versions.recount_changes(connection, article.id)
        if changed:
            search.rebuild(connection, article.id)
        newest = next((each for each in rereads if each.n == article.versions), None)
        if newest is not None and newest.content is not None:
            statement = "UPDATE article SET title = :title, signature = :signature WHERE id = :id"
            connection.run(statement, title=newest.content.title, signature=newest.signature, id=article.id)


def stored_as(archive: Archive, article: str, n: int) -> StoredAs | None:
    """Return the text that a version was first stored with, and its current one; None if it was not re-extracted."""
    with archive.read() as connection:
        row = connection.first(_STORED_AS, ident=article, n=n)
        if row is None:
            return None
        texts = blobs.read(connection, {row.content_id, row.read_id})
    content, again = (codec.load(Article, texts[each]) for each in (row.content_id, row.read_id))
    text = None if row.read_id == row.content_id else again
    reread = Reread(n, row.read_by, Rereading(row.came_to), text, row.read_signature, no_edit=bool(row.no_edit))
    return StoredAs(content, row.extractor, row.signature, reread, from_ms(row.at))


def forget(connection: Connection, version_id: int, stored: int) -> None:
    """Delete the texts re-extracted from the page of a version; `stored` is the blob of its first text, which stays."""
    statement = "SELECT DISTINCT content_id FROM reading WHERE version_id = :version_id AND content_id <> :stored"
    blobs.empty(connection, connection.column(int, statement, version_id=version_id, stored=stored))
    connection.run("DELETE FROM reading WHERE version_id = :version_id", version_id=version_id)


def _put_reading(connection: Connection, article: tuple[int, str], row: Row, made: Reread, now: datetime) -> None:
    """Store a re-extracted text as the current reading of the version in `row`, of _VERSIONS, and log it."""
    current = (row.read_by, row.came_to, row.no_edit if row.no_edit is None else bool(row.no_edit))
    # Nothing new: another run over pages that this extractor has read leaves no trace in the log.
    if made.content is None and current == (made.extractor, made.outcome.value, made.no_edit):
        return
    content_id, sha256 = row.read_id or row.content_id, row.read_sha256 or row.sha256
    if made.content is not None:
        part = blobs.Part.of(codec.dump(made.content))
        base = blobs.read(connection, (row.content_id,))[row.content_id]
        (content_id,) = blobs.put(connection, [blobs.coded(part, row.content_id, base)])
        sha256 = bytes.fromhex(made.content.sha256)
    read_again = made.outcome is not Rereading.UNREADABLE
    if row.reading_id is not None:
        connection.run("UPDATE reading SET superseded_at = :now WHERE id = :id", now=now, id=row.reading_id)
    # A page that can no longer be read keeps the signature of its last good reading.
    signature = made.signature if read_again else row.read_signature or row.signature
    facts: Values = {
        "at": to_ms(now),
        "extractor": made.extractor,
        "came_to": made.outcome.value,
        "no_edit": made.no_edit,
        "signature": signature,
    }
    text = {"version_id": row.id, "superseded_at": None, "sha256": sha256, "content_id": content_id}
    connection.insert("reading", **facts, **text)
    (content,) = connection.column(bytes, "SELECT sha256 FROM blob WHERE id = :id", id=content_id)
    hashes = {"identity": sha256.hex(), "content": content.hex()}
    log.enter(connection, article, EventKind.READING, n=made.n, **facts, **hashes)
