from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.config.root import Config
from tracker.config.tables import ServiceConfig, SourceConfig
from tracker.jobs.cadence import Schedule, outlook_of, wait_hours
from tracker.jobs.curve import SHIPPED
from tracker.jobs.pricing import MAX_STEP_FACTOR, MAX_THRESHOLD, MIN_THRESHOLD, Pricing, steer
from tracker.model.watch import Survey, Tracked

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def articles(count: int, source: str = "s", host: str = "s.test", every: float = 0.3) -> tuple[Tracked, ...]:
    """Return articles of many ages, each looked at just now."""
    return tuple(
        Tracked(
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


def survey(*found: Tracked, times: int = 1, fresh: int = 0) -> Survey:
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


def test_a_step_is_small():
    first = Pricing(Schedule(), survey(*articles(400)), configured(5.0), NOW).repriced({})
    assert first.threshold == pytest.approx(SHIPPED.threshold * 1.5)


def test_a_sample_stands_for_all():
    config = configured(100.0)
    all_, some = survey(*articles(400)), survey(*articles(400)[::4], times=4)
    one, other = (settled(Schedule(), each, config).threshold for each in (all_, some))
    assert one == pytest.approx(other, rel=0.2)


def test_without_a_budget_the_shipped_price_serves():
    held = settled(Schedule(), survey(*articles(50)), configured(5.0))
    assert held.threshold > SHIPPED.threshold
    assert settled(held, survey(*articles(50)), configured(None)).threshold == SHIPPED.threshold


def test_a_source_with_a_budget_of_its_own_pays_its_own_price():
    config = configured(None, SourceConfig(name="s", budget=20.0), SourceConfig(name="t"))
    seen = survey(*articles(200), *articles(200, "t", "t.test"))
    schedule = settled(Schedule(), seen, config)
    assert requests(schedule, seen, "s") == pytest.approx(20.0, rel=0.1)
    assert list(schedule.sources) == ["s"]
    assert schedule.sources["s"] > schedule.threshold == SHIPPED.threshold


def test_both_budgets_hold_together():
    config = configured(100.0, SourceConfig(name="s", budget=20.0), SourceConfig(name="t"))
    seen = survey(*articles(200), *articles(200, "t", "t.test"))
    schedule = settled(Schedule(), seen, config)
    assert requests(schedule, seen, "s", "t") == pytest.approx(100.0, rel=0.1)
    assert requests(schedule, seen, "s") == pytest.approx(20.0, rel=0.1)


def test_fixed_intervals_take_their_part_and_are_left_alone():
    config = configured(200.0, SourceConfig(name="s", every=timedelta(hours=2)), SourceConfig(name="t"))
    seen, fixed = survey(*articles(100), *articles(100, "t", "t.test")), 50.0
    assert requests(settled(Schedule(), seen, config), seen, "t") + fixed == pytest.approx(200.0, rel=0.1)


def test_a_host_that_wants_time_between_requests_is_asked_less_often():
    seen, config = survey(*articles(300, every=0.02), *articles(50, "t", "t.test", every=24)), configured(None)
    assert settled(Schedule(), seen, config).hosts == {}
    assert requests(Schedule(), seen, "s") > 3600 / 60
    slow = settled(Schedule(), seen, config, delay=60.0)
    assert list(slow.hosts) == ["s.test"]
    assert requests(slow, seen, "s") == pytest.approx(0.8 * 3600 / 60, rel=0.1)


def test_a_paused_source_s_lists_cost_nothing_and_nothing_watched_changes_nothing():
    config = configured(10.0, SourceConfig(name="s", feeds=("https://s.test/feed",), paused=True))
    assert Pricing(Schedule(), Survey(), config, NOW).repriced({}) == Schedule()


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
