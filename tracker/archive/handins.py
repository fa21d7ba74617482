"""Saved pages that people handed in. Each is an event of the log; the table only leads to its text and its file.

The text is stored, not extracted again at each reading: web pages and `diff` then need no child process, and the log
vouches for the text that people read. Neither text nor file is coded against other bytes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import orjson

from tracker.errors import NotKnown
from tracker.model.article import Article
from tracker.model.version import Handin, Version

from . import blobs, codec
from .archive import Archive
from .articles import get_article
from .database.connection import Connection, Row, from_ms, where_all
from .ledger import log
from .ledger.log import EventKind

_LAST: Final = "SELECT a.id, coalesce(max(h.n), 0) AS n FROM article a LEFT JOIN handin h ON h.article_id = a.id"
_HANDINS: Final = """
SELECT h.id, h.article_id, h.n, h.content_id, h.file_id, h.removed, a.ident, s.name AS source, e.record
FROM handin h JOIN article a ON a.id = h.article_id JOIN source s ON s.id = a.source_id
  JOIN event e ON e.article_id = h.article_id AND e.kind = 'handin' AND e.n = h.n
"""


def save_handin(archive: Archive, new: Handin, file: bytes) -> Handin:
    """Store a page that was handed in and return it with its article and number. Raises NotKnown."""
    page = new.page
    ident = get_article(archive, page.url).id
    parts = blobs.Part.of(codec.dump(page.content)), blobs.Part.of(file)
    with archive.write() as connection:
        archive.serialise(connection, "handin")
        (article,) = connection.all(f"{_LAST} WHERE a.ident = :ident GROUP BY a.id", ident=ident)
        n = article.n + 1
        content_id, file_id = blobs.put(connection, [blobs.coded(part) for part in parts])
        connection.insert("handin", article_id=article.id, n=n, content_id=content_id, file_id=file_id, removed="")
        hashes = {"content": parts[0].sha256, "file": parts[1].sha256}
        row = {"n": n, "url": page.url, "by": new.by, "saved": new.saved, "extractor": page.extractor, "at": page.seen}
        log.enter(connection, (article.id, ident), EventKind.HANDIN, **row, **hashes)
    return replace(new, page=replace(page, article=ident, n=n))


def list_handins(archive: Archive, article: str = "") -> list[Handin]:
    """Return the pages that were handed in, of one article or all, oldest first. Raises ArchiveError."""
    with archive.read() as connection:
        rows = connection.all(f"{_HANDINS} {where_all({'a.ident = :ident': article})} ORDER BY h.id", ident=article)
        texts = blobs.read(connection, [row.content_id for row in rows if not row.removed])
    return [_handin(row, texts.get(row.content_id)) for row in rows]


def get_handin(archive: Archive, article: str, n: int) -> tuple[Handin, bytes]:
    """Return one page that was handed in for an article, given by its id, and its file, empty if it was deleted.

    Raises NotKnown if there is no such page, ArchiveError if it is damaged.
    """
    with archive.read() as connection:
        row = connection.first(f"{_HANDINS} WHERE a.ident = :ident AND h.n = :n", ident=article, n=n)
        if row is None:
            hint = f"writethru log {article[:8]} lists the pages that were handed in"
            raise NotKnown(f"no page h{n} was handed in", resource=article, hint=hint)
        found = {} if row.removed else blobs.read(connection, [row.content_id, row.file_id])
    return _handin(row, found.get(row.content_id)), found.get(row.file_id, b"")


def take_out(connection: Connection, article: str, reason: str, now: datetime, n: int | None = None) -> list[int]:
    """Delete text and file of page `n` handed in for an article, or of all, and return the numbers of those deleted."""
    which = where_all({"a.ident = :ident": True, "h.removed = ''": True, "h.n = :n": n is not None})
    rows = connection.all(f"{_HANDINS} {which} ORDER BY h.n", ident=article, n=n)
    for row in rows:
        blobs.empty(connection, (row.content_id, row.file_id))
        connection.run("UPDATE handin SET removed = :reason WHERE id = :id", reason=reason, id=row.id)
        fields = {"n": row.n, "reason": reason, "at": now}
        log.enter(connection, (row.article_id, row.ident), EventKind.HANDIN_REMOVAL, **fields)
    return [row.n for row in rows]


def _handin(row: Row, text: bytes | None) -> Handin:
    with log.naming_damage("the record of a handed-in page", row.ident):
        facts: dict[str, Any] = orjson.loads(row.record)
        saved = None if facts["saved"] is None else from_ms(facts["saved"])
        content = Article() if text is None else codec.load(Article, text)
        known = (row.ident, row.n, facts["url"], from_ms(facts["at"]), content, facts["extractor"], facts["file"])
        return Handin(Version(*known, source=row.source, removed=row.removed), facts["by"], saved)
