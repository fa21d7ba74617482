"""Which hosts are due, when few articles are and when very many are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from tests.archive_samples import NOW, intent, watch
from tests.integration.archive.places import postgres, store, url
from tracker.archive import due
from tracker.model import ArticleState, HostState, Hub, HubKind, Target

if TYPE_CHECKING:
    from tracker.archive import SqlStore

__all__ = ["postgres", "store", "url"]


def test_a_backlog_gives_the_same_hosts_in_the_same_order(store: SqlStore) -> None:
    for place in range(3):
        targets = [Target(f"https://h{place}.example/{n}") for n in range(due.MANY // 3 + 50)]
        store.add_targets("Herald", targets, NOW + timedelta(minutes=10 - place))
    store.add_targets("Post", [Target("https://paused.example/a")], NOW)
    store.sync_source("Post", [], NOW, paused=True)
    store.sync_source("Hubs", [Hub("Hubs", HubKind.FEED, "https://feed.example/f")], NOW)
    waits = watch(store, "https://waits.example/a")
    store.save_host(HostState("waits.example", not_before=NOW + timedelta(days=1)))
    store.set_state(watch(store, "https://still.example/a").id, ArticleState.PAUSED)
    later = watch(store, "https://later.example/a")
    store.commit(intent(later, 1, NOW + timedelta(days=2)))
    with store.database.write() as connection:
        connection.execute(text("UPDATE article SET next_check_at = NULL WHERE url LIKE '%h1.example/7'"))
    now = NOW + timedelta(hours=1)
    assert store.due_hosts(now) == ["feed.example", "h2.example", "h1.example", "h0.example"]
    assert store.due_hosts(now, 2) == ["feed.example", "h2.example"]
    assert store.due_hosts(NOW + timedelta(minutes=8)) == ["feed.example", "h2.example"]
    assert store.due_hosts(NOW - timedelta(minutes=1)) == []
    assert waits.host in store.due_hosts(NOW + timedelta(days=3))
