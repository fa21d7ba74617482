"""Outlets that print a story, put into an archive as checks would."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.unit.stories.samples import hours
from tracker.classify import classify
from tracker.diff import compare
from tracker.model import Capture, Check, CheckOutcome, Intent, NewVersion, Target

if TYPE_CHECKING:
    from tracker.model import Article, Tracked
    from tracker.ports import Store


def url_of(outlet: str, path: str = "2026/11/25/ferry-fire-kills-twelve") -> str:
    return f"https://{outlet.lower()}.example/{path}"


def publish(store: Store, outlet: str, at: float, content: Article, *, url: str = "", body: bytes = b"") -> Tracked:
    """Keep a version of the outlet's article, as a check so many hours after six would."""
    address = url or url_of(outlet)
    store.add_targets(outlet, [Target(address)], hours(at))
    tracked = store.article(address)
    latest = store.latest(tracked.id)
    change = classify(latest.content, content, compare(latest.content, content)) if latest else None
    page = body or content.text.encode() or b"page"
    capture = Capture(address, address, 200, (), page, hours(at), hashlib.sha256(page).hexdigest())
    intent = Intent(
        article=tracked.id,
        check=Check(tracked.id, hours(at), CheckOutcome.CHANGED if latest else CheckOutcome.NEW),
        expected_versions=tracked.versions,
        next_check_at=hours(at) + timedelta(hours=1),
        version=NewVersion(content, capture, "1", "main", change),
    )
    assert store.commit(intent).version == tracked.versions + 1
    return store.article(tracked.id)


def look(store: Store, tracked: Tracked, at: float) -> None:
    """Find the newest version of an article standing."""
    fresh = store.article(tracked.id)
    check = Check(fresh.id, hours(at), CheckOutcome.UNCHANGED)
    store.commit(Intent(fresh.id, check, fresh.versions, hours(at + 1)))


def calling(store: Store) -> Any:
    async def call(method: str, *args: Any, **kwargs: Any) -> Any:
        return getattr(store, method)(*args, **kwargs)

    return call


def stripped(content: Article) -> Article:
    """Return the text as an outlet prints it that leaves the dateline out and cuts the end."""
    first, *rest = content.blocks
    return replace(content, blocks=(replace(first, text=first.text.removeprefix("SANDVIK (AP) — ")), *rest[:-1]))
