from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archive_samples import intent, watch
from tests.archives import temporary_archive
from tracker.archive.articles import get_article
from tracker.archive.commits import commit_check
from tracker.cli.options import parse_when
from tracker.cli.versions import Numbers, split
from tracker.errors import NotKnown, UsageError

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a7f3", ("a7f3", "")),
        ("a7f3…", ("a7f3", "")),
        ("a7f3@v3", ("a7f3", "v3")),
        ("a7f3@3", ("a7f3", "3")),
        ("a7f3@-1", ("a7f3", "-1")),
        ("a7f3@last", ("a7f3", "last")),
        ("a7f3@2h", ("a7f3", "@2h")),
        ("a7f3@@1h30m", ("a7f3", "@1h30m")),
        ("a7f3@2026-11-24T09:00Z", ("a7f3", "2026-11-24T09:00Z")),
        ("https://example.org/@ann/story", ("https://example.org/@ann/story", "")),
        ("https://example.org/@ann/story@v2", ("https://example.org/@ann/story", "v2")),
    ],
)
def test_split(text, parts):
    assert split(text) == parts


def numbers(versions: int = 5) -> Numbers:
    """Return those of an article that had two versions three hours ago; the others came within the last hour."""
    archive = temporary_archive()
    tracked = watch(archive)
    for n in range(1, versions + 1):
        commit_check(archive, intent(tracked, n, NOW - timedelta(hours=3 if n <= 2 else 0.5, minutes=-n)))
    return Numbers(archive, get_article(archive, tracked.id), NOW)


@pytest.mark.parametrize(
    ("spec", "n"),
    [
        ("", 5),
        ("last", 5),
        ("first", 1),
        ("v3", 3),
        ("3", 3),
        ("-1", 5),
        ("v-2", 4),
        ("@2h", 2),
        ("2026-11-25T11:00", 2),
    ],
)
def test_one(spec, n):
    assert numbers().one(spec) == n


@pytest.mark.parametrize("spec", ["6", "0", "-6", "@4h"])
def test_no_such_version(spec):
    with pytest.raises(NotKnown):
        numbers().one(spec)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("", (4, 5)),
        ("2..4", (2, 4)),
        ("..3", (1, 3)),
        ("2..", (2, 5)),
        ("v3", (2, 3)),
        ("first", (1, 1)),
        ("-2..-1", (4, 5)),
        ("4..2", (4, 2)),
    ],
)
def test_pair(text, ends):
    assert numbers().pair(text) == ends


def test_pair_of_a_single_version_says_so():
    with pytest.raises(NotKnown, match="nothing to compare"):
        numbers(1).pair("")
    with pytest.raises(NotKnown, match="no version"):
        numbers(0).pair("")


def test_parse_when():
    assert parse_when("24h", NOW) == NOW - timedelta(days=1)
    assert parse_when("24h ago", NOW) == NOW - timedelta(days=1)
    assert parse_when("2026-11-24", NOW) == datetime(2026, 11, 24, tzinfo=UTC)
    assert parse_when("2026-11-24T10:00+02:00", NOW) == datetime(2026, 11, 24, 8, tzinfo=UTC)
    for text in ("soon", "0001-01-01T00:00+14:00"):
        with pytest.raises(UsageError, match="not a valid time"):
            parse_when(text, NOW)


@given(st.integers(0, 10_000_000))
def test_a_day_is_its_midnight_within_the_last_week(minutes):
    now = NOW + timedelta(minutes=minutes)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    assert parse_when("today", now) == midnight
    assert parse_when("Yesterday", now) == midnight - timedelta(days=1)
    for weekday, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")):
        day = parse_when(name, now)
        assert day.weekday() == weekday
        assert timedelta(days=1) <= midnight - day <= timedelta(days=7)
