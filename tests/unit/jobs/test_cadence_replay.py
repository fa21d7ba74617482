import math
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.jobs.cadence_policies import FAMILIES, History, backoff, doubling, equal_loss, fixed, ladder, share_of_age
from tracker.jobs.cadence_replay import OURS, Span, at_budget, beside_an_hour, compare, halfway, paired, replay, sweep
from tracker.jobs.curve import SHIPPED

BORN = datetime(2026, 11, 1, tzinfo=UTC)


def history(*hours: float, name: str = "a", last: float = 480.0) -> History:
    return History(name, "s", BORN, BORN, last, tuple(sorted(hours)))


def test_a_fixed_interval_sees_what_stands_when_it_looks():
    found = replay([history(0.5, 2.1, 2.2, 2.9, last=24.0)], fixed(1.0))[Span.EDITED]
    assert (found.requests, found.found) == (24, (2.0,))
    assert found.median_delay == pytest.approx(48)


def test_the_first_check_after_the_end_may_find_what_stands_then():
    world = [history(1.5, 5.2, last=5.5)]
    found = replay(world, fixed(2.0))
    assert [found[span].requests for span in Span] == [2, 3, 362]
    assert [found[span].found for span in Span] == [(1.0,), (2.0,), (2.0,)]
    assert found[Span.EDITED].median_delay == math.inf
    left = replay(world, fixed(2.0), quiet=0.0)
    assert left[Span.FIRST_AFTER] == found[Span.FIRST_AFTER]


def ages(policy, *changes: float, last: float) -> list[float]:
    step, age, found = policy(history()), 0.0, []
    due = step(0.0, False)
    while due is not None and due <= last:
        changed = any(age < change <= due for change in changes)
        age = due
        found.append(age)
        due = step(age, changed)
    return found


def test_the_ladder_slows_down_as_an_article_calms_down():
    assert len(ages(ladder(1.0), last=24.0)) == 12 + 21
    assert len(ages(ladder(1.0), 12.0, last=24.0)) > 12 + 21


def test_backoff_grows_until_there_is_a_change():
    assert ages(doubling(1.0), 3.0, last=8.0) == [1.0, 3.0, 4.0, 6.0]
    assert ages(backoff(1.0), last=1.2) == pytest.approx([1 / 6, 3 / 6, 7 / 6])


def test_a_share_of_the_age_grows_with_it():
    assert ages(share_of_age(1.0), last=0.7) == pytest.approx([5 / 60, 10 / 60, 20 / 60, 40 / 60])


def test_our_own_policy_stops_after_a_quiet_month():
    assert max(ages(equal_loss()(0.5), last=5000.0)) < 1500


def test_policies_are_compared_at_equal_checks():
    world = [history(0.5 + n / 10, 3.0 + n, 30.0 + n, name=f"a{n}", last=60.0) for n in range(12)]
    found = compare(world, budgets=(10.0, 25.0))
    assert {row.policy for row in found} <= {OURS, *FAMILIES}
    ours = [row for row in found if row.policy == OURS]
    assert [(row.span, row.budget) for row in ours] == [(span, budget) for span in Span for budget in (10.0, 25.0)]
    assert all(row.ahead == row.error == 0 for row in ours)
    for row in found:
        same = next(each for each in ours if (each.span, each.budget) == (row.span, row.budget))
        assert row.ahead == pytest.approx(row.found - same.found)


def test_a_budget_that_was_not_swept_has_no_score():
    world = [history(1.0, last=10.0)]
    scores = sweep(world, fixed, 24.0, 5.0)[Span.EDITED]
    assert at_budget(scores, 1000.0) is None
    assert at_budget([], 5.0) is None


def test_the_error_is_that_of_a_paired_comparison():
    world = [history(1.0, name=f"a{n}") for n in range(4)]
    one, other = (replay(world, policy)[Span.EDITED] for policy in (fixed(2.0), fixed(400.0)))
    assert paired(world, one, other) == (0.0, 0.0)
    missed = replay(world, fixed(900.0))[Span.EDITED]
    assert paired(world, one, missed) == (100.0, 0.0)


def test_the_present_schedule_is_set_beside_an_hour():
    world = [history(20.0, last=480.0)]
    ours, hourly = beside_an_hour(world, SHIPPED)
    assert hourly.requests == 480
    assert hourly.found == (1.0,)
    assert ours.requests < 120


def test_halfway_is_between():
    assert halfway(BORN, BORN + timedelta(hours=2)) == BORN + timedelta(hours=1)


@settings(max_examples=25)
@given(st.lists(st.lists(st.floats(0.01, 400), max_size=5, unique=True), min_size=1, max_size=4))
def test_no_policy_sees_more_than_there_was(rows):
    world = [history(*hours, name=f"a{n}") for n, hours in enumerate(rows)]
    for score in replay(world, equal_loss()(SHIPPED.threshold)).values():
        assert all(0 <= got <= len(each.updates) for got, each in zip(score.found, world, strict=True))
        assert sum(score.found) <= score.requests * len(world)


NAMES = {
    "Tracked": "tracker.model",
    "next_check": "tracker.jobs.cadence",
    "SHIPPED": "tracker.jobs.curve",
    "Look": "tracker.jobs.fit",
    "fit": "tracker.jobs.fit",
}


def test_check_times_can_be_replayed_by_programs_outside():
    names = {name: getattr(import_module(module), name) for name, module in NAMES.items()}
    now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    article = names["Tracked"](id="a", source="S", url="", host="", first_seen_at=now, versions=1, checks=1)
    due = names["next_check"](article, now, changed=False, every=None, until=timedelta(days=30), curve=names["SHIPPED"])
    assert now < due < now + timedelta(days=1)
    assert names["fit"]([names["Look"]("a", "S", 0.0, 1.0, False, 12.0)]) == names["SHIPPED"]
