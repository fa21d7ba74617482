import asyncio
import gc
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.waiting import PATIENCE, until
from tracker.config.root import Config
from tracker.config.tables import ServiceConfig, SourceConfig
from tracker.jobs.cadence import Schedule, outlook_of, wait_hours
from tracker.jobs.clock import Clock
from tracker.jobs.curve import SHIPPED
from tracker.jobs.postgres import PostgresQueue
from tracker.jobs.pricing import MAX_STEP_FACTOR, MAX_THRESHOLD, MIN_THRESHOLD, Pricing, steer
from tracker.model.watch import Survey, WatchedArticle
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
    await until(lambda: begun >= 2)
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


NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def articles(count: int, source: str = "s", host: str = "s.test", every: float = 0.3) -> tuple[WatchedArticle, ...]:
    """Return articles of many ages, each looked at just now."""
    return tuple(
        WatchedArticle(
            id=f"{source}{n}",
            source=source,
            url=f"https://{host}/{n}",
            host=host,
            first_seen_at=NOW - HOUR * every * (n + 1),
            last_check_at=NOW,
            next_check_at=NOW + HOUR,
            versions=1 + n % 3,
            checks=4,
        )
        for n in range(count)
    )


def survey(*found: WatchedArticle, times: int = 1, fresh: int = 0) -> Survey:
    return Survey(len(found) * times, found, fresh)


def settled(schedule: Schedule, seen: Survey, config: Config, delay: float = 0.0) -> Schedule:
    """Return the schedule when repricing changes no price any more by a thousandth; hosts want `delay` seconds."""
    for _ in range(40):
        pricing = Pricing(schedule, seen, config, NOW)
        before, schedule = schedule, pricing.repriced(dict.fromkeys(pricing.busy_hosts(), delay))
        if prices(schedule) == pytest.approx(prices(before), rel=0.001):
            return schedule
    pytest.fail("the prices move to and fro")


def prices(schedule: Schedule) -> dict[str, float]:
    sources = {f"source {name}": price for name, price in schedule.sources.items()}
    return {"": schedule.threshold, **schedule.hosts, **sources}


def requests(schedule: Schedule, seen: Survey, *sources: str) -> float:
    """Return the checks an hour of the articles of `sources`."""
    asked = (
        1 / wait_hours(outlook_of(each, NOW, changed=False), schedule.curve(each))
        for each in seen.sample
        if each.source in sources
    )
    return sum(asked) * seen.articles / len(seen.sample)


def configured(budget: float | None, *sources: SourceConfig) -> Config:
    return Config(service=ServiceConfig(budget=budget), sources=sources)


@pytest.mark.parametrize("budget", [30.0, 150.0, 600.0])
def test_the_budget_is_kept_with_lists_and_new_articles_in_it(budget):
    config = configured(budget, SourceConfig(name="s", feeds=("https://s.test/feed",)))
    seen = survey(*articles(400), fresh=48)
    lists, fresh = 6.0, 2.0
    asked = requests(settled(Schedule(), seen, config), seen, "s")
    assert asked + lists + fresh == pytest.approx(budget, rel=0.1)


def test_steps_are_small_samples_stand_for_all_and_paused_lists_cost_nothing():
    first = Pricing(Schedule(), survey(*articles(400)), configured(5.0), NOW).repriced({})
    assert first.threshold == pytest.approx(SHIPPED.threshold * 1.5)
    config = configured(100.0)
    all_, some = survey(*articles(400)), survey(*articles(400)[::4], times=4)
    one, other = (settled(Schedule(), each, config).threshold for each in (all_, some))
    assert one == pytest.approx(other, rel=0.2)
    config = configured(200.0, SourceConfig(name="s", every=timedelta(hours=2)), SourceConfig(name="t"))
    seen, fixed = survey(*articles(100), *articles(100, "t", "t.test")), 50.0
    assert requests(settled(Schedule(), seen, config), seen, "t") + fixed == pytest.approx(200.0, rel=0.1)
    config = configured(10.0, SourceConfig(name="s", feeds=("https://s.test/feed",), paused=True))
    assert Pricing(Schedule(), Survey(), config, NOW).repriced({}) == Schedule()


def test_every_source_pays_a_price_within_both_budgets_and_slow_hosts_are_asked_less():
    held = settled(Schedule(), survey(*articles(50)), configured(5.0))
    assert held.threshold > SHIPPED.threshold
    assert settled(held, survey(*articles(50)), configured(None)).threshold == SHIPPED.threshold
    config = configured(None, SourceConfig(name="s", budget=20.0), SourceConfig(name="t"))
    seen = survey(*articles(200), *articles(200, "t", "t.test"))
    schedule = settled(Schedule(), seen, config)
    assert requests(schedule, seen, "s") == pytest.approx(20.0, rel=0.1)
    assert list(schedule.sources) == ["s"]
    assert schedule.sources["s"] > schedule.threshold == SHIPPED.threshold
    config = configured(100.0, SourceConfig(name="s", budget=20.0), SourceConfig(name="t"))
    seen = survey(*articles(200), *articles(200, "t", "t.test"))
    schedule = settled(Schedule(), seen, config)
    assert requests(schedule, seen, "s", "t") == pytest.approx(100.0, rel=0.1)
    assert requests(schedule, seen, "s") == pytest.approx(20.0, rel=0.1)
    seen, config = survey(*articles(300, every=0.02), *articles(50, "t", "t.test", every=24)), configured(None)
    assert settled(Schedule(), seen, config).hosts == {}
    assert requests(Schedule(), seen, "s") > 3600 / 60
    slow = settled(Schedule(), seen, config, delay=60.0)
    assert list(slow.hosts) == ["s.test"]
    assert requests(slow, seen, "s") == pytest.approx(0.8 * 3600 / 60, rel=0.1)


@pytest.mark.parametrize("share", [0.1, 0.4, 0.8, 1.3, 3.0])
@pytest.mark.parametrize("threshold", [0.004, 0.05, 2.0])
@pytest.mark.parametrize("every", [0.02, 0.3, 6.0])
def test_it_gets_to_the_budget_and_stays(share, threshold, every):
    seen = survey(*articles(100, every=every))
    budget = share * requests(Schedule(), seen, "s")
    found = settled(Schedule(threshold), seen, configured(budget))
    assert requests(found, seen, "s") == pytest.approx(budget, rel=0.02)


@given(
    threshold=st.floats(MIN_THRESHOLD, MAX_THRESHOLD),
    asked=st.floats(0, 1e6),
    budget=st.floats(0.1, 1e6),
    more=st.floats(1, 10),
)
def test_no_step_is_large_and_more_money_never_makes_requests_dearer(threshold, asked, budget, more):
    moved = steer(threshold, asked, budget)
    assert MIN_THRESHOLD <= moved <= MAX_THRESHOLD
    assert threshold / MAX_STEP_FACTOR * 0.999 <= moved <= threshold * MAX_STEP_FACTOR * 1.001
    assert steer(threshold, asked, budget * more) <= moved
    assert steer(threshold, 0.0, budget) == threshold
