"""How versions of a text reach its copies."""

from datetime import UTC, datetime, timedelta

from tracker.model.story import Place, Run
from tracker.web.pages.stories import Arrival, arrival

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
