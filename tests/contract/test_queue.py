"""One contract for the queue of one process and the queue of many."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg
import pytest

from tests.dropping_proxy import DroppingProxy
from tests.postgres import Server
from tests.waiting import until
from tracker.errors import ArchiveError
from tracker.jobs.crawl import LocalQueue
from tracker.jobs.postgres import PostgresQueue, open_postgres_queue

Queue = LocalQueue | PostgresQueue


class Crew:
    """Crawls hosts when told to, and remembers who was at work at the same time."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.at_work: list[str] = []
        self.together = 0
        self.done: list[str] = []
        self.crashes: list[tuple[str, str]] = []

    async def crawl(self, host: str) -> None:
        assert host not in self.at_work
        self.at_work.append(host)
        self.together = max(self.together, len(self.at_work))
        try:
            await self.go.wait()
        finally:
            self.at_work.remove(host)
        if host == "bad.test":
            raise ValueError("a page nobody expected")
        self.done.append(host)

    def crashed(self, host: str, error: BaseException) -> None:
        self.crashes.append((host, str(error)))


@asynccontextmanager
async def local(crew: Crew, concurrency: int) -> AsyncIterator[Queue]:
    yield LocalQueue(crew.crawl, concurrency=concurrency, crashed=crew.crashed)


@pytest.fixture(params=["local", pytest.param("postgres", marks=pytest.mark.postgres)])
def queue_of(request: pytest.FixtureRequest) -> Any:
    if request.param == "local":
        yield local
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.create()

    @asynccontextmanager
    async def many(crew: Crew, concurrency: int) -> AsyncIterator[Queue]:
        async with open_postgres_queue(
            url, crew.crawl, concurrency=concurrency, crashed=crew.crashed, grace=0.5
        ) as queue:
            work = asyncio.create_task(queue.work())
            yield queue
            await queue.drain(5)
            await asyncio.wait([work])

    yield many
    server.drop(url)


@pytest.fixture
def crew() -> Crew:
    return Crew()


async def test_a_host_is_asked_for_once_and_may_come_again(queue_of: Any, crew: Crew) -> None:
    async with queue_of(crew, 10) as queue:
        assert await queue.offer(["a.test"])
        assert not await queue.offer(["a.test"])
        await until(lambda: crew.at_work)
        assert not await queue.offer(["a.test"]), "it is being crawled"
        assert await queue.offer(["b.test"])
        crew.go.set()
        await until(lambda: sorted(crew.done) == ["a.test", "b.test"])
        async with asyncio.timeout(20):
            while not await queue.offer(["a.test"]):
                await asyncio.sleep(0.02)
        await until(lambda: len(crew.done) == 3)


async def test_several_are_offered_at_once(queue_of: Any, crew: Crew) -> None:
    async with queue_of(crew, 10) as queue:
        assert await queue.offer(["a.test", "b.test", "a.test"]) == 2
        assert await queue.offer(["b.test", "c.test"]) == 1
        assert await queue.offer([]) == 0
        crew.go.set()
        await until(lambda: sorted(crew.done) == ["a.test", "b.test", "c.test"])


async def test_no_more_hosts_at_once_than_there_are_places(queue_of: Any, crew: Crew) -> None:
    async with queue_of(crew, 2) as queue:
        assert await queue.offer([f"{number}.test" for number in range(5)]) == 5
        await until(lambda: len(crew.at_work) == 2)
        crew.go.set()
        await until(lambda: len(crew.done) == 5)
    assert crew.together == 2


async def test_a_crash_is_told_and_the_others_go_on(queue_of: Any, crew: Crew) -> None:
    crew.go.set()
    async with queue_of(crew, 2) as queue:
        await queue.offer(["bad.test"])
        await until(lambda: crew.crashes)
        await queue.offer(["good.test"])
        await until(lambda: crew.done)
    assert crew.crashes == [("bad.test", "a page nobody expected")]
    assert crew.done == ["good.test"]


async def test_what_runs_ends_before_the_queue_does(queue_of: Any, crew: Crew) -> None:
    async with queue_of(crew, 2) as queue:
        await queue.offer(["a.test"])
        await until(lambda: crew.at_work)
        asyncio.get_running_loop().call_later(0.1, crew.go.set)
        assert await queue.drain(5)
        assert crew.done == ["a.test"]
        assert await queue.offer(["b.test"]) == 0, "nothing is taken any more"


async def test_what_does_not_end_is_cancelled_and_an_idle_queue_ends_at_once(queue_of: Any, crew: Crew) -> None:
    async with queue_of(crew, 2) as queue:
        await queue.offer(["a.test"])
        await until(lambda: crew.at_work)
        assert not await queue.drain(0.2)
        assert crew.at_work == []
        assert crew.done == []
    assert crew.crashes == []
    async with queue_of(Crew(), 2) as queue:
        assert await queue.drain(0)


@pytest.mark.postgres
async def test_a_worker_that_cannot_reach_the_server_for_a_while_listens_again(postgres: Server, postgres_url) -> None:
    taken: list[str] = []

    async def crawl(host: str) -> None:
        taken.append(host)

    def asked(query: str) -> list[Any]:
        with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
            return connection.execute(query.encode()).fetchall()

    listening = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%' "
        "AND pid <> pg_backend_pid()"
    )
    name = postgres_url.partition("?")[0].rpartition("/")[2]
    doors = f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS'
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    async with open_postgres_queue(
        postgres_url, crawl, concurrency=4, crashed=lambda _host, _error: None, grace=0.5
    ) as queue:
        work = asyncio.create_task(queue.work())
        await until(lambda: asked(listening))
        await asyncio.to_thread(postgres.execute, f"{doors} false")
        await asyncio.to_thread(postgres.execute, cut)
        await asyncio.sleep(1)
        await asyncio.to_thread(postgres.execute, f"{doors} true")
        await until(lambda: asked(listening))
        assert await queue.offer(["a.test"])
        await until(lambda: taken)
        await queue.drain(5)
        await asyncio.wait([work])


@pytest.mark.postgres
async def test_a_server_that_stays_away_is_asked_again_every_few_seconds(postgres: Server, postgres_url: str) -> None:
    name = postgres_url.partition("?")[0].rpartition("/")[2]
    doors = f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS'

    async def reached() -> bool:
        with suppress(ArchiveError):
            await queue.offer([])
            return True
        return False

    with DroppingProxy(postgres_url) as proxy:
        async with open_postgres_queue(
            proxy.url, Crew().crawl, concurrency=1, crashed=lambda _host, _error: None, grace=0.5
        ) as queue:
            await asyncio.to_thread(postgres.execute, f"{doors} false")
            cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            await asyncio.to_thread(postgres.execute, cut)
            asking, before = asyncio.create_task(reached()), proxy.accepted
            # With a pause that doubles each time there would be ten in half a minute.
            await until(lambda: proxy.accepted >= before + 16, 29)
            await asyncio.to_thread(postgres.execute, f"{doors} true")
            await asking
            assert await reached()
