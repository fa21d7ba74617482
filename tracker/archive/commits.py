"""Commits: the decision of one check, and those of one reading of a hub, each written in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tracker.errors import NotKnown
from tracker.model.version import Raw
from tracker.model.watch import ArticleState, CheckOutcome, Committed, HubPoll, Intent, WatchedArticle

from . import blobs, captures, outbox, recaptures, sources
from .addresses import SELECT_ADDRESSES, is_address, note_redirect, update_aliases
from .archive import Archive
from .articles import articles_by_key, watch_targets
from .checks import OUTCOMES
from .codec import columns
from .database.connection import Connection, Row, Statement, Values, to_ms
from .ledger import log
from .ledger.log import EventKind
from .sources import hub_key, save_host, source_key

_ARTICLE: Final = """
SELECT id, ident, source_id, url, state, last_seen_at, checks, versions, published_at, touched_at,
  (SELECT name FROM source WHERE id = source_id) AS source
FROM article WHERE ident = :ident
"""
_LOCK_ARTICLE: Final = Statement(sqlite=_ARTICLE, postgresql=f"{_ARTICLE} FOR UPDATE")
_TAKEN_DOWN: Final = """
SELECT v.n, v.sha256 FROM version v JOIN tombstone t ON t.version_id = v.id
WHERE v.article_id = (SELECT id FROM article WHERE ident = :ident) AND t.parts = 'all'
"""


def commit_check(archive: Archive, intent: Intent) -> Committed:
    """Carry out the decision of one check: check, version, capture, change, labels and alerts, all or nothing.

    Refuses (``stale``) where the article has another number of versions than the intent expected. An article that
    was paused meanwhile stays paused, and of a text that was taken down meanwhile nothing is stored. Raises NotKnown;
    ArchiveError where a capture does not match its hash.
    """
    with archive.write() as connection:
        # The article is locked first: two processes may have checked it.
        row, addressed, before, taken_down = _read(connection, intent)
        if row is None:
            raise NotKnown("no such article", resource=intent.article, hint="writethru add URL")
        # Another process stored a version since the decision: it compared with an older text and must be made again.
        if row.versions != intent.expected_versions:
            return Committed(stale=True)
        intent = _without_removed(intent, row, taken_down)
        article = (row.id, row.ident)
        number = row.versions + 1 if intent.version else None
        rows = _rows_of(intent, row)
        if intent.version is None or before is None:
            with connection.pipeline():
                captures.enter_rows(connection, rows)
        else:
            bodiless = intent.raw is Raw.NONE
            captures.insert_version(connection, row, intent.check.at, intent.version, before, rows, bodiless=bodiless)
        # It reads before it writes, so it cannot be part of the pipeline.
        if intent.recapture is not None and row.versions:
            recaptures.insert_recapture(connection, row, intent.recapture)
        sources.learn(connection, row.source_id, intent)
        # An imported check was made when it says, but is entered now.
        entered, released = intent.imported_at or intent.check.at, list[str]()
        if intent.version is not None or intent.aliases:
            released = update_aliases(connection, article, row.url, addressed, intent.aliases, intent.check.at, entered)
        if intent.redirected_to:
            note_redirect(connection, row.ident, intent.redirected_to, intent.check.at)
        # Leaves record neither a new state nor an import: these are events.
        if (state := str(rows["article"]["state"])) != row.state:
            log.enter(connection, article, EventKind.STATE, state=state, at=entered)
        if intent.imported_at is not None and number is not None:
            log.enter(connection, article, EventKind.IMPORT, n=number, at=to_ms(intent.imported_at))
        # In the same transaction as the version: an alert is sent if, and only if, its version is stored.
        alerts = outbox.enqueue_alerts(archive, intent.alerts, intent.check.at)
        if intent.host is not None:
            # Its block joins this transaction: after a crash the host is not asked again too soon for the same page.
            save_host(archive, intent.host)
        return Committed(version=number, alerts=alerts, released=tuple(released))


def _read(connection: Connection, intent: Intent) -> tuple[Row | None, list[Row], captures.Before | None, list[Row]]:
    """Lock the article; return its row, its addresses, questions about the version before, and removed versions.

    All in one exchange with a server; nothing is read that the intent does not need.
    """
    addressed, before, taken_down = None, None, None
    with connection.pipeline():
        has_text = bool(intent.version or intent.recapture or intent.alerts)
        if has_text:
            blobs.lock_bases(connection, shared=True)
        found = connection.ask(_LOCK_ARTICLE, ident=intent.article)
        if has_text and intent.imported_at is None:
            taken_down = connection.ask(_TAKEN_DOWN, ident=intent.article)
        if intent.version is not None or intent.aliases:
            addressed = connection.ask(SELECT_ADDRESSES, ident=intent.article)
        if intent.version is not None:
            before = captures.ask_before(connection, intent.article, intent.expected_versions)
    addresses, removed = (rows() if rows is not None else [] for rows in (addressed, taken_down))
    return next(iter(found()), None), addresses, before, removed


def _without_removed(intent: Intent, row: Row, taken_down: Sequence[Row]) -> Intent:
    """Return `intent` without texts, if it was decided before a takedown, or would store a removed text again.

    The page may have been fetched before the takedown. The next check asks for the whole page.
    """
    new, newest_removed = intent.version, any(each.n == row.versions for each in taken_down)
    is_removed = newest_removed and (row.state == ArticleState.PAUSED.value or not intent.latest_removed)
    if not is_removed and (new is None or all(each.sha256.hex() != new.content.sha256 for each in taken_down)):
        return intent
    check = intent.check
    if new is not None:
        check = replace(check, outcome=CheckOutcome.UNCHANGED, detail="not stored: a text was taken down")
    without = replace(intent, check=check, version=None, alerts=(), recapture=None, lines=(), habits=())
    return replace(without, etag="", last_modified="")


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
        "touched_at": None if intent.followed_hint else row.touched_at,
    }
    if intent.version is not None:
        content = intent.version.content
        article |= {"versions": row.versions + 1, "last_change_at": at, "title": content.title}
        # The first time given is kept: an outlet may change it when it republishes.
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


# -- polls

_RETITLE: Final = (
    "UPDATE article SET feed_title = :title WHERE id = :id AND source_id = :source_id AND feed_title <> :title"
    " AND state <> 'paused'"  # it may have been taken down
)
_MENTION: Final = """
UPDATE article SET published_at = coalesce(:published_at, published_at), told_at = :listing_updated_at,
  touched_at = :update_hinted_at, listed_until = :listed_until WHERE ident = :article
