import asyncio
import gc
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest

from tests.waiting import PATIENCE, until
from tracker.jobs.clock import Clock
from tracker.jobs.postgres import PostgresQueue
from tracker.observe import logs


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
    await clock.rest(PATIENCE)
    heard = list(rings)
    another, later = Clock(), list[str]()

    async def ring_later() -> None:
        later.append("tick")

    another.start()
    another.every(timedelta(seconds=0.05), ring_later, name="tick")
    await until(lambda: len(later) >= 3)
    another.stop()
    assert rings == heard, "a stopped clock is silent"


@pytest.mark.parametrize("rearmed", [False, True])
async def test_an_overrunning_job_is_not_started_twice(rearmed: bool):
    begun, beats, over = 0, 0, asyncio.Event()

    async def slow() -> None:
        nonlocal begun
        begun += 1
        await over.wait()

    async def beat() -> None:
        nonlocal beats
        beats += 1

    clock = Clock()
    clock.start()
    clock.every(timedelta(seconds=0.03), slow, name="slow")
    clock.every(timedelta(seconds=0.03), beat, name="beat")
    await until(lambda: begun and beats >= 3)
    if rearmed:
        clock.rearm()
    before = beats
    await until(lambda: beats >= before + 5)
    assert begun == 1
    over.set()
    await until(lambda: begun == 2)
    clock.stop()


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


MOST = 3


@pytest.mark.parametrize("years", [1, 170])
async def test_what_was_missed_is_counted_once(years):
    async def tick() -> None:
        pass

    clock = Clock()
    clock.every(timedelta(seconds=1), tick, name="tick")
    clock.start()
    try:
        (job,) = clock._scheduler.get_jobs()
        at, now, runs = job.next_run_time, datetime.now(UTC) + timedelta(days=365 * years), 0
        while at <= now and runs <= MOST:
            at, runs = job.trigger.get_next_fire_time(at, now), runs + 1
        assert runs <= MOST
        assert at - now <= timedelta(seconds=1)
        assert job.trigger.get_next_fire_time(at, at) == at + timedelta(seconds=1)
    finally:
        clock.stop()


BACK_WITHIN = 10.0


class App:
    """A queue whose server is away."""

    def task(self, **_: object) -> Any:
        return lambda work: work

    periodic = task

    async def run_worker_async(self, **_: object) -> None:
        raise OSError("connection refused")


async def test_a_server_that_is_back_is_found_soon_and_its_absence_is_reported_once(monkeypatch, capsys):
    pauses: list[float] = []

    async def at_once(waiting: Any, seconds: float) -> None:
        waiting.close()
        pauses.append(seconds)
        if len(pauses) == 20:
            queue._closing.set()
        raise TimeoutError

    monkeypatch.setattr(asyncio, "wait_for", at_once)
    logs.configure()
    app: Any = App()
    queue = PostgresQueue(app, lambda _host: asyncio.sleep(0), concurrency=1, crashed=lambda *_: None, grace=1.0)
    await queue.work()
    assert pauses == sorted(pauses)
    assert len(pauses) == 20
    assert pauses[0] < pauses[-1] < BACK_WITHIN / 2
    assert capsys.readouterr().err.count("the work was interrupted") == 1


async def test_jobs_whose_end_could_not_be_recorded_are_not_reported_as_errors(caplog):
    async def job() -> None:
        raise OSError("connection refused")

    class Leaving(App):
        async def run_worker_async(self, **_: object) -> None:
            asyncio.get_running_loop().create_task(job())
            queue._closing.set()
            await asyncio.sleep(0.01)

    app: Any = Leaving()
    queue = PostgresQueue(app, lambda _host: asyncio.sleep(0), concurrency=1, crashed=lambda *_: None, grace=1.0)
    try:
        await queue.work()
        gc.collect()
        assert caplog.records == []
    finally:
        asyncio.get_running_loop().set_exception_handler(None)
