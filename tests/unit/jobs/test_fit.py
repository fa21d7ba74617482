import itertools
import math
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.jobs import fit as fitting
from tracker.jobs.check_intervals import CheckInterval, check_intervals
from tracker.jobs.curve import LIFE, SHIPPED, Curve
from tracker.jobs.fit import MIN_FITTED_ARTICLES, checked_fit, fit, fit_all
from tracker.jobs.fit_likelihood import Likelihood
from tracker.model.check import Check, CheckOutcome

BORN = datetime(2026, 11, 25, 8, tzinfo=UTC)
AGES = [0.1 * 1.32**step for step in range(33) if 0.1 * 1.32**step < LIFE]
TRUE = Curve(alpha=0.5, scale=2.0, mean_updates=1.5, shape=0.8, burst=1e-9)
PACES = {"slow": 0.4, "even": 1.0, "fast": 1.6}


def history(articles: int, *, night: float = 1.0, seed: int = 1) -> list[CheckInterval]:
    """Make the check log of a world that is as TRUE says; between 0 and 8 o'clock only the share *night* goes out."""
    rng = random.Random(seed)
    whole = 1 - (1 + LIFE / TRUE.scale) ** -TRUE.alpha
    found: list[CheckInterval] = []
    for number in range(articles):
        source = rng.choice(sorted(PACES))
        rate = TRUE.mean_updates * PACES[source] * rng.gammavariate(TRUE.shape, 1 / TRUE.shape)
        born, total, updates = rng.uniform(0, 24), 0.0, []
        while (total := total + rng.expovariate(1)) < rate:
            age = TRUE.scale * ((1 - rng.random() * whole) ** (-1 / TRUE.alpha) - 1)
            if (born + age) % 24 >= 8 or rng.random() < night:
                updates.append(age)
        for start, end in itertools.pairwise(AGES):
            changed = any(start < update <= end for update in updates)
            found.append(CheckInterval(str(number), source, start, end, changed, (born + start) % 24))
    rng.shuffle(found)
    return found


def articles(log: list[CheckInterval]) -> list[list[CheckInterval]]:
    found: dict[tuple[str, str], list[CheckInterval]] = {}
    for interval in log:
        found.setdefault((interval.source, interval.article), []).append(interval)
    return [sorted(each, key=lambda interval: interval.end) for each in found.values()]


NEAR = replace(SHIPPED, alpha=0.6, scale=3.0, mean_updates=1.0, shape=0.7, burst=1e-3)


@pytest.fixture(scope="module")
def learned() -> Curve:
    return fit_all(articles(history(1200)), NEAR, rounds=2)


def test_the_curve_of_the_world_is_found(learned):
    for age in (1.0, 6.0, 24.0, 168.0):
        assert learned.seen_by(age) == pytest.approx(TRUE.seen_by(age), abs=0.06)
    assert learned.mean_updates == pytest.approx(TRUE.mean_updates, rel=0.15)
    assert learned.shape == pytest.approx(TRUE.shape, rel=0.3)
    assert learned.burst * learned.burst_decay < 0.15


def test_sources_are_told_apart(learned):
    mean = sum(PACES.values()) / 3
    for source, pace in PACES.items():
        assert learned.sources[source] == pytest.approx(pace / mean, rel=0.2)


def test_an_even_day_is_found_even(learned):
    for hours in learned.hours.values():
        assert sum(hours) == pytest.approx(24)
        assert all(0.7 < sum(hours[start : start + 8]) / 8 < 1.35 for start in (0, 8, 16))


def test_the_night_is_found():
    learned = fit_all(articles(history(700, night=0.2)), NEAR, rounds=0)
    for hours in learned.hours.values():
        assert sum(hours[:8]) / 8 < 0.6 * sum(hours[8:]) / 16


def test_what_is_not_learned_is_kept(learned):
    assert learned.overwrite_rate == SHIPPED.overwrite_rate
    assert learned.threshold == SHIPPED.threshold