"""
# A check is only brought forward, where the hub reports an update.
_SOONER: Final = """
UPDATE article SET next_check_at = :next_check_at WHERE ident = :article AND next_check_at > :next_check_at
"""
_NOTE_POLL: Final = """
UPDATE hub SET next_poll_at = :next_poll_at, last_poll_at = :at, etag = :etag, last_modified = :last_modified,
  articles = CASE WHEN articles + :new < :listed THEN :listed ELSE articles + :new END, {outcome}
WHERE source_id = :source_id AND key = :key
"""


def commit_poll(archive: Archive, poll: HubPoll) -> list[WatchedArticle]:
    """Carry out the decisions from one reading of a hub, in one transaction; return the articles that are new.

    Listed texts that are not addresses are left out. A known article of the source takes its headline.
    """
    targets = [target for target in poll.targets if is_address(target.url)]
    with archive.write() as connection:
        # Two hubs may list the same new address at once; on PostgreSQL both would insert it.
        archive.serialise(connection, "watch")
        source_id = source_key(connection, poll.hub.source, poll.at)
        new, known = watch_targets(connection, source_id, targets, poll.at, poll.stories, poll.claimed, poll.at)
        titled = [{"id": row, "source_id": source_id, "title": target.title} for row, target in known if target.title]
        connection.run_many(_RETITLE, titled)
        for mention in poll.mentions:
            connection.run(_MENTION, **columns(mention))
            if mention.next_check_at is not None:
                connection.run(_SOONER, **columns(mention))
        worked = "last_ok_at = :at, failures = 0, last_error = ''"
        failed = "failures = failures + 1, last_error = :error"
        connection.run(
            _NOTE_POLL.format(outcome=worked if poll.outcome.saw_page else failed),
            next_poll_at=poll.next_poll_at,
            at=poll.at,
            etag=poll.etag,
            last_modified=poll.last_modified,
            new=len(new),
            # Including articles that another list named first, or that were added by their address.
            listed=len({row for row, _ in known} | set(new)),
            error=poll.detail or str(poll.outcome),
            source_id=source_id,
            key=hub_key(poll.hub),
        )
        if poll.host is not None:
            save_host(archive, poll.host)
        return articles_by_key(connection, new)
