import asyncio
from datetime import timedelta
from time import monotonic

import pytest

from tests.waiting import PATIENCE, until
from tracker.jobs.clock import Clock
from tracker.jobs.local import LocalQueue

pytestmark = pytest.mark.anyio


class Crew:
    """Crawls hosts when told to, and remembers who was at work at the same time."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.at_work: list[str] = []
        self.most = 0
        self.done: list[str] = []
        self.crashes: list[tuple[str, str]] = []

    async def crawl(self, host: str) -> None:
        self.at_work.append(host)
        self.most = max(self.most, len(self.at_work))
        await self.go.wait()
        self.at_work.remove(host)
        if host == "bad.test":
            raise ValueError("a page nobody expected")
        self.done.append(host)

    def crashed(self, host: str, error: BaseException) -> None:
        self.crashes.append((host, str(error)))

    def queue(self, concurrency: int = 10) -> LocalQueue:
        return LocalQueue(self.crawl, concurrency=concurrency, crashed=self.crashed)


async def test_a_host_is_crawled_by_one_task_at_a_time():
    crew = Crew()
    queue = crew.queue()
    assert await queue.submit("a.test")
    assert not await queue.submit("a.test")
    assert await queue.submit("b.test")
    crew.go.set()
    await queue.join()
    assert sorted(crew.done) == ["a.test", "b.test"]
    assert await queue.submit("a.test"), "a host whose turn is over may come again"
    await queue.join()


async def test_no_more_hosts_at_once_than_there_are_places():
    crew = Crew()
    queue = crew.queue(concurrency=2)
    for number in range(5):
        await queue.submit(f"{number}.test")
    await asyncio.sleep(0)
    crew.go.set()
    await queue.join()
    assert crew.most == 2
    assert len(crew.done) == 5


async def test_an_exception_is_reported_and_stops_nobody_else():
    crew = Crew()
    queue = crew.queue()
    await queue.submit("bad.test")
    await queue.submit("a.test")
    crew.go.set()
    await queue.join()
    assert crew.crashes == [("bad.test", "a page nobody expected")]
    assert crew.done == ["a.test"]
    assert await queue.submit("bad.test")
    await queue.join()


async def test_draining_waits_for_what_runs_and_takes_nothing_more():
    crew = Crew()
    queue = crew.queue()
    await queue.submit("a.test")
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(0.05, crew.go.set)
    assert await queue.drain(5)
    assert crew.done == ["a.test"]
    assert not await queue.submit("b.test")


async def test_draining_cancels_what_does_not_end():
    crew = Crew()
    queue = crew.queue()
    await queue.submit("a.test")
    await asyncio.sleep(0)
    assert not await queue.drain(0.05)
    assert crew.done == []
    assert crew.crashes == []


async def test_draining_an_idle_queue_is_done_at_once():
    assert await Crew().queue().drain(0)


async def test_the_clock_runs_what_it_was_given_until_it_is_stopped():
    rings: list[str] = []

    async def ring(name: str) -> None:
        rings.append(name)

    clock = Clock()
    clock.start()
    clock.every(timedelta(seconds=0.05), ring, "tick", name="tick")
    clock.every(timedelta(hours=1), ring, "start", name="start", at_once=True)
    clock.every(timedelta(hours=1), ring, "later", name="later")
    await until(lambda: {"tick", "start"} <= set(rings))
    clock.stop()
    assert {"tick", "start"} == set(rings)
    await asyncio.sleep(0.05)  # what had been set off already may still ring
    heard = len(rings)
    await asyncio.sleep(0.15)
    assert len(rings) == heard, "a stopped clock is silent"


@pytest.mark.parametrize("rearmed", [False, True])
async def test_an_overrunning_job_is_not_started_twice(rearmed: bool):
    running = 0
    most = 0

    async def slow() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.2)
        running -= 1

    clock = Clock()
    clock.start()
    clock.every(timedelta(seconds=0.03), slow, name="slow")
    await asyncio.sleep(0.1)
    if rearmed:
        clock.rearm()
    await asyncio.sleep(0.4)
    clock.stop()
    await asyncio.sleep(0.25)
    assert most == 1


async def test_a_clock_that_begins_anew_rings_the_same_bells():
    rings: list[str] = []

    async def ring(name: str) -> None:
        rings.append(name)

    clock, began = Clock(), monotonic()
    clock.start()
    clock.every(timedelta(seconds=0.05), ring, "tick", name="tick")
    clock.rearm()
    clock.every(timedelta(seconds=0.05), ring, "hub", name="hub")
    await until(lambda: min(rings.count("tick"), rings.count("hub")) >= 5)
    clock.stop()
    assert set(rings) == {"tick", "hub"}
    assert max(map(rings.count, rings)) < (monotonic() - began) / 0.05 * 1.5 + 2, "and each but once"


async def test_what_runs_when_the_clock_stops_comes_to_its_end_and_is_no_error(caplog):
    begun, ended, clock = set(), [], Clock()

    async def long(seconds: float) -> None:
        begun.add(seconds)
        await asyncio.sleep(seconds)
        ended.append(seconds)

    clock.every(timedelta(milliseconds=20), long, 0.1, name="long")
    clock.every(timedelta(milliseconds=20), long, 300.0, name="too long")
    clock.start()
    await until(lambda: len(begun) == 2)
    clock.stop()
    before = len(ended)
    async with asyncio.timeout(PATIENCE):
        await clock.rest(1.0)
    assert set(ended) == {0.1}
    assert len(ended) <= before + 1
    assert caplog.records == []
    await clock.rest(1.0)
