"""Checks: visits to articles, and what each leaves behind, carried out in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.errors import NotKnown
from tracker.model import ArticleState, Check, CheckOutcome, Committed, Raw

from . import activity, articles, captures, habits, inserts, outbox, recaptures
from .database.connection import Statement, where_all
from .hosts import save_host_row
from .values import OUTCOMES, from_ms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from tracker.archive.archive import Archive
    from tracker.model import Intent

    from .database.connection import Connection, Row, Values

_CHECKS: Final = """
SELECT k.at, k.outcome, k.status, k.elapsed, k.detail FROM visit k JOIN article a ON a.id = k.article_id
WHERE a.ident = :ident ORDER BY k.at DESC, k.id DESC LIMIT :most
"""
_EVERY_CHECK: Final = """
SELECT k.id, k.at, k.outcome, k.status, k.elapsed, k.detail, a.ident, a.url, s.name AS source
FROM visit k JOIN article a ON a.id = k.article_id JOIN source s ON s.id = a.source_id
"""
_MADE_VERSION: Final = [OUTCOMES.index(each) for each in CheckOutcome if each.made_version]
MAX_PAGE_CHECKS: Final = 1000
"""Checks that `iter_checks_without_version` reads at a time."""
_ARTICLE: Final = """
SELECT id, ident, source_id, url, state, last_seen_at, checks, versions, published_at, touched_at FROM article
WHERE ident = :ident
"""
_LOCK_ARTICLE: Final = Statement(sqlite=_ARTICLE, postgresql=f"{_ARTICLE} FOR UPDATE")


def list_checks(archive: Archive, article: str, limit: int = 100) -> list[Check]:
    """Return the latest checks of an article, newest first."""
    with archive.database.read() as connection:
        return [
            Check(article, from_ms(row.at), OUTCOMES[row.outcome], row.detail or "", row.status, row.elapsed)
            for row in connection.all(_CHECKS, ident=article, most=limit)
        ]


@dataclass(frozen=True, slots=True)
class StoredCheck:
    """A check with what names its article."""

    check: Check
    url: str
    source: str


def iter_checks_without_version(
    archive: Archive,
    *,
    articles: Sequence[str] = (),
    source: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[StoredCheck]:
    """Stream the checks that made no version, oldest first, a page at a time; *since* is included, *until* is not."""
    conditions = {
        "k.outcome NOT IN (:made)": True,
        "a.ident IN (:articles)": list(articles),
        "s.name = :source": source,
        "k.at >= :since": since,
        "k.at < :until": until,
    }
    statement = f"{_EVERY_CHECK} {where_all(conditions)} AND (k.at, k.id) > (:at, :id) ORDER BY k.at, k.id LIMIT :most"
    values: Values = {"made": _MADE_VERSION, "articles": list(articles), "source": source}
    values |= {"since": since, "until": until, "at": 0, "id": 0, "most": MAX_PAGE_CHECKS}
    while True:
        with archive.database.read() as connection:
            rows = connection.all(statement, values)
        for row in rows:
            outcome = OUTCOMES[row.outcome]
            check = Check(row.ident, from_ms(row.at), outcome, row.detail or "", row.status, row.elapsed)
            yield StoredCheck(check, row.url, row.source)
        if len(rows) < MAX_PAGE_CHECKS:
            return
        values |= {"at": rows[-1].at, "id": rows[-1].id}


def commit_check(archive: Archive, intent: Intent) -> Committed:
    """Carry out what one check decided: check, version, capture, change, labels and alerts, all or nothing.

    Refuses (``stale``) where the article has another number of versions than the intent expected. An article that
    was paused meanwhile stays paused. Raises NotKnown; ArchiveError where a capture does not match its hash.
    """
    with archive.database.write() as connection:
        return carry_out(connection, intent)


def commit_checks(archive: Archive, intents: Sequence[Intent]) -> list[Committed]:
    """Carry out several decisions in one transaction, for throughput: one wait for the disk instead of many.

    Where one of them raises, none is carried out and its error is raised.
    """
    with archive.database.write() as connection:
        return [carry_out(connection, intent) for intent in intents]


def carry_out(connection: Connection, intent: Intent) -> Committed:
    """Carry out one decision within the caller's transaction."""
    row = connection.first(_LOCK_ARTICLE, ident=intent.article)
    if row is None:
        raise NotKnown("no such article", resource=intent.article, hint="writethru add URL")
    if row.versions != intent.expected_versions:
        return Committed(stale=True)
    number = row.versions + 1 if intent.version else None
    new = None
    if intent.version is not None:
        new = captures.prepare(connection, row, intent.version, bodiless=intent.raw is Raw.NONE)
    changed, visited = {"row": row.id, **_after(intent, row)}, _visited(row.id, intent)
    with connection.pipeline():
        if new is None:
            inserts.enter_check(connection, changed, visited)
        else:
            captures.keep(connection, row, intent.check.at, new, {"article": changed, "visit": visited})
    if intent.recapture is not None and row.versions:
        recaptures.keep(connection, row, intent.recapture)
    habits.add_lines(connection, row.source_id, intent.lines)
    habits.learn_habits(connection, row.source_id, intent.habits)
    activity.count_hint(connection, row.source_id, intent)
    articles.add_aliases(connection, row.id, intent.aliases)
    alerts = outbox.put(connection, intent.alerts, intent.check.at)
    if intent.host is not None:
        save_host_row(connection, intent.host)
    return Committed(version=number, alerts=alerts)


def _after(intent: Intent, row: Row) -> Values:
    at = intent.check.at
    values: Values = {
        "last_check_at": at,
        "next_check_at": intent.next_check_at,
        "last_seen_at": at if intent.check.outcome.saw_page else row.last_seen_at,
        "state": ArticleState.PAUSED if row.state == ArticleState.PAUSED.value else intent.state,
        "checks": row.checks + 1,
        "failures": intent.failures,
        "etag": intent.etag,
        "last_modified": intent.last_modified,
        "signature": intent.signature,
        "touched_at": None if intent.touched else row.touched_at,
    }
    if intent.version is not None:
        content = intent.version.content
        values |= {"versions": row.versions + 1, "last_change_at": at, "title": content.title}
        values["published_at"] = row.published_at or content.published
    return values


def _visited(owner: int, intent: Intent) -> Values:
    check = intent.check
    return {
        "article_id": owner,
        "at": check.at,
        "outcome": OUTCOMES.index(check.outcome),
        "status": check.status,
        "elapsed": check.elapsed,
        "detail": check.detail or None,
    }
