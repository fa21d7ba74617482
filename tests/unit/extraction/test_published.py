from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.dates.parsing import DateContext
from tracker.extraction import dates
from tracker.extraction.extractor import read

from .pages import article, ld

THIRD = datetime(2024, 5, 3, tzinfo=UTC)
AT_TWO = datetime(2024, 5, 3, 14, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("page", "url", "when", "source"),
    [
        (article(before='<time datetime="2024-05-03T14:02:00Z">3 May</time>'), "", AT_TWO, "time"),
        (article(before='<span itemprop="datePublished" content="2024-05-03">x</span>'), "", THIRD, "time"),
        (article(before="<div>3 May 2024, 14:02</div>"), "", AT_TWO, "page"),
        (article(), "https://x.test/2024/05/03/a", THIRD, "address"),
        (article("<p>Printed on 3 May 2024 in Harbourton.</p>"), "", THIRD, "page"),
        (article(head='<meta name="date" content="3 May 2024">'), "", THIRD, "date"),
        (
            article(
                before="<div><img><p>Cranes over the old ferry terminal of Harbourton, 24 April 2024</p></div>",
                after="<ul><li>Date 3 May 2024</li></ul>",
            ),
            "",
            THIRD,
            "page",
        ),
    ],
)
def test_the_time_of_publication(page, url, when, source):
    found = read(page, url).article
    assert found.published == when
    assert dict(found.fields)["published"] == source


def test_a_clock_without_zone_takes_it_from_its_twin():
    meta = '<meta property="article:published_time" content="2024-05-03T14:02:00+02:00">'
    assert read(article(head=ld(datePublished="2024-05-03T14:02:00") + meta)).article.published == datetime(
        2024, 5, 3, 12, 2, tzinfo=UTC
    )
    page = article(before="<div>2024年5月3日 9時02分</div>").replace(b'lang="en"', b'lang="ja"')
    assert read(page).article.published == datetime(2024, 5, 3, 0, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 03 May 2024 15:02:00 CET",
        "2024-05-03 15:02 CET",
        "3 May 2024 15:02 CET",
        "May 3, 2024 10:02 am ET",
        "Fri May 03 2024 16:02:00 GMT+0200 (Central European Summer Time)",
        "2024-05-03T16:02:00[Europe/Paris]",
        "2024-05-03T14:02:00.123Z",
    ],
)
def test_a_time_is_in_the_zone_that_it_names(text):
    assert read(article(head=f'<meta name="date" content="{text}">')).article.published == AT_TWO


def test_a_date_in_the_headline_is_the_event_s():
    page = article(title="Races of 2024/5/1-2: all results", before="<div>2024/5/3 | Races</div>")
    assert read(page).article.published == THIRD


def test_a_date_in_a_caption_is_the_picture_s():
    figure = "<figure><figcaption>The pier on April 1, 2019</figcaption></figure>"
    page = article(before=figure, after="<ul><li>Date 3 May 2024</li></ul>")
    assert read(page).article.published == THIRD


def test_a_labelled_date_goes_before_those_of_teasers():
    filler = "".join(f"<div>Line {n} of the page's tools</div>" for n in range(20))
    page = article(before=filler, after="<h3>Storm, 1 April 2019</h3><ul><li>Datum 03.05.2024</li></ul>")
    assert read(page).article.published == THIRD


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
