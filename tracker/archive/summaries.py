"""Summaries of versions, for lists: made from columns alone, without reading texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tracker.model.article import Article
from tracker.model.change import LabelKind, Significance, stored_words
from tracker.model.version import VersionQuery, VersionSummary

from . import blobs
from .archive import Archive
from .codec import load, row_to_value
from .database.connection import Connection, Row, from_ms
from .search import TITLE
from .versions import FROM_VERSIONS, TAKEN_OUT_WHOLE, label_kinds, where_versions

# Where a page of versions ended: when the last one was first seen, and its row.
Cursor = tuple[datetime, int]

# The newest versions among which the largest change is looked for.
MAX_COMPARED_VERSIONS: Final = 2000
# This many rows are read for each result wanted, so that one live page does not fill a list.
CANDIDATES_PER_RESULT: Final = 40

_SELECT: Final = """
SELECT v.id, v.n, v.seen_at AS seen, v.previous_seen_at AS previous_seen, coalesce(r.sha256, v.sha256) AS sha256,
  r.no_edit, a.ident AS article, a.url, a.title, s.name AS source, h.words, h.significance, h.announced,
  CASE WHEN t.parts = 'all' THEN t.reason END AS removed
FROM version v JOIN article a ON a.id = v.article_id JOIN source s ON s.id = a.source_id
  LEFT JOIN change h ON h.version_id = v.id
  LEFT JOIN tombstone t ON t.version_id = v.id
  LEFT JOIN reading r ON r.version_id = v.id AND r.superseded_at IS NULL
"""
# The newest versions of a source are those of the articles that changed last: the rest need not be sorted, which takes
# most of the time for a source of a thousand articles.
_CHANGED_LAST: Final = """
v.article_id IN (SELECT id FROM article WHERE source_id = (SELECT id FROM source WHERE name = :source)
  AND last_change_at IS NOT NULL ORDER BY last_change_at DESC, id DESC LIMIT :most)
"""
_LARGEST: Final = """
SELECT h.version_id, recent.article_id FROM (
  SELECT id, article_id FROM version WHERE seen_at >= :since AND n > 1 ORDER BY seen_at DESC, id DESC LIMIT :among
) recent JOIN change h ON h.version_id = recent.id
ORDER BY h.words DESC, h.version_id DESC LIMIT :most
"""
_LABELLED: Final = """
SELECT v.id AS version_id, v.article_id FROM version v WHERE v.id IN (
  SELECT version_id FROM label WHERE kind = :word ORDER BY version_id DESC LIMIT :most)
"""
# The counts of each article say which to look at: labels of one kind may be rare, and all versions of a source many.
_LABELLED_OF_SOURCE: Final = """
SELECT a.ident, v.n, v.seen_at FROM version v JOIN article a ON a.id = v.article_id
WHERE v.n > 1 AND EXISTS (SELECT 1 FROM label l WHERE l.version_id = v.id AND l.kind IN (:words)) AND v.article_id IN (
  SELECT a.id FROM article a WHERE a.source_id = (SELECT id FROM source WHERE name = :source)
    AND EXISTS (SELECT 1 FROM change_count c WHERE c.article_id = a.id AND c.kind IN (:words))
  ORDER BY a.last_change_at DESC, a.id DESC LIMIT :most)
ORDER BY v.seen_at DESC, v.id DESC LIMIT :most
"""
_WORDS: Final = """
SELECT a.ident, coalesce(h.words, 0) AS words FROM article a JOIN version v ON v.article_id = a.id
  LEFT JOIN change h ON h.version_id = v.id
WHERE a.ident IN (:idents) ORDER BY a.id, v.n
"""
# A headline unchanged since the version is the newest one, which the article has: no text need be read for it.
_EARLIER: Final = """
SELECT a.ident, v.n, t.parts, coalesce(r.content_id, v.content_id) AS content_id
FROM article a JOIN version v ON v.article_id = a.id
  LEFT JOIN tombstone t ON t.version_id = v.id
  LEFT JOIN reading r ON r.version_id = v.id AND r.superseded_at IS NULL
