"""How long what fails is left alone."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tracker.backoff import MAX_RETRY_PAUSE, Backoff, backoff, jitter

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_pause_is_twice_as_long_after_each_failure_up_to_a_limit():
    pauses = [backoff(MINUTE, failures, 7 * MINUTE) for failures in (0, 1, 2, 3, 4, 10**6)]
    assert pauses == [MINUTE, MINUTE, 2 * MINUTE, 4 * MINUTE, 7 * MINUTE, 7 * MINUTE]


def test_a_service_that_fails_is_left_alone_until_it_has_succeeded():
    service = Backoff()
    assert not service.is_waiting(NOW)
    assert [service.fail(NOW) for _ in range(8)][-3:] == [32 * MINUTE, MAX_RETRY_PAUSE, MAX_RETRY_PAUSE]
    assert service.is_waiting(NOW + 59 * MINUTE)
    assert not service.is_waiting(NOW + 60 * MINUTE)
    assert not service.is_waiting(NOW - MINUTE), "the clock was set back"
    service.succeed()
    assert not service.is_waiting(NOW)
    assert service.fail(NOW) == MINUTE


@given(st.text(), st.integers(1, 10))
def test_jitter_is_the_same_for_the_same_key_and_count(key, count):
    assert jitter(key, count) == jitter(key, count)
    assert -1 <= jitter(key, count) <= 1


def test_jitter_spreads_what_waits():
    assert len({jitter(f"wt_{n}", 1) for n in range(50)}) == 50
