"""Outlets that print a story, put into an archive as checks would."""

import hashlib
from dataclasses import replace
from datetime import timedelta

from tests.unit.stories.samples import hours
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, get_article
from tracker.archive.commits import commit_check
from tracker.archive.versions import latest_version
from tracker.classify.label import classify
from tracker.diff.comparison import compare
from tracker.model.article import Article
from tracker.model.capture import Capture
from tracker.model.source import Target
from tracker.model.version import NewVersion
from tracker.model.watch import Check, CheckOutcome, Intent, WatchedArticle


def url_of(outlet: str, path: str = "2026/11/25/ferry-fire-kills-twelve") -> str:
    return f"https://{outlet.lower()}.example/{path}"


def publish(
    store: Archive, outlet: str, at: float, content: Article, *, url: str = "", body: bytes = b""
) -> WatchedArticle:
    """Keep a version of the outlet's article, as a check so many hours after six would."""
    address = url or url_of(outlet)
    add_targets(store, outlet, [Target(address)], hours(at))
    tracked = get_article(store, address)
    latest = latest_version(store, tracked.id)
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
    assert commit_check(store, intent).version == tracked.versions + 1
    return get_article(store, tracked.id)


def look(store: Archive, tracked: WatchedArticle, at: float) -> None:
    """Find the newest version of an article standing."""
    fresh = get_article(store, tracked.id)
    check = Check(fresh.id, hours(at), CheckOutcome.UNCHANGED)
    commit_check(store, Intent(fresh.id, check, fresh.versions, hours(at + 1)))


def stripped(content: Article) -> Article:
    """Return the text as an outlet prints it that leaves the dateline out and cuts the end."""
    first, *rest = content.blocks
    return replace(content, blocks=(replace(first, text=first.text.removeprefix("SANDVIK (AP) — ")), *rest[:-1]))
