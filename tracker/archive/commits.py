"""Commits: the decision of one check, written in one transaction."""

from __future__ import annotations

from typing import Final

from tracker.errors import NotKnown
from tracker.model.version import Raw
from tracker.model.watch import ArticleState, Committed, Intent

from . import addresses, blobs, captures, outbox, recaptures, sources
from .archive import Archive
from .checks import OUTCOMES
from .database.connection import Connection, Row, Statement, Values, to_ms
from .hosts import save_host
from .ledger import log
from .ledger.log import EventKind

_ARTICLE: Final = """
SELECT id, ident, source_id, url, state, last_seen_at, checks, versions, published_at, touched_at,
  (SELECT name FROM source WHERE id = source_id) AS source
FROM article WHERE ident = :ident
"""
_LOCK_ARTICLE: Final = Statement(sqlite=_ARTICLE, postgresql=f"{_ARTICLE} FOR UPDATE")


def commit_check(archive: Archive, intent: Intent) -> Committed:
    """Carry out the decision of one check: check, version, capture, change, labels and alerts, all or nothing.

    Refuses (``stale``) where the article has another number of versions than the intent expected. An article that
    was paused meanwhile stays paused. Raises NotKnown; ArchiveError where a capture does not match its hash.
    """
    with archive.write() as connection:
        # Locked before anything is concluded from it: two processes may have checked the same article.
        row, addressed, before = _read(connection, intent)
        if row is None:
            raise NotKnown("no such article", resource=intent.article, hint="writethru add URL")
        # Somebody else stored a version since the decision, which compared with the one before: it must be made again.
        if row.versions != intent.expected_versions:
            return Committed(stale=True)
        article = (row.id, row.ident)
        number = row.versions + 1 if intent.version else None
        rows = _rows_of(intent, row)
        if intent.version is None or before is None:
            with connection.pipeline():
                captures.enter_rows(connection, rows)
        else:
            bodiless = intent.raw is Raw.NONE
            captures.keep(connection, row, intent.check.at, intent.version, before, rows, bodiless=bodiless)
        # It reads before it writes, so it cannot be part of the pipeline.
        if intent.recapture is not None and row.versions:
            recaptures.keep(connection, row, intent.recapture)
        sources.learn(connection, row.source_id, intent)
        released: list[str] = []
        if intent.version is not None or intent.aliases:
            released = addresses.release_aliases(
                connection, article, row.url, addressed, intent.aliases, intent.check.at
            )
            addresses.add_aliases(connection, article, intent.aliases)
        # No leaf tells another state, or that the version was not fetched when it was seen: these are events.
        if (state := str(rows["article"]["state"])) != row.state:
            log.enter(connection, article, EventKind.STATE, state=state)
        if intent.imported_at is not None and number is not None:
            log.enter(connection, article, EventKind.IMPORT, n=number, at=to_ms(intent.imported_at))
        # In the same transaction as the version: an alert is sent if, and only if, its version is stored.
        alerts = outbox.enqueue_alerts(archive, intent.alerts, intent.check.at)
        if intent.host is not None:
            # Its block joins this transaction: after a crash the host is not asked again too soon for the same page.
            save_host(archive, intent.host)
        return Committed(version=number, alerts=alerts, released=tuple(released))


def _read(connection: Connection, intent: Intent) -> tuple[Row | None, list[Row], captures.Before | None]:
    """Lock the article and return its row, its addresses, and the ground of a new version.

    All in one exchange with a server; nothing is read that the intent does not need.
    """
    addressed, before = None, None
    with connection.pipeline():
        if intent.version is not None or intent.recapture is not None:
            blobs.share_bases(connection)
        found = connection.ask(_LOCK_ARTICLE, ident=intent.article)
        if intent.version is not None or intent.aliases:
            addressed = addresses.ask_addresses(connection, intent.article)
        if intent.version is not None:
            before = captures.ask_before(connection, intent.article, intent.expected_versions)
    return next(iter(found()), None), addressed() if addressed is not None else [], before


def _rows_of(intent: Intent, row: Row) -> dict[str, Values]:
    """Return the changed columns of the "article", with its number as "row", and the row of the "visit"."""
    check, at = intent.check, intent.check.at
    article: Values = {
        "row": row.id,
        "last_check_at": at,
        "next_check_at": intent.next_check_at,
        # A page that is gone or refuses us was visited, not seen: how long it went unseen is counted from here.
        "last_seen_at": at if check.outcome.saw_page else row.last_seen_at,
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
        article |= {"versions": row.versions + 1, "last_change_at": at, "title": content.title}
        # The first time given is kept: an outlet may set it anew when it republishes.
        article["published_at"] = row.published_at or content.published
    visit: Values = {
        "article_id": row.id,
        "at": at,
        "outcome": OUTCOMES.index(check.outcome),
        "status": check.status,
        "elapsed": check.elapsed,
        "detail": check.detail or None,
        "remark": check.remark,
        "subject": check.subject or None,
    }
    return {"article": article, "visit": visit}
