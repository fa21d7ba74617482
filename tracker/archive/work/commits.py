"""What one check decided, carried out in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select

from tracker.archive.captures import capture as captures
from tracker.archive.captures import entering, recaptures
from tracker.archive.database.base import Repository
from tracker.archive.database.prepared import Prepared, together
from tracker.archive.schema.core import article
from tracker.errors import NotKnown
from tracker.model import ArticleState, Committed, Raw

from . import beliefs, lines, outbox, watch
from .due import save_host

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from tracker.model import Intent

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


class Commits(Repository):
    """The part of the store that carries out decisions."""

    def commit(self, intent: Intent) -> Committed:
        """Carry out what one check decided: check, version, capture, change, labels and alerts, all or nothing.

        Refuses (``stale``) where the article has another number of versions than the intent expected. An article that
        was paused meanwhile stays paused. Raises NotKnown; ArchiveError where a capture does not match its hash.
        """
        with self._db.write() as connection:
            return carry_out(connection, intent)

    def commit_group(self, intents: Sequence[Intent]) -> list[Committed]:
        """Carry out several decisions in one transaction, for throughput: one wait for the disk instead of many.

        Where one of them raises, none is carried out and its error is raised.
        """
        with self._db.write() as connection:
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
            entering.check(connection, changed, visited)
        else:
            captures.keep(connection, row, intent.check.at, new, {"article": changed, "visit": visited})
    if intent.recapture is not None and row.versions:
        recaptures.keep(connection, row, intent.recapture)
    lines.count(connection, row.source_id, intent.lines)
    lines.learn(connection, row.source_id, intent.habits)
    beliefs.tell(connection, row.source_id, intent)
    watch.alias(connection, row.id, intent.aliases)
    alerts = outbox.put(connection, intent.alerts, intent.check.at)
    if intent.host is not None:
        save_host(connection, intent.host)
    return Committed(version=number, alerts=alerts)


def _after(intent: Intent, row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of _ARTICLE
    at = intent.check.at
    values: dict[str, Any] = {
        "last_check_at": at,
        "next_check_at": intent.next_check_at,
        "last_seen_at": at if intent.check.outcome.saw_page else row.last_seen_at,
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
