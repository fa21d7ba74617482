from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.jobs.curve import SHIPPED, Outlook
from tracker.jobs.pricing import (
    MAX_STEP_FACTOR,
    MAX_THRESHOLD,
    MIN_THRESHOLD,
    bounded,
    crossing,
    demand,
    for_host,
    ladder,
    steer,
)

prices = st.floats(MIN_THRESHOLD, MAX_THRESHOLD)
budgets = st.floats(0.1, 1e6)
WATCHED = [
    Outlook(age, 0.1, n % 4, 2.0 if n % 4 else None) for n, age in enumerate((0.2, 1.0, 3.0, 9.0, 30.0, 100.0, 400.0))
]


@st.composite
def demands(draw):
    """Demand that falls as the price rises, at a few prices."""
    at = sorted(draw(st.lists(prices, min_size=2, max_size=6, unique=True)))
    requests = sorted(draw(st.lists(st.floats(0.5, 1e5), min_size=len(at), max_size=len(at))), reverse=True)
    return tuple(zip(at, requests, strict=True))


def test_demand_falls_as_the_price_rises():
    found = demand(WATCHED, ladder(0.05))
    assert [threshold for threshold, _ in found] == list(ladder(0.05))
    assert all(cheap > dear for (_, cheap), (_, dear) in pairwise(found))


def test_a_budget_that_is_kept_is_left_alone():
    threshold = 0.05
    here = demand(WATCHED, [threshold])[0][1]
    assert steer(threshold, demand(WATCHED, ladder(threshold)), here) == pytest.approx(threshold, rel=1e-6)


@pytest.mark.parametrize("share", [0.1, 0.4, 0.8, 1.3, 3.0])
@pytest.mark.parametrize("threshold", [0.004, 0.05, 2.0])
def test_it_gets_to_the_budget_and_stays(share, threshold):
    budget = share * demand(WATCHED, [SHIPPED.threshold])[0][1]
    for _ in range(25):
        threshold = steer(threshold, demand(WATCHED, ladder(threshold)), budget)
    assert demand(WATCHED, [threshold])[0][1] == pytest.approx(budget, rel=0.02)


@given(threshold=prices, expected=demands(), budget=budgets)
def test_no_step_is_large(threshold, expected, budget):
    moved = steer(threshold, expected, budget)
    assert MIN_THRESHOLD <= moved <= MAX_THRESHOLD
    assert threshold / MAX_STEP_FACTOR * 0.999 <= moved <= threshold * MAX_STEP_FACTOR * 1.001


@given(threshold=prices, expected=demands(), budget=budgets, more=st.floats(1, 10))
def test_more_money_never_makes_requests_dearer(threshold, expected, budget, more):
    assert steer(threshold, expected, budget * more) <= steer(threshold, expected, budget) * (1 + 1e-9)


@given(expected=demands(), share=st.floats(0.01, 0.99))
def test_the_price_found_lies_between_the_prices_known_to_be_too_low_and_too_high(expected, share):
    budget = expected[0][1] ** share * expected[-1][1] ** (1 - share)
    found = crossing(expected, budget)
    assert found is not None
    dear = [threshold for threshold, requests in expected if requests > budget]
    cheap = [threshold for threshold, requests in expected if requests < budget]
    assert max(dear, default=MIN_THRESHOLD) * (1 - 1e-9) <= found <= min(cheap, default=MAX_THRESHOLD) * (1 + 1e-9)


def test_without_anything_under_watch_the_price_stays():
    assert steer(0.05, (), 100.0) == 0.05
    assert steer(0.05, ((0.05, 0.0),), 100.0) == 0.05
    assert for_host(0.05, (), 10.0) == 0.05


def test_one_known_price_is_enough():
    assert crossing(((0.1, 50.0),), 100.0) == pytest.approx(0.05)


def test_without_a_budget_requests_are_as_dear_as_they_get():
    assert crossing(((0.1, 50.0), (0.2, 20.0)), 0.0) == MAX_THRESHOLD


def test_demand_that_has_gone_flat_is_left_by_ordinary_steps():
    assert crossing(((0.1, 50.0), (0.2, 50.0)), 25.0) == pytest.approx(0.4, rel=0.01)


def test_a_host_is_never_asked_more_often_than_is_polite():
    expected = demand(WATCHED, ladder(0.01))
    threshold = for_host(0.01, expected, 1800.0)
    assert threshold > 0.01
    assert demand(WATCHED, [threshold])[0][1] <= 0.8 * 2 * 1.1


def test_a_host_with_room_pays_what_all_pay():
    assert for_host(0.05, demand(WATCHED, ladder(0.05)), 1.0) == 0.05
    assert for_host(0.05, demand(WATCHED, ladder(0.05)), 0.0) == 0.05


def test_prices_have_bounds():
    assert bounded(0.0) == MIN_THRESHOLD
    assert bounded(1e9) == MAX_THRESHOLD
