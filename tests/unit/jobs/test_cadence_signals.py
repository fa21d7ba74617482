from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracker.jobs.cadence_signals import NO_SIGNAL, Tally

counts = st.floats(0, 1e6)


def told(*checks: tuple[bool, bool]) -> Tally:
    tally = Tally()
    for touched, changed in checks:
        tally = tally.after(touched=touched, changed=changed)
    return tally


def test_checks_are_counted_by_what_was_said_and_what_was_so():
    assert told((True, True), (True, False), (False, True), (False, False), (True, True)) == Tally(2, 1, 1)


def test_a_new_hub_is_heard_but_its_silence_is_not_believed():
    assert Tally().precision == 0.5
    assert Tally().recall == 0.0


def test_a_hub_that_is_always_right_comes_to_be_believed():
    tally = told(*[(True, True)] * 100)
    assert tally.precision > 0.98
    assert tally.recall > 0.96


def test_a_hub_that_touches_everything_comes_to_be_ignored():
    assert told(*[(True, False)] * 200).precision < 0.01


def test_nothing_is_said_of_what_is_no_longer_listed():
    assert Tally(50, 1, 1).signal(0.0) is NO_SIGNAL
    assert Tally(50, 1, 1).signal(5.0).listed == 5.0


@given(hits=counts, wrong=counts, misses=counts)
def test_both_are_shares(hits, wrong, misses):
    tally = Tally(hits, wrong, misses)
    assert 0 < tally.precision < 1
    assert 0 <= tally.recall < 1


@given(hits=counts, wrong=counts, misses=counts)
def test_a_hit_raises_both_and_each_fault_lowers_its_own(hits, wrong, misses):
    tally = Tally(hits, wrong, misses)
    right = tally.after(touched=True, changed=True)
    assert right.precision >= tally.precision
    assert right.recall >= tally.recall
    assert tally.after(touched=True, changed=False).precision <= tally.precision
    assert tally.after(touched=False, changed=True).recall <= tally.recall
    assert tally.after(touched=False, changed=False) == tally


def test_what_was_long_ago_weighs_less():
    old = told(*[(True, True)] * 100).faded(0.1)
    assert old.recall < 0.8
    assert old.faded(0.0) == Tally()
