"""What pages show of versions: how many, how they reach copies, which a reader has seen."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.articles import article
from tracker.model.story import Place, Run
from tracker.model.version import VersionSummary
from tracker.web.pages.article import max_shown_versions
from tracker.web.pages.stories import Arrival, arrival
from tracker.web.reading import MAX_OPENED, Reading, read_text


@pytest.mark.parametrize(("paragraphs", "versions"), [(0, 60), (10, 60), (30, 30), (100, 9), (1000, 6)])
def test_a_long_live_page_shows_fewer_versions(paragraphs, versions):
    newest = SimpleNamespace(content=article(*(f"Entry {n}." for n in range(paragraphs)), title="Live"))
    assert max_shown_versions(cast("Any", newest)) == versions


AT = datetime(2026, 11, 25, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
COPY = Place("b", "https://b.example", "copy", origin="a", history=(Run(1, AT + HOUR, 1), Run(2, AT + 5 * HOUR, 3)))


def test_a_version_reaches_a_copy_when_the_copy_first_runs_it():
    assert arrival(COPY, 1, AT) == Arrival(3600)
    assert arrival(COPY, 3, AT + 3 * HOUR) == Arrival(7200)


def test_a_copy_that_runs_a_later_version_passed_over_those_between():
    assert arrival(COPY, 2, AT + 2 * HOUR) == Arrival(10_800, skipped=True)


def test_what_no_copy_runs_has_not_come():
    assert arrival(COPY, 4, AT + 6 * HOUR) == Arrival()


ROWS = st.integers(1, 10**9)


def seen(row: int) -> VersionSummary:
    return VersionSummary("a" * 12, 2, "https://x.example/", AT, "x", "t", "0" * 64, id=row)


@given(st.integers(0, 10**9), st.sets(ROWS, max_size=60))
def test_what_is_written_is_read_back(row, later):
    reading = Reading(row, AT).after(row + each for each in later)
    assert read_text(reading.text()) == reading
    assert all(not reading.is_unread(seen(row + each)) for each in later)
    assert not reading.is_unread(seen(row))
    assert reading.is_unread(seen(row + 10**9 + 1))


@given(st.text())
def test_any_cookie_is_read(text):
    reading = read_text(text)
    assert reading.at is not None or not reading.is_unread(seen(5))


def test_nonsense_is_nothing():
    for text in ("", ".", "1", "1.x", "-1.2", "1.²", "1." + "9" * 15, "9" * 16 + ".1", "1.1." * 3000, "1.2;x=y"):
        assert read_text(text) == Reading(), text
    assert Reading().after([1, 2]) == Reading()


def test_the_cookie_stays_small():
    reading = Reading(10**9, AT).after(range(10**9, 2 * 10**9, 10**6))
    assert len(reading.opened) == MAX_OPENED
    assert len(reading.text()) < 3800
    assert read_text(reading.text()) == reading
