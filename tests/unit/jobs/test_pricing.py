from datetime import UTC, datetime, timedelta

import pytest

from tracker.config.root import Config
from tracker.config.tables import ServiceConfig, SourceConfig
from tracker.jobs.curve import SHIPPED
from tracker.jobs.pricing import Pricing
from tracker.jobs.update_model import UpdateModel
from tracker.model.check import Tracked
from tracker.model.watch_state import Survey

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


def settled(model: UpdateModel, seen: Survey, config: Config, **delays: float) -> UpdateModel:
    """Return what is believed when repricing changes no price any more by a thousandth."""
    for _ in range(40):
        before, model = model, Pricing(model, seen, config, NOW).repriced(delays, delay=2.0)
        if prices(model) == pytest.approx(prices(before), rel=0.001):
            break
    return model


def prices(model: UpdateModel) -> dict[str, float]:
    sources = {f"source {name}": price for name, price in model.sources.items()}
    return {"": model.curve.threshold, **model.hosts, **sources}


def configured(budget: float | None, *sources: SourceConfig) -> Config:
    return Config(service=ServiceConfig(budget=budget), sources=sources)


@pytest.mark.parametrize("budget", [30.0, 150.0, 600.0])
def test_the_budget_is_kept_with_lists_and_new_articles_in_it(budget):
    config = configured(budget, SourceConfig(name="s", feeds=("https://s.test/feed",)))
    seen = survey(*articles(400), fresh=48)
    planned = Pricing(settled(UpdateModel(), seen, config), seen, config, NOW).forecast()
    assert (planned.lists, planned.fresh) == (6.0, 2.0)
    assert planned.requests == pytest.approx(budget, rel=0.1)


def test_a_step_is_small():
    config = configured(5.0)
    first = Pricing(UpdateModel(), survey(*articles(400)), config, NOW).repriced({}, delay=2.0)
    assert first.curve.threshold == pytest.approx(SHIPPED.threshold * 1.5)


def test_a_sample_stands_for_all():
    config = configured(100.0)
    all_, some = survey(*articles(400)), survey(*articles(400)[::4], times=4)
    one, other = (settled(UpdateModel(), each, config).curve.threshold for each in (all_, some))
    assert one == pytest.approx(other, rel=0.2)


def test_without_a_budget_the_shipped_price_serves():
    held = UpdateModel(curve=settled(UpdateModel(), survey(*articles(50)), configured(5.0)).curve)
    assert held.curve.threshold > SHIPPED.threshold
    assert settled(held, survey(*articles(50)), configured(None)).curve.threshold == SHIPPED.threshold


def test_a_source_with_a_budget_of_its_own_pays_its_own_price():
    config = configured(None, SourceConfig(name="s", budget=20.0), SourceConfig(name="t"))
    seen = survey(*articles(200), *articles(200, "t", "t.test"))
    model = settled(UpdateModel(), seen, config)
    planned = Pricing(model, seen, config, NOW).forecast()
    assert planned.hosts["s.test"] == pytest.approx(20.0, rel=0.1)
    assert model.threshold("t", "t.test") == SHIPPED.threshold
    assert model.threshold("s", "s.test") > SHIPPED.threshold


def test_both_budgets_hold_together():
    config = configured(100.0, SourceConfig(name="s", budget=20.0), SourceConfig(name="t"))
    seen = survey(*articles(200), *articles(200, "t", "t.test"))
    planned = Pricing(settled(UpdateModel(), seen, config), seen, config, NOW).forecast()
    assert planned.requests == pytest.approx(100.0, rel=0.1)
    assert planned.hosts["s.test"] == pytest.approx(20.0, rel=0.1)


def test_fixed_intervals_take_their_part_and_are_left_alone():
    config = configured(200.0, SourceConfig(name="s", every=timedelta(hours=2)), SourceConfig(name="t"))
    seen = survey(*articles(100), *articles(100, "t", "t.test"))
    planned = Pricing(settled(UpdateModel(), seen, config), seen, config, NOW).forecast()
    assert planned.fixed == 50.0
    assert "s.test" not in planned.hosts
    assert planned.requests == pytest.approx(200.0, rel=0.1)


def test_a_host_that_wants_time_between_requests_is_asked_less_often():
    seen = survey(*articles(300, every=0.02), *articles(50, "t", "t.test"))
    free = settled(UpdateModel(), seen, configured(None))
    assert free.hosts == {}
    slow = settled(UpdateModel(), seen, configured(None), **{"s.test": 60.0})
    assert list(slow.hosts) == ["s.test"]
    planned = Pricing(slow, seen, configured(None), NOW).forecast()
    assert planned.hosts["s.test"] <= 0.85 * 3600 / 60
    assert Pricing(free, seen, configured(None), NOW).forecast().hosts["s.test"] > 3600 / 60


def test_a_paused_source_s_lists_cost_nothing_and_nothing_watched_changes_nothing():
    config = configured(10.0, SourceConfig(name="s", feeds=("https://s.test/feed",), paused=True))
    pricing = Pricing(UpdateModel(), Survey(), config, NOW)
    assert pricing.repriced({}, delay=2.0) == UpdateModel()
    planned = pricing.forecast()
    assert (planned.requests, planned.captures) == (0.0, 0.0)


def test_expected_captures_are_fewer_than_expected_updates():
    seen = survey(*articles(100))
    planned = Pricing(UpdateModel(), seen, configured(None), NOW).forecast()
    assert 0 < planned.captures < planned.decided * 24
