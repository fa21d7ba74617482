import runpy
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tracker.dates.parsing import DateContext, find_date, parse_date, read_date


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
        # ISO 8601 in full, and Unix time
        ("20260302T100000Z", "2026-03-02T10:00:00+00:00"),
        ("2026-061", "2026-03-02T00:00:00+00:00"),
        ("26061", "2026-03-02T00:00:00+00:00"),
        ("260302", "2026-03-02T00:00:00+00:00"),
        ("-26-03", "2026-03-01T00:00:00+00:00"),
        ("2026-W10-1", "2026-03-02T00:00:00+00:00"),
        ("2026-03-01T24:00:00Z", "2026-03-02T00:00:00+00:00"),
        ("2026-03-02T10:00:00 -0330", "2026-03-02T13:30:00+00:00"),
        ("1675679999", "2023-02-06T10:39:59+00:00"),
        ("1675679999000", "2023-02-06T10:39:59+00:00"),
        # offsets and zones
        ("Mon, 02 Mar 2026 10:00:00 +01:00", "2026-03-02T09:00:00+00:00"),
        ("Mon, 02 Mar 2026 10:00:00 GMT+2", "2026-03-02T08:00:00+00:00"),
        ("Mon, 02 Mar 2026 10:00:00 GMT-07:00", "2026-03-02T17:00:00+00:00"),
        ("Mon, 02 Mar 2026 10:00:00 CET", "2026-03-02T09:00:00+00:00"),
        ("Mon, 06 Jul 2026 10:00:00 CEST", "2026-07-06T08:00:00+00:00"),
        ("Mon, 06 Jul 2026 10:00:00 BST", "2026-07-06T09:00:00+00:00"),
        ("Mon, 02 Mar 2026 10:00:00 JST", "2026-03-02T01:00:00+00:00"),
        ("Mon, 02 Mar 2026 10:00:00 AEST", "2026-03-02T00:00:00+00:00"),
        ("Mon, 02 Mar 2026 10:00:00 MET", "2026-03-02T09:00:00+00:00"),
        ("Mon, 02 Mar 2026 10:00:00 ET", "2026-03-02T15:00:00+00:00"),
        ("Mon, 06 Jul 2026 10:00:00 PT", "2026-07-06T17:00:00+00:00"),
        ("Mon, 06 Jul 2026 10:00:00 America/Los_Angeles", "2026-07-06T17:00:00+00:00"),
        ("Mon Mar 02 2026 10:00:00 GMT+0100 (Central European Standard Time)", "2026-03-02T09:00:00+00:00"),
        ("2026-03-02T10:00:00+01:00[Europe/Paris]", "2026-03-02T09:00:00+00:00"),
        ("2026-03-02T10:00:00Z[UTC]", "2026-03-02T10:00:00+00:00"),
        ("2026-07-06T10:00:00[America/New_York]", "2026-07-06T14:00:00+00:00"),
        ("2026-03-02 10:00:00 (EST)", "2026-03-02T15:00:00+00:00"),
        ("Mon, 2 Mar 2026 10:00:00 +0100 CET", "2026-03-02T09:00:00+00:00"),
        ("Mon Mar  2 10:00:00 EST 2026", "2026-03-02T15:00:00+00:00"),
        # what people write
        ("Monday, March 2nd, 2026 at 3:05 p.m.", "2026-03-02T15:05:00+00:00"),
        ("03/13/2026 12:30 AM", "2026-03-13T00:30:00+00:00"),
        ("Tues, 03/02/2026", "2026-02-03T00:00:00+00:00"),
        ("13.3.2026 10:00", "2026-03-13T10:00:00+00:00"),
        ("02-Mar-2026 10:00:00 GMT", "2026-03-02T10:00:00+00:00"),
        ("Mon, 02 Mar 26 10:00:00 GMT", "2026-03-02T10:00:00+00:00"),
        ("mar, 3 mars 2026 10:00:00 +0100", "2026-03-03T09:00:00+00:00"),
        ("lun. 2 mars 2026 à 20h30 CET", "2026-03-02T19:30:00+00:00"),
        ("2 de marzo de 2026", "2026-03-02T00:00:00+00:00"),
        ("Mo, 02 Mär 2026 10:00:00 +0100", "2026-03-02T09:00:00+00:00"),
        ("пн, 02 марта 2026 10:00:00 +0300", "2026-03-02T07:00:00+00:00"),
        ("٢ مارس ٢٠٢٦", "2026-03-02T00:00:00+00:00"),
        ("2026년 3월 2일 오후 3:05", "2026-03-02T06:05:00+00:00"),
        ("2026/03/02 午後 3:05", "2026-03-02T06:05:00+00:00"),
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
        "3675679999",
        "9999-12-31T23:59:59-14:00",
        "Mon, 99 Mar 2026 10:00:00 GMT",
        "Mon, 02 Mar 2026 10:00:00 +9999999999",
        "2" * 100,
        # letters after the time that are no zone, or not one zone
        "Mon, 02 Mar 2026 10:00:00 QQQ",
        "Mon, 02 Mar 2026 10:00:00 A",
        "Mon, 02 Mar 2026 10:00:00 IST",
        "Mon, 02 Mar 2026 10:00:00 Europe/Nowhere",
        "Mon, 02 Mar 2026 10:00:00 America",
        "2026-03-02T10:00:00-05:00Z",
        "Mon, 02 Mar 2026 10:00:00 +0200 CET",
        "Mon, 02 Mar 2026 10:00:00 +00:zz",
        "2 März 2026 10:00",
        "2 Mar 2026 10:00 Uhr",
        "2026年3月2日 10:00",
        # clocks that were set: a time that was there twice, and one that was never there
        "Sun, 25 Oct 2026 02:30:00 Europe/Berlin",
        "Sun, 29 Mar 2026 02:30:00 Europe/Berlin",
        # days, years and hours that can be read in two ways, or not at all
        "03/02/2026",
        "23/10/30",
        "03-12-31",
        "2 lis 2026",
        "March 26 26",
        "March 2026",
        "2026-03-02-10:00",
        "2 March 2026 10:00-11:00",
        "2 March 2026 10:00 to 11:00",
        "2 March 2026 25:00",
        "2 March 2026 0:30 PM",
        "Sun, Dec x 2026 11:47:32 GMT",
        "Updated 2 March 2026",
    ],
)
def test_what_is_no_date_of_our_time_is_none(text):
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "context", "hour"),
    [
        ("Mon, 02 Mar 2026 10:00:00 IST", DateContext("hi"), 4),
        ("Mon, 02 Mar 2026 10:00:00 IST", DateContext(url="https://news.example.ie/feed"), 9),
        ("Mon, 02 Mar 2026 10:00:00 IST", DateContext("he", "https://x.com/"), 8),
        ("Mon Mar 02 10:00:00 CST 2026", DateContext("zh-CN"), 2),
        ("Mon Mar 02 10:00:00 CST 2026", DateContext("en-US"), 16),
        ("2026年3月2日 10:00", DateContext("ja"), 1),
        ("2026年3月2日 10:00", DateContext(url="https://x.com.tw/"), 2),
    ],
)
def test_what_differs_between_countries_is_read_by_language_or_host(text, context, hour):
    found = parse_date(text, context)
    assert found is not None
    assert found.hour == hour


