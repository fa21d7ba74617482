"""A text that comes back: a flap, or an edit taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.pipeline.test_decide import FIRST, SECOND, version
from tracker.classify import TextRun
from tracker.model.labels import LabelKind
from tracker.pipeline.decision_context import DecisionContext

HOUR = timedelta(hours=1)


def kind(*, modified_after: timedelta, seen_after: timedelta, shown: int = 1) -> LabelKind:
    """Return what FIRST is called that comes back; the page's date says so long after the edit between."""
    latest = version()
    edited = latest.seen - HOUR
    between = replace(latest, content=replace(SECOND, modified=edited))
    runs = [TextRun(FIRST.sha256, edited - HOUR, edited), TextRun(SECOND.sha256, edited, edited + timedelta(minutes=5))]
    content = replace(FIRST, modified=edited + modified_after)
    label = DecisionContext(runs=tuple(runs * shown)).came_back(content, between, latest.seen + seen_after)
    assert label is not None
    return label.kind


def test_a_later_date_of_the_page_shows_an_edit_taken_back():
    assert kind(modified_after=HOUR, seen_after=HOUR) is LabelKind.RESTORED


def test_an_equal_or_earlier_date_shows_a_stale_edge():
    assert kind(modified_after=timedelta(0), seen_after=HOUR) is LabelKind.FLAP
    assert kind(modified_after=-HOUR, seen_after=HOUR) is LabelKind.FLAP


def test_a_date_in_the_future_shows_nothing():
    assert kind(modified_after=9 * HOUR, seen_after=HOUR) is LabelKind.FLAP


def test_what_comes_back_again_and_again_flaps_whatever_its_date_says():
    assert kind(modified_after=HOUR, seen_after=HOUR, shown=2) is LabelKind.FLAP


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=30)])
def test_a_page_that_always_writes_now_shows_nothing(late: timedelta):
    latest = version()
    between = replace(latest, content=replace(SECOND, modified=latest.seen - late))
    now = latest.seen + timedelta(minutes=5)
    runs = (
        TextRun(FIRST.sha256, latest.seen - HOUR, latest.seen - HOUR),
        TextRun(SECOND.sha256, latest.seen, latest.seen),
    )
    label = DecisionContext(runs=runs).came_back(replace(FIRST, modified=now - late), between, now)
    assert label is not None
    assert label.kind is LabelKind.FLAP