WHERE a.ident IN (:idents) AND v.n IN (:numbers) AND v.n < a.versions AND (t.parts = 'all' OR coalesce((
  SELECT max(p.first_n) FROM passage p WHERE p.article_id = a.id AND p.last_n IS NULL AND p.block = :title
), v.n + 1) > v.n)
"""
_NEWER: Final = """
SELECT count(*) FROM (SELECT 1 FROM version WHERE id > :row AND n > 1 LIMIT :most) newer
"""
_CHANGED: Final = f"""
SELECT a.ident, max(newer.id) AS newest FROM (
  SELECT v.id, v.article_id FROM version v WHERE v.id > :row AND v.n > 1 AND NOT EXISTS (
    SELECT 1 FROM tombstone t WHERE t.version_id = v.id AND t.parts = '{TAKEN_OUT_WHOLE}')
  ORDER BY v.id DESC LIMIT :most
) newer JOIN article a ON a.id = newer.article_id GROUP BY a.id, a.ident ORDER BY newest DESC
"""
_NEWER_ROWS: Final = """
SELECT v.id, v.n FROM version v JOIN article a ON a.id = v.article_id
WHERE a.ident = :article AND v.n BETWEEN :first AND :last AND v.id > :row
"""


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One page of versions, and where the next one begins, None at the end."""

    summaries: tuple[VersionSummary, ...]
    after: Cursor | None = None


def list_summaries(archive: Archive, query: VersionQuery) -> list[VersionSummary]:
    """Return the versions that `iter_versions` streams, in its order, without reading their contents."""
    by = "v.n" if query.article else "v.seen_at"  # a clock can go back, numbers cannot
    order = "ASC" if query.reverse else "DESC"
    where, values = where_versions(query)
    limit = "" if query.limit is None else "LIMIT :most"
    statement = f"{_SELECT} {where} ORDER BY {by} {order}, v.id {order} {limit}"
    with archive.read() as connection:
        return _summaries(connection, connection.all(statement, **values, most=query.limit))


def page_of_summaries(
    archive: Archive, query: VersionQuery, after: Cursor | None = None, size: int = 50
) -> VersionPage:
    """Return one page of the versions that `list_summaries` lists, newest first, from `after` on."""
    where, values = where_versions(query)
    # One more than is shown: whether it is there says whether there is a next page.
    values["most"] = size + 1
    if after is not None:
        where += " AND (v.seen_at, v.id) < (:after_at, :after_id)"
        values |= {"after_at": after[0], "after_id": after[1]}
    elif query.changes_only and query == VersionQuery(source=query.source, changes_only=True) and query.source:
        where += f" AND {_CHANGED_LAST}"
    order = "ORDER BY v.seen_at DESC, v.id DESC"
    # Only the listed rows are joined.
    listed = f"SELECT v.id {FROM_VERSIONS} {where} {order} LIMIT :most"
    with archive.read() as connection:
        rows = connection.all(f"{_SELECT} WHERE v.id IN ({listed}) {order}", **values)
        shown = rows[:size]
        summaries = _summaries(connection, shown)
    last = (from_ms(shown[-1].seen), shown[-1].id) if len(rows) > size else None
    return VersionPage(tuple(summaries), last)


def largest_changes(archive: Archive, since: datetime, limit: int = 5) -> tuple[VersionSummary, ...]:
    """Return the changes since `since` with the most words added and removed, one an article.

    They are looked for among the newest two thousand.
    """
    most = CANDIDATES_PER_RESULT * limit
    with archive.read() as connection:
        rows = connection.all(_LARGEST, since=since, among=MAX_COMPARED_VERSIONS, most=most)
        return _one_per_article(connection, rows, limit)


