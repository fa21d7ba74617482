from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.pipeline.test_targets import ARTICLE, LISTED, NOW
from tracker.jobs.cadence_signals import NO_SIGNAL, precision, recall, signal, signal_for
from tracker.model.hint_tally import HintTally

counts = st.floats(0, 1e6)


def told(*checks: tuple[bool, bool]) -> HintTally:
    tally = HintTally()
    for touched, changed in checks:
        tally = tally.after(touched=touched, changed=changed)
    return tally


def test_checks_are_counted_by_what_was_said_and_what_was_so():
    assert told((True, True), (True, False), (False, True), (False, False), (True, True)) == HintTally(2, 1, 1)


def test_a_new_hub_is_heard_but_its_silence_is_not_believed():
    assert precision(HintTally()) == 0.5
    assert recall(HintTally()) == 0.0


def test_a_hub_that_is_always_right_comes_to_be_believed():
    tally = told(*[(True, True)] * 100)
    assert precision(tally) > 0.98
    assert recall(tally) > 0.96


def test_a_hub_that_touches_everything_comes_to_be_ignored():
    assert precision(told(*[(True, False)] * 200)) < 0.01


def test_nothing_is_said_of_what_is_no_longer_listed():
    assert signal(HintTally(50, 1, 1), 0.0) is NO_SIGNAL
    assert signal(HintTally(50, 1, 1), 5.0).listed == 5.0


@given(hits=counts, wrong=counts, misses=counts)
def test_both_are_shares(hits, wrong, misses):
    tally = HintTally(hits, wrong, misses)
    assert 0 < precision(tally) < 1
    assert 0 <= recall(tally) < 1


@given(hits=counts, wrong=counts, misses=counts)
def test_a_hit_raises_both_and_each_fault_lowers_its_own(hits, wrong, misses):
    tally = HintTally(hits, wrong, misses)
    right = tally.after(touched=True, changed=True)
    assert precision(right) >= precision(tally)
    assert recall(right) >= recall(tally)
    assert precision(tally.after(touched=True, changed=False)) <= precision(tally)
    assert recall(tally.after(touched=False, changed=True)) <= recall(tally)
    assert tally.after(touched=False, changed=False) == tally


def test_what_a_hub_says_counts_while_it_lists_the_article():
    tally = HintTally(50, 1, 1)
    assert signal_for(ARTICLE, tally, NOW).listed == 40
    assert signal_for(ARTICLE, tally, LISTED) is NO_SIGNAL
    assert signal_for(replace(ARTICLE, told_at=None), tally, NOW) is NO_SIGNAL
