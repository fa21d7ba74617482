from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.dates.zones import DateContext
from tracker.extraction import dates

NOWHERE = DateContext()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-03T14:02:00Z", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
        ("2024-05-03T14:02:09.123+02:00", datetime(2024, 5, 3, 14, 2, 9, tzinfo=timezone(timedelta(hours=2)))),
        ("2024-05-03 14:02 -0530", datetime(2024, 5, 3, 14, 2, tzinfo=timezone(-timedelta(hours=5, minutes=30)))),
        ("2024-05-03", datetime(2024, 5, 3, tzinfo=UTC)),
        ("20240503T140200Z", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
        ("1714744920", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
        ("Fri, 03 May 2024 14:02:00 GMT", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
        ("Fri, 03 May 2024 14:02:00 -0000", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
        ("1675-01-01", None),
        ("2024-13-40", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("yesterday", None),
        ("", None),
        ("x" * 200, None),
    ],
)
def test_machine_dates(text, expected):
    assert dates.read(text, NOWHERE) == expected


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://x.test/2024/05/03/ferry", (2024, 5, 3)),
        ("https://x.test/news/2024-5-3-ferry", (2024, 5, 3)),
        ("https://x.test/a/20240503.html", (2024, 5, 3)),
        ("https://x.test/2024/may/03/ferry", (2024, 5, 3)),
        ("https://x.test/2024/xyz/03/ferry", None),
        ("https://x.test/2024/02/31/ferry", None),
        ("https://x.test/id/123456789", None),
        ("https://x.test/20241105/a", (2024, 11, 5)),
        ("https://x.test/2024111/a", None),
    ],
)
def test_days_in_addresses(url, day):
    found = dates.day_in_address(url)
    assert (found and (found.year, found.month, found.day)) == day


def test_labels_of_dates():
    assert dates.is_date_label("Published 3 May 2024")
    assert dates.is_date_label("Datum: 03.05.2024")
    assert not dates.is_date_label("Dated furniture sells")
    assert not dates.is_date_label("Published " + "x" * 90)


def test_a_zone_is_seen():
    assert dates.names_zone("2024-05-03T14:02:00+02:00")
    assert not dates.names_zone("2024-05-03T14:02:00")


@given(st.text(max_size=60))
def test_never_raise(text):
    for value in (
        dates.day_in_address("https://x.test/" + text),
        dates.read(text, NOWHERE),
    ):
        assert value is None or value.tzinfo is not None
