from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.jobs.cadence import CEILING, FLOOR, JITTER, SHIPPED, next_check, retry
from tracker.model import Tracked

BORN = datetime(2026, 11, 25, 8, tzinfo=UTC)
MONTH = timedelta(days=30)


def tracked(**kwargs) -> Tracked:
    return Tracked(id="a7f3c0ffee12", source="s", url="https://s.test/a", host="s.test", first_seen_at=BORN, **kwargs)


def wait(
    age: timedelta, *, versions: int = 1, changed: bool = False, last_change: timedelta | None = None
) -> timedelta:
    article = tracked(versions=versions, last_change_at=BORN + last_change if last_change is not None else None)
    now = BORN + age
    due = next_check(article, now, changed=changed, every=None, until=MONTH)
    assert due is not None
    return due - now


def test_an_article_is_looked_at_less_often_as_it_ages():
    waits = [wait(timedelta(hours=hours)) for hours in (0.1, 1, 5, 24, 100)]
    assert waits == sorted(waits)
    assert waits[0] < timedelta(minutes=30)
    assert waits[-1] > timedelta(hours=6)


def test_an_article_that_changes_often_is_looked_at_more_often():
    calm = wait(timedelta(hours=10), versions=1)
    lively = wait(timedelta(hours=10), versions=6, last_change=timedelta(hours=4))
    assert lively < calm / 3


def test_a_change_is_followed_by_a_burst_of_attention():
    later = wait(timedelta(hours=10), versions=3, last_change=timedelta(hours=2))
    now = wait(timedelta(hours=10), versions=2, changed=True, last_change=timedelta(hours=2))
    assert now < later


def test_a_fixed_interval_is_kept():
    due = next_check(tracked(), BORN, changed=False, every=timedelta(minutes=3), until=MONTH)
    assert due == BORN + timedelta(minutes=3)


def test_an_article_that_was_quiet_for_long_enough_is_left_alone():
    assert next_check(tracked(), BORN + MONTH, changed=False, every=None, until=MONTH) is None


def test_a_late_change_keeps_it_under_watch():
    article = tracked(last_change_at=BORN + timedelta(days=20), versions=2)
    assert next_check(article, BORN + timedelta(days=40), changed=False, every=None, until=MONTH) is not None


@given(
    age=st.floats(0, 719),
    versions=st.integers(0, 200),
    checks=st.integers(0, 10_000),
    changed=st.booleans(),
)
def test_no_wait_leaves_its_bounds(age, versions, checks, changed):
    article = tracked(versions=versions, checks=checks, last_change_at=BORN)
    now = BORN + timedelta(hours=age)
    due = next_check(article, now, changed=changed, every=None, until=timedelta(days=60))
    assert due is not None
    assert FLOOR * (1 - JITTER) <= due - now <= CEILING * (1 + JITTER)


@given(age=st.floats(0, 700), near=st.floats(0, 10), further=st.floats(0, 10), updates=st.integers(0, 50))
def test_expected_updates_grow_with_the_wait(age, near, further, updates):
    less = SHIPPED.expected(age, near, age, updates)
    more = SHIPPED.expected(age, near + further, age, updates)
    assert 0 <= less <= more + 1e-9


def test_failures_are_retried_ever_later_up_to_a_day():
    waits = [retry(tracked(), BORN, failures=n, every=None, refused=False) - BORN for n in range(1, 15)]
    assert timedelta(minutes=9) <= waits[0] <= timedelta(minutes=11)
    assert all(later > earlier * 0.99 for earlier, later in pairwise(waits))
    assert waits[-1] <= timedelta(days=1) * (1 + JITTER)


@pytest.mark.parametrize("every", [None, timedelta(minutes=1)])
def test_who_refuses_us_is_left_alone_for_a_day(every):
    assert retry(tracked(), BORN, failures=1, every=every, refused=True) - BORN >= timedelta(hours=21)


def test_a_fixed_interval_backs_off_too():
    every = timedelta(minutes=1)
    assert retry(tracked(), BORN, failures=1, every=every, refused=False) == BORN + every
    assert retry(tracked(), BORN, failures=9, every=every, refused=False) == BORN + 8 * every
