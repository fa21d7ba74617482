from datetime import UTC, datetime, timedelta, timezone

import pytest

from tracker.render.times import ago, interval, iso, moment, span

NOW = datetime(2026, 11, 25, 12, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "shown"),
    [
        (NOW - timedelta(minutes=4), "between 12:01 and 12:05 UTC on 25 Nov 2026"),
        (NOW - timedelta(hours=12, minutes=7), "between 23:58 on 24 Nov 2026 and 12:05 UTC on 25 Nov 2026"),
        (NOW - timedelta(seconds=5), "between 12:05:04 and 12:05:09 UTC on 25 Nov 2026"),
        (NOW, "at 12:05:09 UTC on 25 Nov 2026"),
        (None, "first seen at 12:05 UTC on 25 Nov 2026"),
    ],
)
def test_an_interval_is_as_exact_as_it_must_be_and_in_utc(old, shown):
    assert interval(old, NOW) == shown
    east = timezone(timedelta(hours=9))
    assert interval(old and old.astimezone(east), NOW.astimezone(east)) == shown


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
