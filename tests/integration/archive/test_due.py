"""Which hosts are due, when few articles are and when very many are."""

from datetime import timedelta

from tests.archive_samples import NOW, intent, watch
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, set_article_state
from tracker.archive.commits import commit_check
from tracker.archive.due import MANY_DUE_ARTICLES, due_hosts
from tracker.archive.hosts import save_host
from tracker.archive.sources import sync_source
from tracker.model.capture import HostState
from tracker.model.source import Hub, HubKind, Target
from tracker.model.watch import ArticleState


def test_a_backlog_gives_the_same_hosts_in_the_same_order(store: Archive) -> None:
    for place in range(3):
        targets = [Target(f"https://h{place}.example/{n}") for n in range(MANY_DUE_ARTICLES // 3 + 50)]
        add_targets(store, "Herald", targets, NOW + timedelta(minutes=10 - place))
    add_targets(store, "Post", [Target("https://paused.example/a")], NOW)
    sync_source(store, "Post", [], NOW, paused=True)
    sync_source(store, "Hubs", [Hub("Hubs", HubKind.FEED, "https://feed.example/f")], NOW)
    waits = watch(store, "https://waits.example/a")
    save_host(store, HostState("waits.example", not_before=NOW + timedelta(days=1)))
    set_article_state(store, watch(store, "https://still.example/a").id, ArticleState.PAUSED)
    later = watch(store, "https://later.example/a")
    commit_check(store, intent(later, 1, NOW + timedelta(days=2)))
    with store.write() as connection:
        connection.run("UPDATE article SET next_check_at = NULL WHERE url LIKE '%h1.example/7'")
    now = NOW + timedelta(hours=1)
    assert due_hosts(store, now) == ["feed.example", "h2.example", "h1.example", "h0.example"]
    assert due_hosts(store, now, 2) == ["feed.example", "h2.example"]
    assert due_hosts(store, NOW + timedelta(minutes=8)) == ["feed.example", "h2.example"]
    assert due_hosts(store, NOW - timedelta(minutes=1)) == []
    assert waits.host in due_hosts(store, NOW + timedelta(days=3))
