"""Sources: configured outlets and whether they are paused."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select, update

from tracker.archive.schema.core import hub, source
from tracker.archive.values import clean_text
from tracker.urls import fetchable, host_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from tracker.archive.opening import Archive
    from tracker.model import Hub


def sync_source(
    archive: Archive, source: str, hubs: Sequence[Hub], now: datetime, *, paused: bool = False, anew: bool = False
) -> None:
    """Make the archive know *source* with exactly these hubs; new hubs are due at once. Idempotent.

    While a source is *paused*, neither its hubs nor its articles are ever due; all that is stored stays. With
    *anew* every hub is due at once and is read whole: what is wanted of it has changed.
    """
    with archive.database.write() as connection:
        archive.database.serialise(connection, "watch")
        owner = source_key(connection, source, now)
        connection.execute(update(_source).where(_source.c.id == owner).values(paused=paused))
        keys = [hub_key(each) for each in hubs]
        gone = delete(hub).where(hub.c.source_id == owner, hub.c.key.not_in(keys))
        connection.execute(gone)
        for position, (key, each) in enumerate(zip(keys, hubs, strict=True)):
            _place_hub(connection, owner, key, each, position, now)
        if anew:
            forgotten = {"etag": "", "last_modified": "", "next_poll_at": now}
            connection.execute(update(hub).where(hub.c.source_id == owner).values(forgotten))


def list_sources(archive: Archive) -> list[str]:
    """Return the names of all sources."""
    with archive.database.read() as connection:
        return list(connection.scalars(select(source.c.name).order_by(source.c.id)))


_source: Final = source


def source_key(connection: Connection, name: str, now: datetime) -> int:
    """Return the row of a source, which is made where there is none."""
    found = connection.scalar(select(source.c.id).where(source.c.name == clean_text(name)))
    if found is None:
        found = connection.scalar(
            insert(source).returning(source.c.id), {"name": name, "paused": False, "created_at": now}
        )
    return int(found)


def hub_key(each: Hub) -> str:
    """Return the hash of what makes a hub this one: another selector on the same page is another hub."""
    return hashlib.sha256(json.dumps([each.kind, each.url, each.selector, each.pattern]).encode()).hexdigest()


def _place_hub(connection: Connection, owner: int, key: str, each: Hub, position: int, now: datetime) -> None:
    known = connection.execute(
        update(hub).where(hub.c.source_id == owner, hub.c.key == key).values(position=position)
    ).rowcount
    if known:
        return
    fresh = {
        "source_id": owner,
        "key": key,
        "kind": each.kind,
        "url": each.url,
        "selector": each.selector,
        "pattern": each.pattern,
        "host": host_of(fetchable(each.url)),
        "position": position,
        "next_poll_at": now,
        "failures": 0,
        "last_error": "",
        "etag": "",
        "last_modified": "",
        "articles": 0,
    }
    connection.execute(insert(hub), fresh)
