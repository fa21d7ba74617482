"""Rows of the quick reader to values of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.archive import codec
from tracker.archive.captures import frames
from tracker.archive.values import from_ms
from tracker.model import (
    Article,
    ArticleState,
    Change,
    Delivery,
    DeliveryState,
    Hub,
    HubKind,
    HubState,
    LabelKind,
    Rereading,
    Tracked,
    Version,
    VersionSummary,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from datetime import datetime

ALL: Final = "all"


def instant(value: int | None) -> datetime | None:
    """Return an instant, None for none."""
    return None if value is None else from_ms(value)


def tracked(row: sqlite3.Row, stories: tuple[str, ...]) -> Tracked:
    """Return an article."""
    named = dict(row)
    named |= {name: instant(named[name]) for name in named if name.endswith(("_at", "_until"))}
    named |= {"id": named.pop("ident"), "state": ArticleState(named["state"]), "stories": stories}
    return Tracked(**named)


def hub_state(row: sqlite3.Row) -> HubState:
    """Return a hub and how it fares."""
    named = dict(row)
    parts = {name: named.pop(name) for name in ("source", "url", "selector", "pattern")}
    hub = Hub(kind=HubKind(named.pop("kind")), **parts)
    named |= {name: instant(named[name]) for name in ("next_poll_at", "last_poll_at", "last_ok_at")}
    return HubState(hub, **named)


def delivery(row: sqlite3.Row) -> Delivery:
    """Return an alert on its way."""
    named = dict(row)
    named |= {name: instant(named[name]) for name in ("created_at", "due_at", "delivered_at")}
    return Delivery(**named | {"state": DeliveryState(named["state"])})


def glance(row: sqlite3.Row, kinds: tuple[LabelKind, ...]) -> VersionSummary:
    """Return a version at a glance."""
    return VersionSummary(
        article=row["ident"],
        n=row["n"],
        url=row["url"],
        seen=from_ms(row["seen_at"]),
        source=row["source"],
        title=row["title"],
        sha256=row["sha256"].hex(),
        previous_seen=instant(row["previous_seen_at"]),
        words=row["words"] or 0,
        significance=row["significance"] or 0.0,
        announced=None if row["announced"] is None else bool(row["announced"]),
        kinds=kinds,
        removed=row["reason"] if row["parts"] == ALL else "",
        no_edit=bool(row["no_edit"]),
    )


def texts_of(row: sqlite3.Row) -> tuple[int, ...]:
    """Return the blobs of what a version says: as it reads now, and as it was kept where its change needs that."""
    if row["read_id"] is None:
        return (row["content_id"],)
    return (row["read_id"],) if row["change_data"] is None else (row["read_id"], row["content_id"])


def version(row: sqlite3.Row, contents: Mapping[int, bytes], stories: tuple[str, ...]) -> Version:
    """Return a version; *contents* are the bytes of the blobs that `texts_of` named."""
    led = None
    if row["change_data"] is not None and row["content_id"] in contents:
        base = contents[row["content_id"]]
        led = codec.load(Change, frames.decode(row["change_data"], row["change_len"], base, crc=row["change_crc"]))
    text = contents.get(row["read_id"] or row["content_id"])
    read_anew = row["came_to"] is not None and row["came_to"] != Rereading.UNREADABLE.value
    return Version(
        article=row["ident"],
        n=row["n"],
        url=row["url"],
        seen=from_ms(row["seen_at"]),
        content=Article() if text is None else codec.load(Article, text),
        extractor=row["read_by"] if read_anew else row["extractor"],
        capture_sha256=row["capture_sha256"].hex(),
        previous_seen=instant(row["previous_seen_at"]),
        change=led,
        status=row["status"],
        signature=row["read_signature"] if read_anew else row["signature"],
        source=row["source"],
        stories=stories,
        removed=row["reason"] if row["parts"] == ALL else "",
        first_extractor=row["extractor"] if read_anew and row["read_by"] != row["extractor"] else "",
        no_edit=bool(row["no_edit"]),
    )
