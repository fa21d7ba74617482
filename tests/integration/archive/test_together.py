import asyncio
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.archive_samples import NOW, URL, alert, grow, intent, look, minutes, watch
from tests.archives import archive_at
from tests.postgres import Server
from tests.waiting import PATIENCE, until
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, get_article, list_articles, set_article_state
from tracker.archive.commits import commit_check, commit_poll
from tracker.archive.database.locking import Leadership, lock
from tracker.archive.opening import open_archive
from tracker.archive.outbox import claim_deliveries, enqueue_alerts, mark_delivered
from tracker.archive.sources import get_host, save_host, sync_source
from tracker.archive.state import count_all, due_hosts
from tracker.archive.thread import ArchiveThread
from tracker.archive.versions import iter_versions
from tracker.errors import ArchiveLocked
from tracker.model.capture import HostState
from tracker.model.source import Hub, HubKind, Target
from tracker.model.version import VersionQuery
from tracker.model.watch import ArticleState, CheckOutcome, HubPoll, Intent, Mention, WatchedArticle
from tracker.pipeline.settle import settle


def test_many_decide_on_one_state_and_one_is_heard(archive_url: str) -> None:
    with open_archive(archive_url) as store:
        tracked = watch(store)
    gate = threading.Barrier(4)

    def race(_: int) -> list[bool]:
        with open_archive(archive_url) as mine:
            heard = []
            for n in range(1, 6):
                gate.wait(PATIENCE)
                heard.append(commit_check(mine, intent(tracked, n, minutes(n))).version == n)
            return heard

    with ThreadPoolExecutor(4) as pool:
        heard = list(pool.map(race, range(4)))
    assert [sum(column) for column in zip(*heard, strict=True)] == [1] * 5
    with open_archive(archive_url) as store:
        assert [each.n for each in iter_versions(store, VersionQuery(reverse=True))] == [1, 2, 3, 4, 5]


def test_the_same_addresses_from_two_sides_make_one_article_each(archive_url: str) -> None:
    gate = threading.Barrier(2)

    def add(name: str) -> int:
        with open_archive(archive_url) as mine:
            gate.wait(PATIENCE)
            return len(add_targets(mine, name, [Target(f"{URL}/{n}") for n in range(60)], NOW, ["Floods"]))

    with ThreadPoolExecutor(2) as pool:
        new = list(pool.map(add, ["Herald", "Post"]))
    assert sum(new) == 60
    with open_archive(archive_url) as store:
        assert len(list_articles(store, story="Floods")) == 60


def test_deliveries_go_to_one_worker_each_and_in_order(archive_url: str) -> None:
    with open_archive(archive_url) as store:
        enqueue_alerts(store, [alert(f"{n}", article=f"{n % 5}") for n in range(60)], NOW)

    def work(_: int) -> list[str]:
        taken = []
        with open_archive(archive_url) as mine:
            while count_all(mine).pending_alerts:
                for each in claim_deliveries(mine, NOW, 60.0, limit=3):
                    taken.append(each.key)
                    mark_delivered(mine, [each.id], NOW)
        return taken

    with ThreadPoolExecutor(3) as pool:
        taken = list(pool.map(work, range(3)))
    assert sorted(int(key) for each in taken for key in each) == list(range(60))
    for mine in taken:
        of_articles = [[int(key) for key in mine if int(key) % 5 == n] for n in range(5)]
        assert all(each == sorted(each) for each in of_articles)
    with open_archive(archive_url) as store:
        assert count_all(store).delivered_alerts == 60


def test_a_slow_reader_holds_up_nobody(archive_url: str) -> None:
    with open_archive(archive_url) as store, open_archive(archive_url, readonly=True) as reader:
        tracked = watch(store)
        grow(store, tracked, 120)
        stream = iter_versions(reader, VersionQuery(reverse=True))
        assert next(stream).n == 1
        for n in range(121, 131):
            commit_check(store, intent(tracked, n, minutes(n)))
        assert [each.n for each in stream] == list(range(2, 131))


