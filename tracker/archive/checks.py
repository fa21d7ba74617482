"""Checks: visits to articles, and what each leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select

from tracker.archive import activity, articles, captures, habits, inserts, outbox, recaptures
from tracker.archive.database.prepared import Prepared, together
from tracker.archive.hosts import save_host_row
from tracker.archive.schema.core import article
from tracker.errors import NotKnown
from tracker.model import ArticleState, CheckOutcome, Committed, Raw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive
    from tracker.model import Intent

from typing import TYPE_CHECKING

from tracker.archive.schema.core import visit
from tracker.model import Check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive
    from tracker.errors import NotKnown


def list_checks(archive: Archive, article: str, limit: int = 100) -> list[Check]:
    """Return the latest checks of an article, newest first."""
    query = (
        select(visit)
        .join(_articles, _articles.c.id == visit.c.article_id)
        .where(_articles.c.ident == article)
        .order_by(visit.c.at.desc(), visit.c.id.desc())
        .limit(limit)
    )
    with archive.database.read() as connection:
        return [
            Check(article, row.at, row.outcome, row.detail or "", row.status, row.elapsed)
            for row in connection.execute(query)
        ]


_articles: Final = article
_STANDING: Final = frozenset(
    {CheckOutcome.NEW, CheckOutcome.CHANGED, CheckOutcome.UNCHANGED, CheckOutcome.NOT_MODIFIED}
)
"""Outcomes that saw the newest version standing."""


_KNOWN: Final = (
    "id",
    "ident",
    "source_id",
    "url",
    "state",
    "last_seen_at",
    "checks",
    "versions",
    "published_at",
    "touched_at",
)


_ARTICLE: Final = Prepared(
    select(*(article.c[name] for name in _KNOWN)).where(article.c.ident == bindparam("wanted")).with_for_update()
)


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
    with together(connection):
        found = _ARTICLE.ask(connection, {"wanted": intent.article})
    rows = found()
    if not rows:
        raise NotKnown("no such article", resource=intent.article, hint="writethru add URL")
    (row,) = rows
    if row.versions != intent.expected_versions:
        return Committed(stale=True)
    number = row.versions + 1 if intent.version else None
    new = None
    if intent.version is not None:
        new = captures.prepare(connection, row, intent.version, bodiless=intent.raw is Raw.NONE)
    changed, visited = {"row": row.id, **_after(intent, row)}, _visited(row.id, intent)
    with together(connection):
        if new is None:
            inserts.check(connection, changed, visited)
        else:
            captures.keep(connection, row, intent.check.at, new, {"article": changed, "visit": visited})
    if intent.recapture is not None and row.versions:
        recaptures.keep(connection, row, intent.recapture)
    habits.count(connection, row.source_id, intent.lines)
    habits.learn(connection, row.source_id, intent.habits)
    activity.count_hint(connection, row.source_id, intent)
    articles.add_aliases(connection, row.id, intent.aliases)
    alerts = outbox.put(connection, intent.alerts, intent.check.at)
    if intent.host is not None:
        save_host_row(connection, intent.host)
    return Committed(version=number, alerts=alerts)


def _after(intent: Intent, row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of _ARTICLE
    at = intent.check.at
    values: dict[str, Any] = {
        "last_check_at": at,
        "next_check_at": intent.next_check_at,
        "last_seen_at": at if intent.check.outcome in _STANDING else row.last_seen_at,
        "state": ArticleState.PAUSED if row.state is ArticleState.PAUSED else intent.state,
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


def _visited(owner: int, intent: Intent) -> dict[str, Any]:
    check = intent.check
    return {
        "article_id": owner,
        "at": check.at,
        "outcome": check.outcome,
        "status": check.status,
        "elapsed": check.elapsed,
        "detail": check.detail or None,
    }