def test_names_of_months_orders_and_zones_that_differ_between_countries_follow_the_page():
    assert parse_date("2 lis 2026", DateContext("pl")) == datetime(2026, 11, 2, tzinfo=UTC)
    assert parse_date("2 lis 2026", DateContext("hr")) == datetime(2026, 10, 2, tzinfo=UTC)
    assert parse_date("Mon, 02 Mar 2026 10:00:00 EST", DateContext("en-AU")) is None
    assert find_date("5/3/2024", DateContext(), american=True) == datetime(2024, 5, 3, tzinfo=UTC)
    assert find_date("5/3/2024", DateContext()) == datetime(2024, 3, 5, tzinfo=UTC)
    found = find_date("May 3, 2024 2:02 PM CST", DateContext("zh-CN"))
    assert found == datetime(2024, 5, 3, 6, 2, tzinfo=UTC)


def test_abbreviations_have_the_offsets_of_the_iana_database():
    moments = [datetime(2026, month, 2, 10, tzinfo=UTC) for month in (1, 7)]
    offsets: dict[str, set[timedelta]] = {}
    for key in available_timezones() - {"Factory", "localtime"}:
        for moment in moments:
            local = moment.astimezone(ZoneInfo(key))
            offsets.setdefault(local.tzname() or "", set()).add(local.utcoffset() or timedelta())
    for name, found in offsets.items():
        read = parse_date(f"Mon, 02 Mar 2026 10:00:00 {name}") if name.isalpha() and len(found) == 1 else None
        assert read is None or read == datetime(2026, 3, 2, 10, tzinfo=UTC) - found.pop(), name


