"""Hubs: the feeds, sitemaps and section pages of a source, and what polling them found."""

from __future__ import annotations

from typing import Final

from tracker.model.source import Hub
from tracker.model.watch import HubPoll, HubState, Tracked

from .addresses import is_address
from .archive import Archive
from .articles import articles_by_key, note_mentions, retitle, watch_targets
from .codec import record
from .database.connection import Connection, Row
from .hosts import save_host
from .sources import hub_key, source_key

SELECT_HUB: Final = """
SELECT s.name AS source, h.kind, h.url, h.selector, h.pattern, h.next_poll_at, h.last_poll_at, h.last_ok_at,
  h.failures, h.last_error, h.etag, h.last_modified, h.articles
FROM hub h JOIN source s ON s.id = h.source_id
"""


def list_hubs(archive: Archive, source: str | None = None) -> list[HubState]:
    """Return the hubs of a source, or all, in the order they were configured."""
    where = "" if source is None else "WHERE s.name = :source"
    with archive.read() as connection:
        rows = connection.all(f"{SELECT_HUB} {where} ORDER BY h.source_id, h.position", source=source)
        return [hub_of(row) for row in rows]


def commit_poll(archive: Archive, poll: HubPoll) -> list[Tracked]:
    """Carry out what one reading of a hub decided, in one transaction; return the articles that are new.

    What a hub lists is passed over if it is not an address. A known article of the source takes its headline.
    """
    targets = [target for target in poll.targets if is_address(target.url)]
    with archive.write() as connection:
        # Two hubs may list the same new address at once; on PostgreSQL both would insert it.
        archive.serialise(connection, "watch")
        source_id = source_key(connection, poll.hub.source, poll.at)
        new, known = watch_targets(connection, source_id, targets, poll.at, poll.stories, poll.claimed)
        retitle(connection, source_id, known)
        note_mentions(connection, poll.mentions)
        _note_poll(connection, source_id, poll, len(new))
        if poll.host is not None:
            save_host(archive, poll.host)
        return articles_by_key(connection, new)


def hub_of(row: Row) -> HubState:
    """Return the hub of a row of SELECT_HUB."""
    return record(HubState, row, hub=record(Hub, row))


def _note_poll(connection: Connection, source_id: int, poll: HubPoll, new: int) -> None:
    worked = poll.outcome.saw_page
    outcome = (
        "last_ok_at = :at, failures = 0, last_error = ''" if worked else "failures = failures + 1, last_error = :error"
    )
    connection.run(
        f"UPDATE hub SET next_poll_at = :next_poll_at, last_poll_at = :at, etag = :etag,"
        f" last_modified = :last_modified, articles = articles + :new, {outcome}"
        " WHERE source_id = :source_id AND key = :key",
        next_poll_at=poll.next_poll_at,
        at=poll.at,
        etag=poll.etag,
        last_modified=poll.last_modified,
        new=new,
        error=poll.detail or str(poll.outcome),
        source_id=source_id,
        key=hub_key(poll.hub),
    )
