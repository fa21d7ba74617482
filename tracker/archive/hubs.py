"""Hubs: the feeds, sitemaps and section pages of a source, and what polling them found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from tracker.archive.schema.core import hub, source
from tracker.model import Hub, HubState, Tracked

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Row

from typing import TYPE_CHECKING

from sqlalchemy import update

from tracker.archive import hubs, rows
from tracker.archive.articles import _by_key, _is_address, _mention, _retitle, _take
from tracker.archive.hosts import save_host_row
from tracker.archive.sources import hub_key, source_key
from tracker.archive.values import clean_text
from tracker.model import CheckOutcome

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from tracker.archive.opening import Archive
    from tracker.model import Hub, HubPoll, HubState, Tracked


_OK: Final = frozenset({CheckOutcome.NEW, CheckOutcome.CHANGED, CheckOutcome.UNCHANGED, CheckOutcome.NOT_MODIFIED})


def poll_sooner(archive: Archive, source: str, url: str, at: datetime) -> None:
    """Have the hub of *source* at *url* read at *at*, where it was to be read later."""
    owner = select(rows.source_id).where(rows.source_name == clean_text(source)).scalar_subquery()
    later = (hub.c.source_id == owner) & (hub.c.url == url) & (hub.c.next_poll_at > at)
    with archive.database.write() as connection:
        connection.execute(update(hub).where(later).values(next_poll_at=at))


def list_hubs(archive: Archive, source: str | None = None) -> list[HubState]:
    """Return the hubs of a source, or all, in the order they were configured."""
    query = hubs.HUBS.order_by(hub.c.source_id, hub.c.position)
    if source is not None:
        query = query.where(rows.source_name == clean_text(source))
    with archive.database.read() as connection:
        return [hubs.hub_state(row) for row in connection.execute(query)]


def commit_poll(archive: Archive, poll: HubPoll) -> list[Tracked]:
    """Carry out what one reading of a hub decided, in one transaction; return the articles that are new.

    What a hub lists and is no address is passed over. A known article takes the headline that the hub gives it.
    """
    targets = [target for target in poll.targets if _is_address(target.url)]
    with archive.database.write() as connection:
        archive.database.serialise(connection, "watch")
        owner = source_key(connection, poll.hub.source, poll.at)
        new, known = _take(connection, owner, targets, poll.at, poll.stories)
        _retitle(connection, known)
        _mention(connection, poll.mentions)
        _note_poll(connection, owner, poll, len(new))
        if poll.host is not None:
            save_host_row(connection, poll.host)
        return _by_key(connection, new)


def _note_poll(connection: Connection, owner: int, poll: HubPoll, new: int) -> None:
    worked = poll.outcome in _OK
    values: dict[str, Any] = {
        "next_poll_at": poll.next_poll_at,
        "last_poll_at": poll.at,
        "last_error": "" if worked else poll.detail or str(poll.outcome),
        "failures": 0 if worked else hub.c.failures + 1,
        "etag": poll.etag,
        "last_modified": poll.last_modified,
        "articles": hub.c.articles + new,
    }
    if worked:
        values["last_ok_at"] = poll.at
    connection.execute(update(hub).where(hub.c.source_id == owner, hub.c.key == hub_key(poll.hub)).values(values))


HUBS: Final = select(hub, source.c.name.label("source")).join(source, source.c.id == hub.c.source_id)


def hub_state(row: Row[Any]) -> HubState:
    """Return a hub for a row of HUBS."""
    return HubState(
        hub=Hub(source=row.source, kind=row.kind, url=row.url, selector=row.selector, pattern=row.pattern),
        next_poll_at=row.next_poll_at,
        last_poll_at=row.last_poll_at,
        last_ok_at=row.last_ok_at,
        failures=row.failures,
        last_error=row.last_error,
        etag=row.etag,
        last_modified=row.last_modified,
        articles=row.articles,
    )
