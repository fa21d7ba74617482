from datetime import UTC, datetime, timedelta

import pytest

from tracker.model.capture import Capture
from tracker.model.source import Storm
from tracker.model.watch import CheckOutcome

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/html; charset=ISO-8859-1", "iso-8859-1"),
        ('text/html; Charset="windows-1252"; x=y', "windows-1252"),
        ("text/html", ""),
        ("", ""),
    ],
)
def test_the_charset_is_that_of_the_content_type(content_type: str, charset: str):
    url = "https://herald.example/"
    assert Capture(url, url, 200, (("content-type", content_type),), b"", NOW, "").charset == charset


@pytest.mark.parametrize(
    ("question", "outcomes"),
    [
        ("made_version", "new changed"),
        ("found_unchanged", "unchanged not-modified"),
        ("saw_page", "new changed unchanged not-modified"),
        ("compared", "changed unchanged not-modified"),
        ("saw_nothing", "refused failed"),
    ],
)
def test_what_an_outcome_says_of_the_article(question, outcomes):
    assert [str(each) for each in CheckOutcome if getattr(each, question)] == outcomes.split()


NOW_STATUS = datetime(2026, 11, 1, tzinfo=UTC)


def test_a_storm_holds_from_its_beginning_until_its_end():
    storm = Storm("s", NOW_STATUS, NOW_STATUS + timedelta(hours=1), 30, 30)
    minutes = (-1, 0, 59, 60)
    assert [storm.holds(NOW_STATUS + timedelta(minutes=each)) for each in minutes] == [False, True, True, False]