def test_all_reads_of_a_block_are_of_one_moment(archive_url: str) -> None:
    with open_archive(archive_url) as store, open_archive(archive_url) as writer:
        watch(store)
        with store.read():
            found = list_articles(store)
            watch(writer, f"{URL}/2")
            assert list_articles(store) == found
        assert len(list_articles(store)) == 2
        # Not so in a block that writes: it must conclude from what was committed before it had its lock.
        watch(store, f"{URL}/3")
        assert len(list_articles(writer)) == 3


def test_a_stream_leaves_no_transaction_open(tmp_path: Path) -> None:
    with archive_at(tmp_path / "archive.db") as store:
        grow(store, watch(store), 3)
        stream = iter_versions(store, VersionQuery())
        next(stream)
        with closing(sqlite3.connect(tmp_path / "archive.db")) as file:
            # Fails as busy while any reader holds a snapshot: the write-ahead log could not be emptied.
            busy, _, _ = file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert busy == 0
        assert len(list(stream)) == 2


def test_one_store_from_many_threads_in_turn(archive_url: str) -> None:
    with open_archive(archive_url) as store:
        for n in range(5):
            thread = threading.Thread(target=save_host, args=(store, HostState(f"{n}.example", failures=n)))
            thread.start()
            thread.join()
        assert [get_host(store, f"{n}.example").failures for n in range(5)] == list(range(5))


@pytest.mark.postgres
def test_one_crawler_at_a_time_on_postgres(postgres: Server) -> None:
    url, other = postgres.create(), postgres.create()
    with lock(url), lock(other), pytest.raises(ArchiveLocked, match="another writethru"), lock(url):
        pass
    with lock(url):
        pass
    postgres.drop(url)
    postgres.drop(other)


@pytest.mark.postgres
def test_a_server_that_restarts_is_found_again(postgres: Server, postgres_url: str) -> None:
    with open_archive(postgres_url) as store:
        tracked = watch(store)
        name = postgres_url.partition("?")[0].rpartition("/")[2]
        postgres.execute(f"SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '{name}'")
        assert get_article(store, tracked.id) == tracked


def test_several_decisions_in_one_transaction(archive_url: str) -> None:
    with open_archive(archive_url) as store:
        tracked, other = watch(store), watch(store, URL + "/2")
        group = [intent(tracked, 1, minutes(1)), intent(other, 1, minutes(1)), intent(tracked, 2, minutes(2))]
        with store.write():
            done = [commit_check(store, each) for each in [*group, group[0]]]
        assert [each.version for each in done] == [1, 1, 2, None]
        assert done[-1].stale
        assert _counts(store) == (3, 3)


def _counts(store: Archive) -> tuple[int, int]:
    found = count_all(store)
    return found.versions, found.checks


def test_on_sqlite_the_one_process_leads(tmp_path: Path) -> None:
    with closing(Leadership(f"sqlite:///{tmp_path / 'a.db'}")) as lead:
        assert lead.check()


@pytest.mark.postgres
def test_one_leads_and_another_takes_over(postgres_url: str) -> None:
    with closing(Leadership(postgres_url)) as first, closing(Leadership(postgres_url)) as second:
        assert first.check()
        assert first.check(), "it stays ours"
        assert not second.check()
        first.close()
        assert _takes(second)


def _takes(lead: Leadership) -> bool:
    """Try for a while: the server ends a session, and its lock, only after the client has gone."""
    until = time.monotonic() + PATIENCE
    while not lead.check():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.postgres
def test_a_session_that_the_server_ended_leads_no_more(postgres: Server, postgres_url: str) -> None:
    with closing(Leadership(postgres_url)) as first, closing(Leadership(postgres_url)) as second:
        assert first.check()
        name = postgres_url.partition("?")[0].rpartition("/")[2]
        postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        assert _takes(second)
        assert not first.check()
        assert not first.check(), "and it does not take it from the other"


@pytest.mark.postgres
def test_services_work_beside_each_other_and_never_beside_one_that_works_alone(postgres_url: str) -> None:
    with (
        lock(postgres_url, shared=True),
        lock(postgres_url, shared=True),
        pytest.raises(ArchiveLocked),
        lock(postgres_url),
    ):
        pass
    with lock(postgres_url), pytest.raises(ArchiveLocked), lock(postgres_url, shared=True):
        pass


