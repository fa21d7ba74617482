from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.jobs.cadence_replay import History, compare, equal_loss, fixed, halfway, ladder, replay
from tracker.jobs.curve import SHIPPED

BORN = datetime(2026, 11, 1, tzinfo=UTC)
MONTH = timedelta(days=30)


def history(*hours: float, name: str = "a", days: float = 20) -> History:
    updates = tuple(BORN + timedelta(hours=each) for each in sorted(hours))
    return History(name, "s", BORN, BORN, BORN + timedelta(days=days), updates)


def test_a_fixed_interval_sees_what_stands_when_it_looks():
    found = replay("hourly", [history(0.5, 2.1, 2.2, 2.9, days=1)], fixed(timedelta(hours=1), MONTH))
    assert (found.requests, found.captured, found.updates) == (24, 2, 4)
    assert found.median_delay == pytest.approx(timedelta(minutes=48), abs=timedelta(seconds=1))


def test_the_ladder_slows_down_as_an_article_calms_down():
    found = replay("ladder", [history(days=1)], ladder(1.0, MONTH))
    assert found.requests == 12 + 21
    lively = replay("ladder", [history(12.0, days=1)], ladder(1.0, MONTH))
    assert lively.requests > found.requests


def test_the_watch_ends_when_nothing_has_happened_for_long_enough():
    quiet = replay("ladder", [history(days=20)], ladder(1.0, timedelta(days=2)))
    assert quiet.requests < replay("ladder", [history(days=20)], ladder(1.0, MONTH)).requests


def test_nothing_to_replay_gives_nothing():
    found = replay("none", [history()], fixed(timedelta(days=50), MONTH))
    assert (found.requests, found.captured, found.updates, found.median_delay) == (0, 0, 0, None)


def test_an_update_nobody_looked_for_has_no_delay():
    assert replay("late", [history(1.0)], fixed(timedelta(days=50), MONTH)).median_delay is None


def test_the_others_are_given_the_requests_we_took():
    world = [history(0.5 + n / 10, 3.0 + n, 30.0 + n, name=f"a{n}") for n in range(20)]
    ours, *others = compare(world, until=MONTH)
    assert ours.policy == "equal loss"
    for other in others:
        assert 0.9 * ours.requests <= other.requests <= ours.requests
        assert ours.captured >= other.captured


def test_halfway_is_between():
    assert halfway(BORN, BORN + timedelta(hours=2)) == BORN + timedelta(hours=1)


@settings(max_examples=25)
@given(st.lists(st.lists(st.floats(0.01, 400), max_size=5, unique=True), min_size=1, max_size=4))
def test_no_policy_sees_more_than_there_was(rows):
    world = [history(*hours, name=f"a{n}") for n, hours in enumerate(rows)]
    found = replay("ours", world, equal_loss(SHIPPED, MONTH))
    assert 0 <= found.captured <= found.updates == sum(len(hours) for hours in rows)
    assert found.captured <= found.requests