def test_the_shipped_constants_serve_until_there_is_enough_to_learn_from():
    assert fit(history(MIN_FITTED_ARTICLES - 1)) is SHIPPED
    assert fit([]) is SHIPPED
    assert fit([replace(interval, changed=False) for interval in history(MIN_FITTED_ARTICLES)]) is SHIPPED


def test_a_fit_beats_what_it_started_from():
    likelihood = Likelihood(articles(history(400, seed=3)))
    even = likelihood.factors({})
    assert likelihood.loss(likelihood.best(SHIPPED, even, SHIPPED), even) < likelihood.loss(SHIPPED, even)


def test_a_short_log_moves_the_constants_less_than_a_long_one():
    def distance(count: int) -> float:
        likelihood = Likelihood(articles(history(count, seed=4)))
        found = likelihood.best(SHIPPED, likelihood.factors({}), SHIPPED)
        names = ("alpha", "scale", "shape", "burst", "burst_decay")
        return sum(abs(math.log(getattr(found, name) / getattr(SHIPPED, name))) for name in names)

    assert distance(30) < 0.5 * distance(900)


def test_a_log_that_ends_while_articles_are_edited_does_not_lead_to_the_bounds():
    log = [interval for interval in history(400, seed=6) if interval.end < 12]
    likelihood = Likelihood(articles(log))
    found = likelihood.best(SHIPPED, likelihood.factors({}), SHIPPED)
    assert 0.3 < found.alpha < 4
    assert 1 < found.scale < 60
    assert found.shape < 10


def test_the_order_of_an_articles_log_does_not_matter():
    log = history(MIN_FITTED_ARTICLES)
    one = fit_all(articles(log), SHIPPED, rounds=0)
    other = fit_all(
        articles(sorted(log, key=lambda interval: (interval.source, interval.article, -interval.end))),
        SHIPPED,
        rounds=0,
    )
    assert one.mean_updates == pytest.approx(other.mean_updates, rel=1e-2)


def test_a_fit_that_finds_fewer_versions_on_the_newest_third_is_not_taken(monkeypatch):
    log = sorted(history(MIN_FITTED_ARTICLES), key=lambda interval: int(interval.article))
    poor = replace(SHIPPED, alpha=0.01, scale=0.05, hours=dict.fromkeys(PACES, (0.1,) * 12 + (1.9,) * 12))
    monkeypatch.setattr(fitting, "fit_all", lambda _articles, _start: poor)
    found = checked_fit(log, start=SHIPPED, in_use=TRUE)
    assert not found.taken
    assert found.curve is TRUE
    assert found.gain is not None
    assert found.gain < 0
    better = checked_fit(log, start=SHIPPED, in_use=poor)
    assert better.taken
    assert better.gain == 0


def check(hours: float, outcome: CheckOutcome) -> Check:
    return Check("a", BORN + timedelta(hours=hours), outcome)


def test_checks_that_saw_the_page_bound_what_happened_between():
    log = [
        check(0.1, CheckOutcome.NEW),
        check(1.0, CheckOutcome.NOT_MODIFIED),
        check(2.0, CheckOutcome.FAILED),
        check(4.0, CheckOutcome.CHANGED),
    ]
    first, second = check_intervals("a", "s", BORN, log)
    assert [first.start, first.end, second.start, second.end] == pytest.approx([0.1, 1.0, 1.0, 4.0])
    assert [first.changed, second.changed] == [False, True]
    assert second.clock == pytest.approx(9.0)


@given(
    st.lists(
        st.tuples(st.floats(-5, 800), st.sampled_from(list(CheckOutcome))),
        max_size=20,
    )
)
def test_check_intervals_follow_one_another_without_overlap(rows):
    found = check_intervals("a", "s", BORN, [check(hours, outcome) for hours, outcome in rows])
    for interval in found:
        assert 0 <= interval.start < interval.end
        assert 0 <= interval.clock < 24
    for before, after in itertools.pairwise(found):
        assert before.end <= after.start or math.isclose(before.end, after.start)
