"""When alerts are due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alert_samples import rule
from tracker.alerts.payload import version_alert
from tracker.alerts.samples import sample
from tracker.alerts.schedule import cap_window, cap_window_end, due_at, scheduled
from tracker.model.alert import Batch


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "at", "due"),
    [
        ({}, "2026-11-25T12:00", None),
        ({"quiet": "22:00-07:00"}, "2026-11-25T12:00", None),
        ({"quiet": "22:00-07:00"}, "2026-11-25T22:00", "2026-11-26T07:00"),
        ({"quiet": "22:00-07:00"}, "2026-11-26T06:59:59", "2026-11-26T07:00"),
        ({"quiet": "22:00-07:00"}, "2026-11-26T07:00", None),
        ({"quiet": "12:00-14:00"}, "2026-11-25T13:00", "2026-11-25T14:00"),
        ({"quiet": "22:00-07:00", "zone": "Europe/Berlin"}, "2026-11-25T21:30", "2026-11-26T06:00"),
        ({"quiet": "22:00-07:00", "zone": "Europe/Berlin"}, "2026-07-25T20:30", "2026-07-26T05:00"),
        ({"quiet": "22:00-02:30", "zone": "Europe/Berlin"}, "2026-03-29T00:30", "2026-03-29T01:30"),
        ({"quiet": "22:00-02:30", "zone": "Europe/Berlin"}, "2026-10-25T00:15", "2026-10-25T00:30"),
        ({"quiet": "22:00-02:30", "zone": "Europe/Berlin"}, "2026-10-25T00:40", None),
        ({"quiet": "22:00-02:30", "zone": "Europe/Berlin"}, "2026-10-25T01:15", "2026-10-25T01:30"),
        ({"quiet": "22:00-02:30", "zone": "Europe/Berlin"}, "2026-03-29T00:10", "2026-03-29T01:30"),
        ({"quiet": "22:00-07:00", "zone": "Europe/Berlin"}, "2026-03-28T22:30", "2026-03-29T05:00"),
        ({"quiet": "22:00-07:00", "zone": "Europe/Berlin"}, "2026-10-24T20:30", "2026-10-25T06:00"),
        ({"digest": {"at": "07:00"}, "zone": "Europe/Berlin"}, "2026-03-29T04:59", "2026-03-29T05:00"),
        ({"digest": {"at": "07:00"}, "zone": "Europe/Berlin"}, "2026-10-25T05:30", "2026-10-25T06:00"),
        ({"digest": {"at": "02:30"}, "zone": "Europe/Berlin"}, "2026-10-25T01:15", "2026-10-26T01:30"),
        ({"digest": {"every": "1h"}, "zone": "Europe/Berlin"}, "2026-10-25T00:15", "2026-10-25T01:00"),
        ({"digest": {"every": "1h"}, "zone": "Europe/Berlin"}, "2026-10-25T01:15", "2026-10-25T02:00"),
        ({"digest": {"every": "1h"}}, "2026-11-25T12:10", "2026-11-25T13:00"),
        ({"digest": {"every": "1h"}}, "2026-11-25T13:00", "2026-11-25T14:00"),
        ({"digest": {"every": "7h"}}, "2026-11-25T22:10", "2026-11-26T00:00"),
        ({"digest": {"every": "1d"}}, "2026-11-25T22:10", "2026-11-26T00:00"),
        ({"digest": {"at": "07:00"}}, "2026-11-25T06:00", "2026-11-25T07:00"),
        ({"digest": {"at": "07:00"}}, "2026-11-25T07:00", "2026-11-26T07:00"),
        ({"digest": {"at": "07:00"}, "zone": "America/New_York"}, "2026-11-25T06:00", "2026-11-25T12:00"),
        ({"digest": {"every": "1h"}, "quiet": "22:00-07:00"}, "2026-11-25T22:10", "2026-11-26T07:00"),
    ],
)
def test_due_times(fields, at, due):
    assert due_at(rule(**fields), utc(at)) == (utc(due) if due else None)


def test_an_alert_is_scheduled_into_the_batch_of_its_rule_and_time():
    version, previous = sample("correction")
    alert = version_alert("R", "desk", version, previous, link="")
    assert scheduled(alert, rule(), utc("2026-11-25T12:00")) is alert
    held = scheduled(alert, rule(digest={"at": "07:00"}), utc("2026-11-25T12:00"))
    assert (held.due_at, held.batch) == (utc("2026-11-26T07:00"), Batch("R|2026-11-26T07:00:00Z"))


@given(st.integers(0, 10 * 365 * 86400))
def test_a_due_time_is_in_the_future_and_within_two_days(seconds):
    at = utc("2020-01-01T00:00") + timedelta(seconds=seconds)
    for fields in ({"quiet": "22:00-07:00"}, {"digest": {"every": "7h"}}, {"digest": {"at": "02:30"}}):
        due = due_at(rule(zone="Europe/Berlin", **fields), at)
        assert due is None or at < due <= at + timedelta(days=2)


def test_caps_are_counted_by_the_hour_or_the_day():
    assert cap_window(20) == (20, timedelta(hours=1))
    assert cap_window(12 / 24) == (12, timedelta(days=1))
    assert cap_window_end(utc("2026-11-25T12:10"), timedelta(hours=1)) == utc("2026-11-25T13:00")
    assert cap_window_end(utc("2026-11-25T12:10"), timedelta(days=1)) == utc("2026-11-26T00:00")