def test_hosts_are_due_in_the_order_of_their_oldest_article_or_list(store: Archive) -> None:
    for place in range(3):
        targets = [Target(f"https://h{place}.example/{n}") for n in range(9)]
        add_targets(store, "Herald", targets, NOW + timedelta(minutes=10 - place))
    add_targets(store, "Post", [Target("https://paused.example/a")], NOW)
    sync_source(store, "Post", [], NOW, paused=True)
    sync_source(store, "Hubs", [Hub("Hubs", HubKind.FEED, "https://feed.example/f")], NOW)
    waits = watch(store, "https://waits.example/a")
    save_host(store, HostState("waits.example", not_before=NOW + timedelta(days=1)))
    set_article_state(store, watch(store, "https://still.example/a").id, ArticleState.PAUSED, minutes(69))
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


def waits_for_a_lock(archive: Archive) -> bool:
    """Say whether any transaction of this database waits for another."""
    mine = "datname = current_database() AND wait_event_type = 'Lock'"
    with archive.read() as connection:
        return connection.number(f"SELECT count(*) FROM pg_stat_activity WHERE {mine}") > 0


@pytest.mark.postgres
async def test_groups_that_lock_hosts_in_opposite_order_both_complete(postgres_url: str) -> None:
    with open_archive(postgres_url) as store:
        tracked = [watch(store, f"{URL}/{n}") for n in range(4)]
    gate = threading.Barrier(2)

    def settle_first(archive: Archive, article: WatchedArticle, of_host: Intent) -> None:
        settle(archive, article, of_host, 0)
        if not gate.broken:
            gate.wait(PATIENCE)
            gate.abort()  # the check is repeated alone

    async def work(articles: list[WatchedArticle], hosts: tuple[str, str]) -> None:
        checks = [
            look(each, 0, NOW, CheckOutcome.UNCHANGED, host=HostState(host))
            for each, host in zip(articles, hosts, strict=True)
        ]
        async with ArchiveThread(lambda: open_archive(postgres_url)) as mine:
            await asyncio.gather(
                mine.run_grouped(settle_first, articles[0], checks[0]),
                mine.run_grouped(settle, articles[1], checks[1], 0),
            )

    await asyncio.gather(work(tracked[:2], ("a.example", "b.example")), work(tracked[2:], ("b.example", "a.example")))
    with open_archive(postgres_url) as store:
        assert [get_article(store, each.id).checks for each in tracked] == [1, 1, 1, 1]


@pytest.mark.postgres
async def test_a_poll_that_a_group_would_wait_for_in_a_cycle_does_not_fail(postgres_url: str) -> None:
    hub = Hub("Herald", HubKind.FEED, "https://feed.example/f")
    with open_archive(postgres_url) as store:
        sync_source(store, "Herald", [hub], NOW)
        first, second = watch(store, f"{URL}/1"), watch(store, f"{URL}/2")
    mentions = tuple(Mention(each.id, None, NOW, None, None, None) for each in (second, first))
    polled = HubPoll(hub, NOW, minutes(10), CheckOutcome.UNCHANGED, mentions=mentions)
    holds, waits = threading.Event(), threading.Event()

    def settle_first(archive: Archive, article: WatchedArticle, check: Intent) -> None:
        settle(archive, article, check, 0)
        holds.set()
        waits.wait(PATIENCE)

    with open_archive(postgres_url) as other, open_archive(postgres_url, readonly=True) as watcher:
        async with ArchiveThread(lambda: open_archive(postgres_url)) as worker:
            checks = [look(each, 0, minutes(1), CheckOutcome.UNCHANGED) for each in (first, second)]
            group = asyncio.gather(
                worker.run_grouped(settle_first, first, checks[0]), worker.run_grouped(settle, second, checks[1], 0)
            )
            await asyncio.to_thread(holds.wait, PATIENCE)
            poll = asyncio.create_task(asyncio.to_thread(commit_poll, other, polled))
            await until(lambda: waits_for_a_lock(watcher))
            waits.set()
            assert await poll == []
            await group
        assert [get_article(other, each.id).checks for each in (first, second)] == [1, 1]
