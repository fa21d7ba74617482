import asyncio
from datetime import timedelta
from time import monotonic

import pytest

from tests.waiting import PATIENCE, until
from tracker.jobs.clock import Clock

pytestmark = pytest.mark.anyio


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
