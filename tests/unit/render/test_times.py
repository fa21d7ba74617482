from datetime import UTC, datetime, timedelta, timezone

import pytest

from tracker.render.times import ago, interval, iso, moment, span

NOW = datetime(2026, 11, 25, 12, 5, 9, tzinfo=UTC)


def test_interval_on_one_day():
    assert interval(NOW - timedelta(minutes=4), NOW) == "between 12:01 and 12:05 UTC on 25 Nov 2026"


def test_interval_over_midnight_names_both_days():
    old = datetime(2026, 11, 24, 23, 58, tzinfo=UTC)
    assert interval(old, NOW) == "between 23:58 on 24 Nov 2026 and 12:05 UTC on 25 Nov 2026"


def test_interval_within_a_minute_has_seconds():
    assert interval(NOW - timedelta(seconds=5), NOW) == "between 12:05:04 and 12:05:09 UTC on 25 Nov 2026"


def test_interval_within_a_second_is_a_time():
    assert interval(NOW, NOW) == "at 12:05:09 UTC on 25 Nov 2026"


def test_interval_of_a_first_version():
    assert interval(None, NOW) == "first seen at 12:05 UTC on 25 Nov 2026"


def test_interval_is_utc_whatever_the_zone():
    east = timezone(timedelta(hours=9))
    assert interval((NOW - timedelta(minutes=4)).astimezone(east), NOW.astimezone(east)).startswith("between 12:01 and")


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        (NOW, "12:05"),
        (NOW - timedelta(days=1), "24 Nov 12:05"),
        (NOW - timedelta(days=365), "25 Nov 2025 12:05"),
    ],
)
def test_moment_is_as_short_as_it_can_be(when, shown):
    assert moment(when, NOW) == shown


def test_moment_without_now_is_whole():
    assert moment(NOW) == "25 Nov 2026 12:05"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (45, "45 s"), (720, "12 min"), (12000, "3 h 20 min"), (3605, "1 h"), (187200, "2 d 4 h"), (-5, "0 s")],
)
def test_span_in_two_units(seconds, shown):
    assert span(timedelta(seconds=seconds)) == shown


def test_ago():
    assert ago(None, NOW) == "never"
    assert ago(NOW - timedelta(minutes=3), NOW) == "3 min ago"
    assert ago(NOW + timedelta(minutes=3), NOW) == "in 3 min"


def test_iso():
    assert iso(None) is None
    assert iso(NOW) == "2026-11-25T12:05:09Z"
