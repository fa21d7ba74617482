"""What pages to be leafed through show: newest, largest, labelled; sources at a glance. Reads alone, columns alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, literal, or_, select, tuple_

from tracker.archive import codec
from tracker.archive.captures import blobs, frames
from tracker.archive.database.base import Repository
from tracker.archive.schema.columns import Instant
from tracker.archive.schema.core import article, change, label, source, story, version
from tracker.archive.schema.search import passage
from tracker.archive.search.passages import _digest
from tracker.archive.values import clean_text
from tracker.model import Change, LabelKind

from . import outlets, rows
from .glances import _GLANCES, _glance, _kinds
from .reads import filtered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection

    from tracker.model import Tracked, VersionQuery, VersionSummary

    from .outlets import ChangeCounts, SourceSummary

Cursor = tuple[datetime, int]
"""Where a page of versions ended: when the last one was first seen, and its row."""

_CHUNK: Final = 500
_AMONG: Final = 2000
_ONCE: Final = 40
"""So many times more are looked through, so that one live page does not fill a list."""

_BRIEFS: Final = select(
    article.c.ident,
    article.c.title,
    article.c.feed_title,
    article.c.url,
    article.c.versions,
    article.c.first_seen_at,
    article.c.last_change_at,
    rows.source_name.label("source"),
).join(rows.outlet, rows.source_id == article.c.source_id)


_CHANGES: Final = (
    select(article.c.ident, version.c.n, version.c.content_id, change.c.raw_len, change.c.crc, change.c.data)
    .join(version, version.c.article_id == article.c.id)
    .join(change, change.c.version_id == version.c.id)
)


_ENDED: Final = (
    select(
        article.c.ident,
        article.c.published_at,
        passage.c.first_n,
        passage.c.last_n,
        passage.c.digest,
        version.c.seen_at,
    )
    .join(article, article.c.id == passage.c.article_id)
    .join(version, and_(version.c.article_id == passage.c.article_id, version.c.n == passage.c.first_n))
)


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One page of versions, and where the next one begins, None at the end."""

    glances: tuple[VersionSummary, ...]
    after: Cursor | None = None


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """An article in a few words."""

    ident: str
    title: str
    url: str
    source: str
    versions: int
    first_seen: datetime
    last_change: datetime | None


