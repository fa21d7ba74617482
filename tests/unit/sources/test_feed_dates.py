"""Dates as feeds and sitemaps write them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.sources.feed_dates import parse_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T10:00:00Z", "2026-03-02T10:00:00+00:00"),
        ("2026-03-02T10:00:00.1234567+02:00", "2026-03-02T08:00:00.123456+00:00"),
        ("2026-03-02T10:00+0100", "2026-03-02T09:00:00+00:00"),
        ("2026-03-02 10:00", "2026-03-02T10:00:00+00:00"),
        ("2026-03-02", "2026-03-02T00:00:00+00:00"),
        ("2026-03", "2026-03-01T00:00:00+00:00"),
        ("2026", "2026-01-01T00:00:00+00:00"),
        ("Mon, 02 Mar 2026 10:00:00 EST", "2026-03-02T15:00:00+00:00"),
        ("2 Mar 2026 10:00:00 +0000", "2026-03-02T10:00:00+00:00"),
        (" 2026-03-02 ", "2026-03-02T00:00:00+00:00"),
    ],
)
def test_a_date_is_read_as_utc(text, expected):
    found = parse_date(text)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "1989-12-31",
        "2101-01-01",
        "2026-13-01",
        "2026-99",
        "0000",
        "1675679999",
        "9999-12-31T23:59:59-14:00",
        "Mon, 99 Mar 2026 10:00:00 GMT",
        "Mon, 02 Mar 2026 10:00:00 +9999999999",
        "2" * 100,
    ],
)
def test_what_is_no_date_of_our_time_is_none(text):
    assert parse_date(text) is None


@given(st.text(max_size=70))
@example("0001-01-01T00:00:00+23:59")
@example("Mon, 01 Jan 0001 00:00:00 +2359")
def test_no_text_raises(text):
    found = parse_date(text)
    assert found is None or 1990 <= found.year <= 2100