def test_the_file_of_words_is_what_babel_says(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["date_words.py", "--check"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(Path(__file__).resolve().parents[3] / ".ci" / "date_words.py"), run_name="__main__")
    assert ended.value.code == 0, "run .ci/date_words.py: babel has other names now"


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.builds(datetime.fromtimestamp, st.integers(631_300_000, 4_102_300_000), OFFSETS))
def test_a_date_as_programs_write_it_is_read_exactly(moment):
    for text in (moment.isoformat(), str(moment), format_datetime(moment), f"{moment:%A, %B %d %Y %I:%M:%S %p %z}"):
        assert parse_date(text) == moment, text


@given(st.text(max_size=70))
@example("0001-01-01T00:00:00+23:59")
@example("Mon, 01 Jan 0001 00:00:00 +2359")
def test_no_text_raises(text):
    found = parse_date(text)
    assert found is None or 1990 <= found.year <= 2100


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


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("۱ فروردین ۱۴۰۰", "fa", (2021, 3, 21)),
        ("30 اسفند 1399", "fa", (2021, 3, 20)),
        ("12 دی\u200cماه 1402", "fa-IR", (2024, 1, 2)),
        ("۱۴۰۳/۰۹/۱۲", "fa", (2024, 12, 2)),
        ("1403/09/12", "en", None),
        ("12 มกราคม 2567", "th", (2024, 1, 12)),
        ("5 ธ.ค. 2566", "th", (2023, 12, 5)),
        ("民國109年4月17日", "zh-TW", (2020, 4, 17)),
        ("令和6年1月2日", "ja", (2024, 1, 2)),
        ("平成30年12月31日", "ja", (2018, 12, 31)),
    ],
)
def test_dates_of_other_calendars(text, language, day):
    wanted = datetime(day[0], day[1], day[2], tzinfo=UTC) if day else None
    assert find_date(text, DateContext(language)) == wanted
    if not text.isascii():
        assert read_date(text, DateContext(language)) == wanted


@given(st.dates(date(1990, 1, 1), date(2048, 12, 31)))
def test_persian_years_begin_at_the_vernal_equinox_and_days_follow_one_another(day):
    dates = [
        find_date(f"{n} {month} {day.year - 621}", DateContext("fa"))
        for month, last in (("فروردین", 31), ("مهر", 30), ("اسفند", 29))
        for n in range(1, last + 1)
    ]
    found = [each for each in dates if each is not None]
    assert len(found) == len(dates)
    assert (found[0].month, found[0].day) in {(3, 20), (3, 21)}
    assert [(found[n] - found[0]).days for n in (30, 31, 60, 61)] == [30, 186, 215, 336]


@pytest.mark.parametrize("text", ["11:25 PM - 10 Jul 2020", "23:25, 10 July 2020", "10 July 2020, 23:25"])
def test_a_time_of_day_right_before_or_behind_a_date_belongs_to_it(text):
    assert find_date(text, DateContext("en")) == datetime(2020, 7, 10, 23, 25, tzinfo=UTC)
