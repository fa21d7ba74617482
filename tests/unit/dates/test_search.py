"""Dates in lines of text."""

from datetime import UTC, datetime

import pytest

from tracker.dates.search import find_date
from tracker.dates.zones import DateContext


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Published May 3, 2024 at 2:02 pm", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
        ("Updated May 3, 2024, 2:02 p.m. EDT", datetime(2024, 5, 3, 18, 2, tzinfo=UTC)),
        ("3. Mai 2024, 14:02 Uhr (MESZ)", datetime(2024, 5, 3, 12, 2, tzinfo=UTC)),
        ("May 3, 2024 2:02 PM CST", datetime(2024, 5, 3, 20, 2, tzinfo=UTC)),
        ("May 3, 2024 2:02 PM ET", datetime(2024, 5, 3, 18, 2, tzinfo=UTC)),
        ("May 3, 2024 2:02 PM AT THE PORT", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
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
    assert find_date(text, DateContext()) == expected


def test_the_american_order():
    assert find_date("5/3/2024", DateContext(), american=True) == datetime(2024, 5, 3, tzinfo=UTC)
    assert find_date("5/3/2024", DateContext()) == datetime(2024, 3, 5, tzinfo=UTC)


def test_a_zone_that_differs_between_countries_is_that_of_the_page_s_country():
    found = find_date("May 3, 2024 2:02 PM CST", DateContext("zh-CN"))
    assert found == datetime(2024, 5, 3, 6, 2, tzinfo=UTC)
