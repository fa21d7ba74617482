from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.unit.render.samples import NOON, content, version
from tracker.model.change import Change, Label, LabelKind
from tracker.render import timeline
from tracker.render.text import cells
from tracker.render.times import ago, interval, iso, moment, span

ONE_WORD = replace(version(1, None), content=content("Closed."))
BARE = replace(version(2, Change()), content=replace(version().content, title=""))


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (version(), "a7f30c1d v4→v5 2026-11-25T12:05:00Z +6 −5 headline,number “Portland visit postponed”"),
        (version(1, None), "a7f30c1d v1 2026-11-25T12:05:00Z 6 words first “Portland visit postponed”"),
        (ONE_WORD, "a7f30c1d v1 2026-11-25T12:05:00Z 1 word first “Portland visit postponed”"),
        (BARE, "a7f30c1d v1→v2 2026-11-25T12:05:00Z +0 −0 unlabelled “https://example.org/portland”"),
    ],
    ids=["an edit", "a first version", "a first version of one word", "without label and title"],
)
def test_one_line_says_it_all(shown, line):
    assert timeline.line(shown, NOON) == line


def test_line_is_cut_to_the_width():
    shown = timeline.line(version(), NOON + timedelta(days=2), 80)
    assert cells(shown) <= 80
    assert shown.endswith("…”")
    assert "25 Nov 12:05" in shown
    assert cells(timeline.line(version(), NOON, 50)) <= 50
    assert timeline.line(version(), NOON, 200).endswith("postponed”")


def test_where_width_is_short_the_headline_and_the_most_prominent_labels_stay():
    labels = tuple(Label(kind, "") for kind in (LabelKind.LEAD, LabelKind.DEK, LabelKind.DATE, LabelKind.NAME))
    many = version(2, Change(labels=labels))
    assert "name,date,+2 “Portland visit postponed”" in timeline.line(many, NOON, 80)
    assert "name,date,dek,+1 “" in timeline.line(many, NOON, 90)
    assert "lead,dek,date,name “" in timeline.line(many, NOON)


NOW = datetime(2026, 11, 25, 12, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "shown"),
    [
        (NOW - timedelta(minutes=4), "between 12:01 and 12:05 UTC on 25 Nov 2026"),
        (NOW - timedelta(hours=12, minutes=7), "between 23:58 on 24 Nov 2026 and 12:05 UTC on 25 Nov 2026"),
        (NOW - timedelta(seconds=5), "between 12:05:04 and 12:05:09 UTC on 25 Nov 2026"),
        (NOW, "at 12:05:09 UTC on 25 Nov 2026"),
        (None, "first seen at 12:05 UTC on 25 Nov 2026"),
    ],
)
def test_an_interval_is_as_exact_as_it_must_be_and_in_utc(old, shown):
    assert interval(old, NOW) == shown
    east = timezone(timedelta(hours=9))
    assert interval(old and old.astimezone(east), NOW.astimezone(east)) == shown


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        (NOW, "12:05"),
        (NOW - timedelta(days=1), "24 Nov 12:05"),
        (NOW - timedelta(days=365), "25 Nov 2025 12:05"),
    ],
)
def test_moment_is_as_short_as_it_can_be(when, shown):
    assert moment(when, NOW) == shown


def test_moment_without_now_is_whole():
    assert moment(NOW) == "25 Nov 2026 12:05"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (45, "45 s"), (720, "12 min"), (12000, "3 h 20 min"), (3605, "1 h"), (187200, "2 d 4 h"), (-5, "0 s")],
)
def test_span_in_two_units(seconds, shown):
    assert span(timedelta(seconds=seconds)) == shown


def test_ago():
    assert ago(None, NOW) == "never"
    assert ago(NOW - timedelta(minutes=3), NOW) == "3 min ago"
    assert ago(NOW + timedelta(minutes=3), NOW) == "in 3 min"


def test_iso():
    assert iso(None) is None
    assert iso(NOW) == "2026-11-25T12:05:09Z"
