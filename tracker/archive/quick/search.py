"""What the quick reader finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracker.archive import codec
from tracker.archive.search.hits import PLACES, Hit, Where, text_at
from tracker.archive.values import clean_text, from_ms, to_ms
from tracker.model import Article

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime

_FOUND: Final = """
SELECT p.block, p.first_n, p.last_n, a.ident, a.url, a.title, s.name AS source,
  coalesce(r.content_id, f.content_id) AS content_id, f.seen_at AS since, n.seen_at AS until
FROM fts_passage CROSS JOIN passage p ON p.id = fts_passage.rowid JOIN article a ON a.id = p.article_id
  JOIN source s ON s.id = a.source_id
  JOIN version f ON f.article_id = p.article_id AND f.n = p.first_n
  LEFT JOIN reading r ON r.version_id = f.id AND r.superseded_at IS NULL
  LEFT JOIN version n ON n.article_id = p.article_id AND n.n = p.last_n + 1
WHERE fts_passage MATCH :words
"""
_WHERE: Final = {
    "all": "",
    "current": " AND p.last_n IS NULL",
    "removed": " AND p.last_n IS NOT NULL",
}
_ORDER: Final = {
    False: " ORDER BY fts_passage.rowid DESC LIMIT :most",
    True: " ORDER BY bm25(fts_passage), fts_passage.rowid DESC LIMIT :most",
}


class QuickSearch:
    """The reading half of the store's search."""

    def search(
        self,
        query: str,
        *,
        where: Where = "all",
        source: str = "",
        since: datetime | None = None,
        ranked: bool = False,
        limit: int = 50,
    ) -> list[Hit]:
        """Return paragraphs that match, newest first, or best first where *ranked*.

        Words must all stand in one paragraph. *since* leaves out what was gone by then. Raises UsageError for a query
        that makes no sense.
        """
        # Here, for reading without searching must not wait for it.
        from tracker.archive.search.words import parse

        given: dict[str, Any] = {"words": parse(query).sqlite, "most": limit}
        statement = _FOUND + _WHERE[where]
        if source:
            statement += " AND s.name = :source"
            given["source"] = clean_text(source)
        if since is not None:
            statement += " AND (n.seen_at IS NULL OR n.seen_at > :since)"
            given["since"] = to_ms(since)
        found = self._run(statement + _ORDER[ranked], given)
        contents = self._blobs(row["content_id"] for row in found)
        read = {key: codec.load(Article, raw) for key, raw in contents.items()}
        return [_hit(row, read[row["content_id"]]) for row in found]

    def _run(self, statement: str, given: dict[str, Any]) -> list[sqlite3.Row]:
        raise NotImplementedError

    def _blobs(self, ids: Iterable[int]) -> dict[int, bytes]:
        raise NotImplementedError


def _hit(row: sqlite3.Row, content: Article) -> Hit:
    return Hit(
        article=row["ident"],
        source=row["source"],
        url=row["url"],
        title=row["title"],
        text=text_at(content, row["block"]),
        place=PLACES.get(row["block"], "text"),
        first=row["first_n"],
        last=row["last_n"],
        since=from_ms(row["since"]),
        until=None if row["until"] is None else from_ms(row["until"]),
    )
