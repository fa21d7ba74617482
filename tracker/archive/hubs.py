"""Hubs: the feeds, sitemaps and section pages of a source, and the results of polling them."""

from __future__ import annotations

from typing import Final

from tracker.model.source import Hub
from tracker.model.watch import HubPoll, HubState, Tracked

from .addresses import is_address
from .archive import Archive
from .articles import articles_by_key, watch_targets
from .codec import columns, record
from .database.connection import Row
from .hosts import save_host
from .sources import hub_key, source_key

SELECT_HUB: Final = """
SELECT s.name AS source, h.kind, h.url, h.selector, h.pattern, h.next_poll_at, h.last_poll_at, h.last_ok_at,
  h.failures, h.last_error, h.etag, h.last_modified, h.articles
FROM hub h JOIN source s ON s.id = h.source_id
"""
_RETITLE: Final = (
    "UPDATE article SET feed_title = :title WHERE id = :id AND source_id = :source_id AND feed_title <> :title"
)
_MENTION: Final = """
UPDATE article SET published_at = :published_at, told_at = :told_at, touched_at = :touched_at,
  listed_until = :listed_until WHERE ident = :article
"""
# A check is only brought forward, where the hub reports an update.
_SOONER: Final = """
UPDATE article SET next_check_at = :next_check_at WHERE ident = :article AND next_check_at > :next_check_at
"""
_NOTE_POLL: Final = """
UPDATE hub SET next_poll_at = :next_poll_at, last_poll_at = :at, etag = :etag, last_modified = :last_modified,
  articles = articles + :new, {outcome}
WHERE source_id = :source_id AND key = :key
"""


def list_hubs(archive: Archive, source: str | None = None) -> list[HubState]:
    """Return the hubs of a source, or all, in the order they were configured."""
    where = "" if source is None else "WHERE s.name = :source"
    with archive.read() as connection:
        rows = connection.all(f"{SELECT_HUB} {where} ORDER BY h.source_id, h.position", source=source)
        return [hub_of(row) for row in rows]


def commit_poll(archive: Archive, poll: HubPoll) -> list[Tracked]:
    """Carry out the decisions from one reading of a hub, in one transaction; return the articles that are new.

    Listed texts that are not addresses are left out. A known article of the source takes its headline.
    """
    targets = [target for target in poll.targets if is_address(target.url)]
    with archive.write() as connection:
        # Two hubs may list the same new address at once; on PostgreSQL both would insert it.
        archive.serialise(connection, "watch")
        source_id = source_key(connection, poll.hub.source, poll.at)
        new, known = watch_targets(connection, source_id, targets, poll.at, poll.stories, poll.claimed)
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
            error=poll.detail or str(poll.outcome),
            source_id=source_id,
            key=hub_key(poll.hub),
        )
        if poll.host is not None:
            save_host(archive, poll.host)
        return articles_by_key(connection, new)


def hub_of(row: Row) -> HubState:
    """Return the hub of a row of SELECT_HUB."""
    return record(HubState, row, hub=record(Hub, row))
