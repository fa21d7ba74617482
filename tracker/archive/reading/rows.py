"""Rows of the tables to values of the model."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select

from tracker.archive.database.prepared import Prepared
from tracker.archive.schema.core import article, delivery, host, hub, source, story
from tracker.model import Delivery, HostState, Hub, HubState, RobotsRecord, Tracked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection, Row

ARTICLES: Final = select(article, source.c.name.label("source")).join(source, source.c.id == article.c.source_id)
HUBS: Final = select(hub, source.c.name.label("source")).join(source, source.c.id == hub.c.source_id)
outlet: Final = source
source_id: Final = source.c.id
source_name: Final = source.c.name
HOSTS: Final = select(host)
DELIVERIES: Final = select(delivery)

_CHUNK: Final = 500
_FEW: Final = 25
"""Up to so many, asking for each costs less where no question is a journey."""
_STORIES: Final = (
    select(story.c.article_id, story.c.name)
    .where(story.c.article_id.in_(bindparam("ids", expanding=True)))
    .order_by(story.c.id)
)
_STORIES_OF_ONE: Final = Prepared(
    select(story.c.name).where(story.c.article_id == bindparam("wanted")).order_by(story.c.id)
)


def stories(connection: Connection, keys: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return the stories of each article row, in the order they were joined; no entry where there are none."""
    found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    if len(keys) <= _FEW and connection.dialect.name == "sqlite":
        for key in keys:
            for (name,) in _STORIES_OF_ONE.ask_plain(connection, {"wanted": key})():
                found[key] += (name,)
        return found
    for start in range(0, len(keys), _CHUNK):
        for key, name in connection.execute(_STORIES, {"ids": keys[start : start + _CHUNK]}):
            found[key] += (name,)
    return found


def tracked(connection: Connection, rows: Sequence[Row[Any]]) -> list[Tracked]:
    """Return articles for rows of ARTICLES."""
    names = stories(connection, [row.id for row in rows])
    return [
        Tracked(
            id=row.ident,
            source=row.source,
            url=row.url,
            host=row.host,
            first_seen_at=row.first_seen_at,
            state=row.state,
            next_check_at=row.next_check_at,
            last_check_at=row.last_check_at,
            last_seen_at=row.last_seen_at,
            last_change_at=row.last_change_at,
            checks=row.checks,
            versions=row.versions,
            failures=row.failures,
            etag=row.etag,
            last_modified=row.last_modified,
            signature=row.signature,
            title=row.title,
            feed_title=row.feed_title,
            stories=names.get(row.id, ()),
            published_at=row.published_at,
            told_at=row.told_at,
            touched_at=row.touched_at,
            listed_until=row.listed_until,
        )
        for row in rows
    ]


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


def host_state(row: Row[Any]) -> HostState:
    """Return a host for a row of HOSTS."""
    robots = None if row.robots_at is None else RobotsRecord(row.robots_status, row.robots_body, row.robots_at)
    return HostState(
        host=row.name,
        not_before=row.not_before,
        failures=row.failures,
        last_failure_at=row.last_failure_at,
        latency=row.latency,
        robots=robots,
    )


def sent(row: Row[Any]) -> Delivery:
    """Return a delivery for a row of DELIVERIES."""
    return Delivery(
        id=row.id,
        key=row.key,
        rule=row.rule,
        target=row.target,
        article=row.article,
        version=row.version,
        payload=row.payload,
        created_at=row.created_at,
        due_at=row.due_at,
        state=row.state,
        attempts=row.attempts,
        last_error=row.last_error,
        delivered_at=row.delivered_at,
        lane=row.lane or "",
    )