def latest_labelled(archive: Archive, kinds: Sequence[LabelKind], limit: int = 5) -> tuple[VersionSummary, ...]:
    """Return the versions stored last with one of these labels, one an article."""
    rows: list[Row] = []
    with archive.read() as connection:
        for word in stored_words(kinds):
            # One word at a time, so that the index gives the newest without looking at the rest.
            rows += connection.all(_LABELLED, word=word, most=CANDIDATES_PER_RESULT * limit)
        rows.sort(key=lambda row: -row.version_id)
        return _one_per_article(connection, rows, limit)


def labelled_of_source(archive: Archive, source: str, kind: LabelKind, limit: int) -> dict[tuple[str, int], datetime]:
    """Return when changes of a source with this label were first seen, by article and number of the version.

    Looks at the `limit` articles with such a change that changed last, and returns their newest `limit` changes.
    """
    with archive.read() as connection:
        rows = connection.all(_LABELLED_OF_SOURCE, source=source, words=stored_words([kind]), most=limit)
    return {(row.ident, row.n): from_ms(row.seen_at) for row in rows}


def count_newer(archive: Archive, row: int, most: int) -> int:
    """Count the changes that were stored after the version with this row, up to `most`."""
    with archive.read() as connection:
        return connection.number(_NEWER, row=row, most=most)


def changed_articles(archive: Archive, row: int, most: int) -> dict[str, int]:
    """Return the row of the newest version of each article that changed after the version with this row, latest first.

    Only the newest `most` changes are looked at, without versions that were taken down.
    """
    with archive.read() as connection:
        return {each.ident: each.newest for each in connection.all(_CHANGED, row=row, most=most)}


def newer_rows(archive: Archive, article: str, numbers: range, row: int) -> dict[int, int]:
    """Return the rows and numbers of these versions of an article, of those stored after the version with this row."""
    with archive.read() as connection:
        rows = connection.all(_NEWER_ROWS, article=article, first=numbers[0], last=numbers[-1], row=row)
    return {each.id: each.n for each in rows}


def earlier_headlines(archive: Archive, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Return the headlines of those of `wanted`, pairs of article and number, other than the newest one.

    Those that were taken down have "". Raises ArchiveError where a text is damaged.
    """
    found: dict[tuple[str, int], str] = {}
    keys: dict[tuple[str, int], int] = {}
    with archive.read() as connection:
        for row in connection.of_pairs(_EARLIER, wanted, title=TITLE):
            if row.parts == TAKEN_OUT_WHOLE:
                found[row.ident, row.n] = ""
            else:
                keys[row.ident, row.n] = row.content_id
        contents = blobs.read(connection, keys.values())
    return found | {pair: load(Article, contents[key]).title for pair, key in keys.items()}


def words_by_version(archive: Archive, idents: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return the words added and removed by each version of these articles, oldest first; 0 for the first."""
    found: dict[str, list[int]] = {ident: [] for ident in idents}
    with archive.read() as connection:
        for row in connection.of_each(_WORDS, "idents", list(found)):
            found[row.ident].append(row.words)
    return {ident: tuple(words) for ident, words in found.items()}


def _summaries(connection: Connection, rows: Sequence[Row]) -> list[VersionSummary]:
    kinds = label_kinds(connection, (row.id for row in rows))
    return [
        row_to_value(
            VersionSummary,
            row,
            significance=Significance.of_score(row.significance or 0),
            kinds=tuple(dict.fromkeys(map(LabelKind, kinds.get(row.id, ())))),
        )
        for row in rows
    ]


def _one_per_article(connection: Connection, rows: Iterable[Row], limit: int) -> tuple[VersionSummary, ...]:
    first: dict[int, int] = {}
    for row in rows:
        first.setdefault(row.article_id, row.version_id)
    keys = list(first.values())[:limit]
    found = connection.all(f"{_SELECT} WHERE v.id IN (:ids)", ids=keys)
    return tuple(_summaries(connection, sorted(found, key=lambda row: keys.index(row.id))))
