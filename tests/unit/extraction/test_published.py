from datetime import UTC, datetime

import pytest

from tracker.extraction import dates
from tracker.extraction.extractor import read

from .pages import article

THIRD = datetime(2024, 5, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("تم نشره الجمعة 24 نيسان / أبريل 2020 09:22 مساءً", datetime(2020, 4, 24, 9, 22, tzinfo=UTC)),
        ("3 أيار 2024", THIRD),
        ("פורסם ב-3 במאי 2024", THIRD),
        ("3 מאי 2024", THIRD),
    ],
)
def test_months_by_their_names_in_the_levant(text, day):
    assert dates.find_written(text) == day


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


def test_labels_of_dates():
    assert dates.is_date_label("Published 3 May 2024")
    assert dates.is_date_label("Datum: 03.05.2024")
    assert not dates.is_date_label("Dated furniture sells")
    assert not dates.is_date_label("Published " + "x" * 90)
