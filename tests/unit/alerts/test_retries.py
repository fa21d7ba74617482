from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.alerts.retries import MAX_RETRY_AFTER, RETRY_DELAYS, retry_delay


def test_the_schedule_is_that_of_standard_webhooks():
    waits = [retry_delay(failed, jitter=0) for failed in range(1, 10)]
    assert waits == list(RETRY_DELAYS[1:])
    assert waits[0] == timedelta(seconds=5)
    assert waits[-1] == timedelta(hours=24)
    assert retry_delay(10, jitter=0) is None
    assert retry_delay(11, jitter=0, retry_after=1) is None


@given(st.integers(1, 9), st.floats(-1, 1))
def test_jitter_moves_a_wait_by_at_most_a_fifth(failed, by):
    made = retry_delay(failed, jitter=by)
    assert made is not None
    assert RETRY_DELAYS[failed] * 0.799 <= made <= RETRY_DELAYS[failed] * 1.201


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (3, timedelta(seconds=5)),
        (60, timedelta(seconds=60)),
        (1e18, MAX_RETRY_AFTER),
        (0, timedelta(seconds=5)),
        (-5, timedelta(seconds=5)),
        (float("nan"), timedelta(seconds=5)),
    ],
)
def test_a_target_is_never_tried_sooner_than_it_asked(named, expected):
    assert retry_delay(1, jitter=0, retry_after=named) == expected
