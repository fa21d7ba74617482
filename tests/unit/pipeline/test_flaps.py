"""A text that comes back: a flap, or an edit taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.pipeline.test_decide import FIRST, SECOND, version
from tracker.classify.flaps import TextRun
from tracker.model.labels import LabelKind
from tracker.pipeline.decision_context import DecisionContext

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("modified_after", "shown", "expected"),
    [
        pytest.param(HOUR, 1, LabelKind.RESTORED, id="a later date shows an edit taken back"),
        pytest.param(0 * HOUR, 1, LabelKind.FLAP, id="an equal date shows a stale edge"),
        pytest.param(-HOUR, 1, LabelKind.FLAP, id="an earlier date too"),
        pytest.param(9 * HOUR, 1, LabelKind.FLAP, id="a date in the future shows nothing"),
        pytest.param(HOUR, 2, LabelKind.FLAP, id="again and again it flaps whatever the date says"),
    ],
)
def test_the_page_s_own_date_tells_an_edit_taken_back_from_a_flap(modified_after, shown, expected):
    """FIRST comes back; the page's date says so long after the edit between."""
    latest = version()
    edited = latest.seen - HOUR
    between = replace(latest, content=replace(SECOND, modified=edited))
    runs = [TextRun(FIRST.sha256, edited - HOUR, edited), TextRun(SECOND.sha256, edited, edited + timedelta(minutes=5))]
    content = replace(FIRST, modified=edited + modified_after)
    label = DecisionContext(runs=tuple(runs * shown)).came_back(content, between, latest.seen + HOUR)
    assert label is not None
    assert label.kind is expected


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
