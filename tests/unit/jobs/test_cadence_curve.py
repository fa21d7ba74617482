import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.jobs.cadence import wait_hours
from tracker.jobs.curve import LIFE, SHIPPED, Curve, Outlook

SHORTEST, LONGEST = 2 / 60, LIFE


@st.composite
def outlooks(draw):
    found = draw(st.floats(0, 5))
    age = found + draw(st.floats(0, 700))
    updates = draw(st.integers(0, 40))
    return Outlook(
        age=age,
        watched_from=found,
        updates=updates,
        since_change=draw(st.floats(0, 500)) if updates else None,
        recall=draw(st.sampled_from([0.0, 0.5, 0.95, 1.0])),
        listed=draw(st.sampled_from([0.0, 0.2, 30.0, 1000.0])),
    )


def hazard(curve: Curve, outlook: Outlook, after: float) -> float:
    """Write the formula down once more, as a rate an hour."""
    whole = 1 - (1 + LIFE / curve.scale) ** -curve.alpha
    age = outlook.age + after
    rate = curve.rate(outlook) * curve.alpha / curve.scale * (1 + age / curve.scale) ** (-curve.alpha - 1) / whole
    if outlook.since_change is not None:
        rate += curve.burst * math.exp(-(outlook.since_change + after) / curve.burst_decay)
    return float(rate * (1 - outlook.recall if after < outlook.listed else 1))


@pytest.mark.parametrize(
    "outlook",
    [
        Outlook(0.1, 0.1),
        Outlook(5.0, 0.1, updates=3, since_change=0.4),
        Outlook(3.0, 0.1, updates=1, since_change=0.0, recall=0.9, listed=1.5),
        Outlook(200.0, 150.0),
    ],
)
@pytest.mark.parametrize("wait", [0.2, 1.0, 6.0, 48.0])
def test_the_cost_is_made_of_integrals_of_the_hazard(outlook, wait):
    steps = 40_000
    each = wait / steps
    rates = [hazard(SHIPPED, outlook, (n + 0.5) * each) * each for n in range(steps)]
    waiting = sum(rate * (wait - (n + 0.5) * each) for n, rate in enumerate(rates))
    alone = sum(hazard(SHIPPED, replace(outlook, recall=0.0), (n + 0.5) * each) * each for n in range(steps))
    overwrite = SHIPPED.overwrite_rate / (1 + wait / SHIPPED.overwrite_decay) * sum(rates) / alone
    assert SHIPPED.cost(outlook, wait) == pytest.approx(math.sqrt(sum(rates) ** 2 + 2 * overwrite * waiting), rel=1e-3)


@pytest.mark.parametrize("alpha", [0.3, 1 - 1e-9, 1.0, 1 + 1e-9, 2.5])
def test_every_power_of_the_decay_has_its_integral(alpha):
    curve = replace(SHIPPED, alpha=alpha)
    steps = 20_000
    rates = [hazard(curve, Outlook(2.0), (n + 0.5) * 5 / steps) * 5 / steps for n in range(steps)]
    waiting = sum(rate * (5 - (n + 0.5) * 5 / steps) for n, rate in enumerate(rates))
    overwrite = curve.overwrite_rate / (1 + 5 / curve.overwrite_decay)
    assert curve.cost(Outlook(2.0), 5) == pytest.approx(math.sqrt(sum(rates) ** 2 + 2 * overwrite * waiting), rel=1e-3)


def test_what_no_list_names_any_more_is_checked_less_often():
    listed = Outlook(20.0, updates=1, since_change=10.0)
    assert wait_hours(replace(listed, unlisted=True)) > 1.5 * wait_hours(listed)


def test_a_quiet_article_that_no_list_names_is_checked_again_within_a_day_and_within_a_week():
    first = Outlook(12.0, unlisted=True)
    assert wait_hours(first) < 24
    second = replace(first, age=first.age + wait_hours(first))
    assert second.age + wait_hours(second) < 24 * 7


def test_a_version_that_may_be_overwritten_is_checked_sooner():
    calm = replace(SHIPPED, overwrite_rate=0.0)
    assert wait_hours(Outlook(5.0)) < wait_hours(Outlook(5.0), calm)


@given(outlook=outlooks(), near=st.floats(0, 20), further=st.floats(0, 20))
def test_cost_never_falls_as_the_wait_grows(outlook, near, further):
    assert SHIPPED.cost(outlook, near) + 1e-9 >= 0
    assert SHIPPED.cost(outlook, near) <= SHIPPED.cost(outlook, near + further) + 1e-9


@given(outlook=outlooks(), threshold=st.floats(0.001, 5))
def test_the_wait_is_where_cost_meets_the_threshold(outlook, threshold):
    curve = replace(SHIPPED, threshold=threshold)
    wait = curve.wait(outlook, SHORTEST, LONGEST)
    assert SHORTEST <= wait <= LONGEST * (1 + 1e-9)
    if SHORTEST < wait < LONGEST * 0.999:
        assert curve.cost(outlook, wait) == pytest.approx(threshold, rel=0.02)


@given(outlook=outlooks(), threshold=st.floats(0.001, 5), less=st.floats(0, 1), more=st.floats(0, 1))
def test_the_surer_a_hub_the_sooner_we_look(outlook, threshold, less, more):
    curve = replace(SHIPPED, threshold=threshold)
    unsure, sure = sorted((less, more))
    first, second = (curve.wait(outlook, SHORTEST, LONGEST, pending=each) for each in (sure, unsure))
    assert first <= second * 1.01
    if sure >= min(threshold, 0.15):
        assert first == SHORTEST


@given(outlook=outlooks(), threshold=st.floats(0.005, 2))
def test_a_higher_price_never_brings_a_look_forward(outlook, threshold):
    near = wait_hours(outlook, replace(SHIPPED, threshold=threshold))
    assert near <= wait_hours(outlook, replace(SHIPPED, threshold=threshold * 1.5)) * 1.01


@given(outlook=outlooks(), recall=st.floats(0, 1), listed=st.floats(0, 100))
def test_a_hub_never_makes_us_look_sooner_when_it_is_silent(outlook, recall, listed):
    deaf = replace(outlook, recall=0.0, listed=0.0)
    assert wait_hours(replace(deaf, recall=recall, listed=listed)) >= wait_hours(deaf) * 0.99


@given(outlook=outlooks(), more=st.integers(1, 10))
def test_who_has_updated_more_is_expected_to_update_more(outlook, more):
    assert SHIPPED.rate(replace(outlook, updates=outlook.updates + more)) > SHIPPED.rate(outlook)
