"""What could not be seen is counted: the visits, and the time in the dark."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.classify.unseen import unseen
from tracker.model.check import Check, CheckOutcome
from tracker.model.scorecard import Unseen

START = datetime(2026, 11, 25, 9, tzinfo=UTC)
LETTERS = {"s": CheckOutcome.UNCHANGED, "f": CheckOutcome.FAILED, "r": CheckOutcome.REFUSED, "g": CheckOutcome.GONE}


def checks(outcomes: str) -> list[Check]:
    """Return visits a minute apart: seen, failed, refused, gone."""
    return [Check("a" * 12, START + timedelta(minutes=n), LETTERS[each]) for n, each in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("outcomes", "count", "dark", "longest"),
    [
        ("", 0, 0, 0),
        ("sss", 0, 0, 0),
        ("sfs", 1, 2, 2),
        ("sffsrsg", 3, 5, 3),
        ("fs", 1, 1, 1),
        ("sff", 2, 2, 2),
        ("f", 1, 0, 0),
        ("rff", 3, 2, 2),
        ("gg", 0, 0, 0),
    ],
)
def test_visits_that_saw_nothing(outcomes: str, count: int, dark: int, longest: int) -> None:
    told = Unseen(count, len(outcomes), timedelta(minutes=dark), timedelta(minutes=longest))
    assert unseen([checks(outcomes)]) == unseen([checks(outcomes)[::-1]]) == told


@given(st.lists(st.text("sfrg", max_size=12), max_size=4))
def test_articles_add_up(articles: list[str]) -> None:
    whole = unseen([checks(each) for each in articles])
    apart = [unseen([checks(each)]) for each in articles]
    assert whole.time_unseen == sum((each.time_unseen for each in apart), timedelta(0))
    assert whole.longest == max((each.longest for each in apart), default=timedelta(0))
    assert (whole.count == 0) == (not set("".join(articles)) & {"f", "r"})
