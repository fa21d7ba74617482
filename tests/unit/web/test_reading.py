"""What a reader has seen, in a cookie."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tracker.model.version import VersionSummary
from tracker.web.reading import MAX_OPENED, Reading, read_text

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
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
