from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.extraction import dates


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
    assert dates.parse_machine(text) == expected


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Published May 3, 2024 at 2:02 pm", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
        ("Updated May 3, 2024, 2:02 p.m. EDT", datetime(2024, 5, 3, 18, 2, tzinfo=UTC)),
        ("3. Mai 2024, 14:02 Uhr (MESZ)", datetime(2024, 5, 3, 12, 2, tzinfo=UTC)),
        ("May 3, 2024 2:02 PM CST", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),  # of America or of China
        ("3. Mai 2024, 14:02 Uhr", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
        ("Stand: 03.05.2024 - 12:30 AM", datetime(2024, 5, 3, 0, 30, tzinfo=UTC)),
        ("le 3 mai 2024 à 14h02", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
        ("3 de mayo de 2024", datetime(2024, 5, 3, tzinfo=UTC)),
        ("2024年5月3日 14時02分", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
        ("3 мая 2024", datetime(2024, 5, 3, tzinfo=UTC)),
        ("٣ مايو ٢٠٢٤", datetime(2024, 5, 3, tzinfo=UTC)),
        ("03.05.24", datetime(2024, 5, 3, tzinfo=UTC)),
        ("13/05/2024", datetime(2024, 5, 13, tzinfo=UTC)),
        ("05/13/2024", datetime(2024, 5, 13, tzinfo=UTC)),
        ("تم نشره الجمعة 24 نيسان / أبريل 2020 09:22 مساءً", datetime(2020, 4, 24, 9, 22, tzinfo=UTC)),
        ("3 أيار 2024", datetime(2024, 5, 3, tzinfo=UTC)),
        ("פורסם ב-3 במאי 2024", datetime(2024, 5, 3, tzinfo=UTC)),
        ("3 מאי 2024", datetime(2024, 5, 3, tzinfo=UTC)),
        ("3 Foo 2024", None),
        ("no date at all", None),
        ("Accepted 2024 May 3; 15(1)", datetime(2024, 5, 3, tzinfo=UTC)),
        ("2024. május 3. 14:02", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
    ],
)
def test_dates_in_words(text, expected):
    assert dates.find_written(text) == expected


def test_the_american_order():
    assert dates.find_written("5/3/2024", american=True) == datetime(2024, 5, 3, tzinfo=UTC)
    assert dates.find_written("5/3/2024") == datetime(2024, 3, 5, tzinfo=UTC)


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
        dates.parse_machine(text),
        dates.day_in_address("https://x.test/" + text),
        dates.find_written(text),
    ):
        assert value is None or value.tzinfo is not None