class Browse(Repository):
    """Reads for pages, on either database."""

    def leaf(self, query: VersionQuery, after: Cursor | None = None, size: int = 50) -> VersionPage:
        """Return one page of the versions that `Store.glance` lists, newest first, from *after* on."""
        order = tuple_(version.c.seen_at, version.c.id)
        found = filtered(_GLANCES, query).order_by(version.c.seen_at.desc(), version.c.id.desc())
        if after is not None:
            found = found.where(order < tuple_(literal(after[0], Instant()), after[1]))
        elif query.source and query.changes_only and not query.kinds and not query.min_words and query.until is None:
            # The newest versions of a source are those of the articles that changed last: the rest need not be sorted.
            found = found.where(version.c.article_id.in_(_changed_last(query.source, size + 1)))
        with self._db.read() as connection:
            raw = connection.execute(found.limit(size + 1)).all()
            shown = raw[:size]
            glances = _glanced(connection, shown)
        last = (shown[-1].seen_at, shown[-1].id) if len(raw) > size else None
        return VersionPage(glances, last)

    def largest(self, since: datetime, limit: int = 5) -> tuple[VersionSummary, ...]:
        """Return the changes since *since* with the most words added and removed, one an article.

        They are looked for among the newest two thousand.
        """
        recent = (
            select(version.c.id, version.c.article_id)
            .where(version.c.seen_at >= since, version.c.n > 1)
            .order_by(version.c.seen_at.desc(), version.c.id.desc())
            .limit(_AMONG)
            .subquery()
        )
        best = (
            select(change.c.version_id, recent.c.article_id)
            .join(recent, recent.c.id == change.c.version_id)
            .order_by(change.c.words.desc(), change.c.version_id.desc())
            .limit(_ONCE * limit)
        )
        with self._db.read() as connection:
            return self._these(connection, _once(connection.execute(best), limit))

    def labelled(self, kinds: Sequence[LabelKind], limit: int = 5) -> tuple[VersionSummary, ...]:
        """Return the versions kept last with one of these labels, one an article."""
        found: list[Any] = []
        with self._db.read() as connection:
            for kind in kinds:
                # One kind at a time, so that the index gives the newest without looking at the rest.
                newest = (
                    select(label.c.version_id).where(label.c.kind == kind).order_by(label.c.version_id.desc())
                ).limit(_ONCE * limit)
                held = select(version.c.id, version.c.article_id).where(version.c.id.in_(newest))
                found += connection.execute(held)
            return self._these(connection, _once(sorted(found, key=lambda row: -row[0]), limit))

    def sparks(self, idents: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """Return the words added and removed by each version of these articles, oldest first; 0 for the first."""
        wanted = list(dict.fromkeys(idents))
        found: dict[str, list[int]] = {ident: [] for ident in wanted}
        for start in range(0, len(wanted), _CHUNK):
            query = (
                select(article.c.ident, change.c.words)
                .join(version, version.c.article_id == article.c.id)
                .outerjoin(change, change.c.version_id == version.c.id)
                .where(article.c.ident.in_(wanted[start : start + _CHUNK]))
                .order_by(article.c.id, version.c.n)
            )
            with self._db.read() as connection:
                for ident, words in connection.execute(query):
                    found[ident].append(words or 0)
        return {ident: tuple(words) for ident, words in found.items()}

    def changes(self, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Change]:
        """Return what led to each version of *wanted*, pairs of article and number, in one go.

        Versions without a change are left out. Raises ArchiveError where a frame is damaged.
        """
        if not wanted:
            return {}
        query = _CHANGES.where(
            or_(*(and_(article.c.ident == ident, version.c.n == n) for ident, n in dict.fromkeys(wanted)))
        )
        with self._db.read() as connection:
            raw = connection.execute(query).all()
            contents = blobs.read(connection, [row.content_id for row in raw])
        found = {}
        for row in raw:
            data = frames.decode(bytes(row.data), row.raw_len, contents[row.content_id], crc=row.crc)
            found[row.ident, row.n] = codec.load(Change, data)
        return found

    def stood_since(self, gone: Mapping[tuple[str, int], Sequence[str]]) -> dict[tuple[str, int], datetime]:
        """Return since when paragraphs had stood that a version took away: the earliest of its *gone* texts.

        Keys are articles with the number of that version. What stood in the first version already stood since the
        outlet published it, where it says when. Versions whose texts are not found are left out.
        """
        if not gone:
            return {}
        query = _ENDED.where(or_(*(and_(article.c.ident == ident, passage.c.last_n == n - 1) for ident, n in gone)))
        found: dict[tuple[str, int], datetime] = {}
        with self._db.read() as connection:
            for row in connection.execute(query):
                key = (row.ident, row.last_n + 1)
                if row.digest not in {_digest(text) for text in gone.get(key, ())}:
                    continue
                since = row.seen_at
                if row.first_n == 1 and row.published_at is not None:
                    since = min(since, row.published_at)
                found[key] = min(found.get(key, since), since)
        return found

    def newest_row(self) -> int:
        """Return the number of the row kept last: it grows whenever a version is kept."""
        with self._db.read() as connection:
            return int(connection.scalar(select(func.max(version.c.id))) or 0)

    def articles_of(
        self, *, source: str = "", story: str = "", limit: int = 50, failing: bool = False
    ) -> list[Tracked]:
        """Return articles of a source or a story: those that changed last first, or only those that fail."""
        found = rows.ARTICLES
        if source:
            found = found.where(rows.source_name == clean_text(source))
        if story:
            found = found.where(_in_story(story))
        if failing:
            found = found.where(article.c.failures > 0)
        last = func.coalesce(article.c.last_change_at, article.c.first_seen_at)
        found = found.order_by(last.desc(), article.c.id.desc()).limit(limit)
        with self._db.read() as connection:
            return rows.tracked(connection, connection.execute(found).all())

    def source_glances(self, name: str | None = None) -> list[SourceSummary]:
        """Return every source, or the one of that name, with what its articles and hubs come to."""
        with self._db.read() as connection:
            return outlets.glances(connection, name)

    def tally(self, name: str) -> ChangeCounts:
        """Count the changes of a source by label; flaps are in no other count."""
        with self._db.read() as connection:
            return outlets.tally(connection, name)

    def briefs(self, idents: Sequence[str]) -> dict[str, ArticleSummary]:
        """Return these articles in a few words; those that are not there are left out."""
        wanted = sorted(set(idents))
        found: dict[str, ArticleSummary] = {}
        for start in range(0, len(wanted), _CHUNK):
            query = _BRIEFS.where(article.c.ident.in_(wanted[start : start + _CHUNK]))
            with self._db.read() as connection:
                for row in connection.execute(query):
                    named = row.title or row.feed_title or row.url
                    changed = row.last_change_at
                    found[row.ident] = ArticleSummary(
                        row.ident, named, row.url, row.source, row.versions, row.first_seen_at, changed
                    )
        return found

    def _these(self, connection: Connection, keys: list[int]) -> tuple[VersionSummary, ...]:
        if not keys:
            return ()
        found = {row.id: row for row in connection.execute(_GLANCES.where(version.c.id.in_(keys)))}
        return _glanced(connection, [found[key] for key in keys if key in found])


def _once(found: Iterable[Any], limit: int) -> list[int]:
    """Return the first version of each article, of rows of version and article."""
    first: dict[int, int] = {}
    for version_id, article_id in found:
        first.setdefault(article_id, version_id)
    return list(first.values())[:limit]


def _glanced(connection: Connection, raw: Sequence[Any]) -> tuple[VersionSummary, ...]:
    kinds = _kinds(connection, [row.id for row in raw])
    return tuple(_glance(row, tuple(kinds.get(row.id, ()))) for row in raw)


def _changed_last(name: str, limit: int) -> Select[Any]:
    last = article.c.last_change_at
    named = select(source.c.id).where(source.c.name == clean_text(name)).scalar_subquery()
    mine = select(article.c.id).where(article.c.source_id == named, last.is_not(None))
    return mine.order_by(last.desc(), article.c.id.desc()).limit(limit)


def _in_story(name: str) -> Any:  # noqa: ANN401 - a condition
    return select(story.c.id).where(story.c.article_id == article.c.id, story.c.name == clean_text(name)).exists()
