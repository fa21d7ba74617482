import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.pipeline.test_targets import ARTICLE, LISTED, NOW
from tracker.config.tables import SourceConfig
from tracker.jobs.cadence import (
    CEILING,
    FLOOR,
    JITTER,
    NO_SIGNAL,
    Schedule,
    Signal,
    next_check,
    retry,
    signal,
    wait_hours,
)
from tracker.jobs.curve import LIFE, SHIPPED, Curve, Outlook
from tracker.model.source import HintTally
from tracker.model.watch import WatchedArticle

BORN = datetime(2026, 11, 25, 8, tzinfo=UTC)
MONTH = timedelta(days=30)


def tracked(**kwargs) -> WatchedArticle:
    return WatchedArticle(
        id="a7f3c0ffee12", source="s", url="https://s.test/a", host="s.test", first_seen_at=BORN, **kwargs
    )


def wait(
    article: WatchedArticle,
    now: datetime,
    *,
    changed: bool = False,
    until: timedelta = MONTH,
    signal: Signal = NO_SIGNAL,
) -> timedelta:
    """Return how long after *now* the article is checked again."""
    due = next_check(article, now, changed=changed, every=None, until=until, signal=signal)
    assert due is not None
    return due - now


def pulled_forward(
    article: WatchedArticle, now: datetime, *, signal: Signal, every: timedelta | None = None
) -> datetime | None:
    """Return when an article is checked after its hub, which is as right as *signal* says, reported an update."""

    class Known(Schedule):
        def signal(self, tracked: WatchedArticle, at: datetime) -> Signal:
            return signal

    return Known().pulled_forward(SourceConfig(name="s", every=every), article, now)


def test_an_article_is_looked_at_less_often_as_it_ages_and_more_often_as_it_changes():
    waits = [wait(tracked(versions=1), BORN + timedelta(hours=age)) for age in (0.1, 1, 5, 24, 100)]
    assert waits == sorted(waits)
    assert waits[0] < timedelta(minutes=30)
    assert waits[-1] > timedelta(hours=6)
    calm = wait(tracked(versions=1), BORN + timedelta(hours=10))
    lively = wait(tracked(versions=6, last_change_at=BORN + timedelta(hours=4)), BORN + timedelta(hours=10))
    assert lively < calm / 3
    later = wait(tracked(versions=3, last_change_at=BORN + timedelta(hours=2)), BORN + timedelta(hours=10))
    now = wait(tracked(versions=2, last_change_at=BORN + timedelta(hours=2)), BORN + timedelta(hours=10), changed=True)
    assert now < later


def test_a_fixed_interval_is_kept_and_backs_off_but_not_for_a_day_where_it_is_a_day():
    due = next_check(tracked(), BORN, changed=False, every=timedelta(minutes=3), until=MONTH)
    assert due == BORN + timedelta(minutes=3)
    every = timedelta(minutes=1)
    assert retry(tracked(), BORN, failures=1, every=every, refused=False) == BORN + every
    assert retry(tracked(), BORN, failures=9, every=every, refused=False) == BORN + 8 * every
    every = timedelta(days=1)
    waits = [retry(tracked(), BORN, failures=n, every=every, refused=False) - BORN for n in (1, 2, 3, 9, 20)]
    assert waits == [timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=40), every, every]
    assert retry(tracked(), BORN, failures=1, every=every, refused=True) == BORN + every


def test_after_an_edit_one_check_comes_before_a_long_interval_is_over_and_no_check_ever_later():
    day, now = timedelta(days=1), BORN + timedelta(days=2)

    def after(last: timedelta, every: timedelta, *, changed: bool = True) -> timedelta:
        article = tracked(versions=2, last_check_at=now - last)
        due = next_check(article, now, changed=changed, every=every, until=MONTH)
        assert due is not None
        return due - now

    assert FLOOR < after(day, day) < timedelta(hours=1)
    assert after(day, timedelta(minutes=3)) == timedelta(minutes=3)
    assert after(day, day, changed=False) == day
    # The one that came sooner found an edit too.
    assert after(timedelta(minutes=20), day) == day


def test_a_quiet_article_is_left_alone_and_an_old_date_of_publication_counts():
    assert next_check(tracked(), BORN + MONTH, changed=False, every=None, until=MONTH) is None
    cited = replace(tracked(), is_cited=True)
    assert next_check(cited, BORN + MONTH, changed=False, every=None, until=MONTH) is not None
    article = tracked(last_change_at=BORN + timedelta(days=20), versions=2)
    assert next_check(article, BORN + timedelta(days=40), changed=False, every=None, until=MONTH) is not None
    now = BORN + timedelta(minutes=1)
    old = tracked(versions=1, published_at=BORN - timedelta(days=5))
    assert wait(old, now) > 10 * wait(tracked(versions=1), now)
    now = BORN + timedelta(hours=1)
    assert wait(tracked(versions=1), now) == wait(tracked(versions=1, published_at=BORN + MONTH), now)


@given(
    age=st.floats(0, 719),
    versions=st.integers(0, 200),
    checks=st.integers(0, 10_000),
    changed=st.booleans(),
)
def test_no_wait_leaves_its_bounds(age, versions, checks, changed):
    article = tracked(versions=versions, checks=checks, last_change_at=BORN)
    found = wait(article, BORN + timedelta(hours=age), changed=changed, until=timedelta(days=60))
    assert FLOOR * (1 - JITTER) <= found <= CEILING * (1 + JITTER)


class TestHub:
    """What a hub tells moves the next check."""

    good = Signal(precision=0.9, recall=0.95, listed=40.0)
    poor = Signal(precision=0.01, recall=0.0, listed=40.0)

    @staticmethod
    def planned(due: timedelta, looked: timedelta = timedelta(hours=20)) -> WatchedArticle:
        return tracked(versions=1, checks=3, last_check_at=BORN + looked, next_check_at=BORN + due)

    def test_one_that_is_right_has_the_article_looked_at_but_not_within_two_minutes(self):
        now = BORN + timedelta(hours=21)
        assert pulled_forward(self.planned(timedelta(hours=40)), now, signal=self.good) == now
        article = self.planned(timedelta(hours=40))
        now = BORN + timedelta(hours=20, seconds=5)
        assert pulled_forward(article, now, signal=self.good) == BORN + timedelta(hours=20) + FLOOR
        now = BORN + timedelta(hours=20, minutes=10)
        due = pulled_forward(self.planned(timedelta(days=20)), now, signal=self.poor)
        assert due is not None
        assert now < due < BORN + timedelta(days=20)

    def test_its_silence_saves_looks_except_at_a_fixed_interval_or_where_nothing_is_watched(self):
        article, now = tracked(versions=1), BORN + timedelta(hours=2)
        assert wait(article, now, signal=self.good) > 4 * wait(article, now)
        article, every = self.planned(timedelta(hours=40)), timedelta(minutes=30)
        due = pulled_forward(article, BORN + timedelta(hours=21), signal=self.good, every=every)
        assert due == article.next_check_at
        assert pulled_forward(tracked(versions=1), BORN, signal=self.good) is None

    @given(
        looked=st.floats(0, 300),
        planned=st.floats(0, 300),
        now=st.floats(0, 300),
        precision=st.floats(0, 1),
        recall=st.floats(0, 1),
    )
    def test_it_never_puts_a_look_off(self, looked, planned, now, precision, recall):
        due = BORN + timedelta(hours=looked + planned)
        article = replace(self.planned(timedelta(0), timedelta(hours=looked)), next_check_at=due)
        heard = pulled_forward(
            article, BORN + timedelta(hours=looked + now), signal=Signal(precision, recall, listed=40.0)
        )
        assert heard is not None
        assert heard <= due


def test_failures_are_retried_ever_later_up_to_a_day_and_refusals_for_longer():
    waits = [retry(tracked(), BORN, failures=n, every=None, refused=False) - BORN for n in range(1, 15)]
    assert timedelta(minutes=9) <= waits[0] <= timedelta(minutes=11)
    assert all(later > earlier * 0.99 for earlier, later in pairwise(waits))
    assert waits[-1] <= timedelta(days=1) * (1 + JITTER)
    waits = [retry(tracked(), BORN, failures=n, every=None, refused=True) - BORN for n in range(1, 15)]
    assert timedelta(minutes=40) <= waits[0] <= timedelta(minutes=50)
    assert all(later > earlier * 0.99 for earlier, later in pairwise(waits))
    assert timedelta(hours=21) <= waits[-1] <= timedelta(days=1) * (1 + JITTER)
    every = timedelta(minutes=1)
    assert retry(tracked(), BORN, failures=9, every=every, refused=True) == BORN + 64 * every


@pytest.mark.parametrize("refused", [True, False])
@pytest.mark.parametrize(("hours", "longest"), [(6, 24), (24, 24), (72, 72)])
def test_with_a_fixed_interval_nothing_is_left_alone_for_more_than_a_day_or_that_interval(hours, longest, refused):
    every = timedelta(hours=hours)
    waits = [retry(tracked(), BORN, failures=n, every=every, refused=refused) - BORN for n in range(1, 15)]
    assert max(waits) == waits[-1] == timedelta(hours=longest)


counts = st.floats(0, 1e6)


def told(*checks: tuple[bool, bool]) -> HintTally:
    tally = HintTally()
    for touched, changed in checks:
        tally = tally.after(touched=touched, changed=changed)
    return tally


def test_what_a_hub_says_counts_while_it_lists_the_article_as_far_as_it_was_right():
    assert told((True, True), (True, False), (False, True), (False, False), (True, True)) == HintTally(2, 1, 1)
    new, right, wrong = signal(HintTally(), 1), signal(HintTally(hits=100), 1), signal(HintTally(false_touches=200), 1)
    assert (new.precision, new.recall) == (0.5, 0.0), "a new hub is heard, but its silence is not believed"
    assert right.precision > 0.98
    assert right.recall > 0.96
    assert wrong.precision < 0.01
    schedule = Schedule(tallies={ARTICLE.source: HintTally(50, 1, 1)})
    assert schedule.signal(ARTICLE, NOW).listed == 40
    assert schedule.signal(ARTICLE, NOW).recall > 0.9
    assert schedule.signal(ARTICLE, LISTED) is NO_SIGNAL
    assert schedule.signal(replace(ARTICLE, listing_updated_at=None), NOW) is NO_SIGNAL
    assert Schedule().signal(ARTICLE, NOW).recall == 0, "the hubs of its source were never right"


@given(hits=counts, wrong=counts, misses=counts)
def test_a_hit_raises_both_shares_and_each_fault_lowers_its_own(hits, wrong, misses):
    def after(**check: bool) -> Signal:
        return signal(tally.after(**check), 1)

    tally = HintTally(hits, wrong, misses)
    now, right = signal(tally, 1), after(touched=True, changed=True)
    assert 0 < now.precision <= right.precision < 1
    assert 0 <= now.recall <= right.recall < 1
    assert after(touched=True, changed=False).precision <= now.precision
    assert after(touched=False, changed=True).recall <= now.recall
    assert after(touched=False, changed=False) == now


def test_a_source_with_a_budget_has_its_own_price_and_a_slow_host_a_higher_one():
    schedule = Schedule(0.1, {"s": 0.2}, {"slow.test": 0.9, "fast.test": 0.001})

    def threshold(source: str, host: str) -> float:
        return schedule.curve(replace(tracked(), source=source, host=host)).threshold

    assert threshold("other", "s.test") == threshold("other", "fast.test") == 0.1
    assert threshold("s", "s.test") == threshold("s", "fast.test") == 0.2
    assert threshold("s", "slow.test") == 0.9


# `cadence_real.py`, a judge that is kept outside this repository, binds these; see `benchmarks/judges.py`.
NAMES = {
    "Tracked": "tracker.model",
    "next_check": "tracker.jobs.cadence",
    "SHIPPED": "tracker.jobs.curve",
    "next_fitted": "benchmarks._cadence_fit",
    "Look": "benchmarks._cadence_fit",
    "fit": "benchmarks._cadence_fit",
}


def test_check_times_can_be_replayed_by_programs_outside():
    names = {name: getattr(import_module(module), name.replace("fitted", "check")) for name, module in NAMES.items()}
    now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    article = names["Tracked"](id="a", source="S", url="", host="", first_seen_at=now, versions=1, checks=1)
    fitted = names["fit"]([names["Look"]("a", "S", 0.0, 1.0, False, 12.0)])
    given = {"changed": False, "every": None, "until": MONTH}
    due = names["next_check"](article, now, **given, curve=names["SHIPPED"])
    assert now < due < now + timedelta(days=1)
    assert names["next_fitted"](article, now, **given, curve=fitted) == due, "too little to fit"
    lively = replace(fitted, sources={"S": 3.0})
    assert now < names["next_fitted"](article, now, **given, curve=lively) < due


SHORTEST, LONGEST = 2 / 60, LIFE


@st.composite
def outlooks(draw):
    found = draw(st.floats(0, 5))
    age = found + draw(st.floats(0, 700))
    updates = draw(st.integers(0, 40))
    return Outlook(
        age=age,
        watched_from=found,
        updates=updates,
        since_change=draw(st.floats(0, 500)) if updates else None,
        recall=draw(st.sampled_from([0.0, 0.5, 0.95, 1.0])),
        listed=draw(st.sampled_from([0.0, 0.2, 30.0, 1000.0])),
    )


def hazard(curve: Curve, outlook: Outlook, after: float) -> float:
    """Write the formula down once more, as a rate an hour."""
    whole = 1 - (1 + LIFE / curve.scale) ** -curve.alpha
    age = outlook.age + after
    rate = curve.rate(outlook) * curve.alpha / curve.scale * (1 + age / curve.scale) ** (-curve.alpha - 1) / whole
    if outlook.since_change is not None:
        rate += curve.burst * math.exp(-(outlook.since_change + after) / curve.burst_decay)
    return float(rate * (1 - outlook.recall if after < outlook.listed else 1))


@pytest.mark.parametrize(
    "outlook",
    [
        Outlook(0.1, 0.1),
        Outlook(5.0, 0.1, updates=3, since_change=0.4),
        Outlook(3.0, 0.1, updates=1, since_change=0.0, recall=0.9, listed=1.5),
        Outlook(200.0, 150.0),
    ],
)
@pytest.mark.parametrize("wait", [0.2, 1.0, 6.0, 48.0])
def test_the_cost_is_made_of_integrals_of_the_hazard(outlook, wait):
    steps = 40_000
    each = wait / steps
    rates = [hazard(SHIPPED, outlook, (n + 0.5) * each) * each for n in range(steps)]
    waiting = sum(rate * (wait - (n + 0.5) * each) for n, rate in enumerate(rates))
    alone = sum(hazard(SHIPPED, replace(outlook, recall=0.0), (n + 0.5) * each) * each for n in range(steps))
    overwrite = SHIPPED.overwrite_rate / (1 + wait / SHIPPED.overwrite_decay) * sum(rates) / alone
    assert SHIPPED.cost(outlook, wait) == pytest.approx(math.sqrt(sum(rates) ** 2 + 2 * overwrite * waiting), rel=1e-3)


@pytest.mark.parametrize("alpha", [0.3, 1 - 1e-9, 1.0, 1 + 1e-9, 2.5])
def test_every_power_of_the_decay_has_its_integral(alpha):
    curve = replace(SHIPPED, alpha=alpha)
    steps = 20_000
    rates = [hazard(curve, Outlook(2.0), (n + 0.5) * 5 / steps) * 5 / steps for n in range(steps)]
    waiting = sum(rate * (5 - (n + 0.5) * 5 / steps) for n, rate in enumerate(rates))
    overwrite = curve.overwrite_rate / (1 + 5 / curve.overwrite_decay)
    assert curve.cost(Outlook(2.0), 5) == pytest.approx(math.sqrt(sum(rates) ** 2 + 2 * overwrite * waiting), rel=1e-3)


def test_what_no_list_names_is_checked_less_often_and_what_may_be_overwritten_sooner():
    listed = Outlook(20.0, updates=1, since_change=10.0)
    assert wait_hours(replace(listed, unlisted=True)) > 1.5 * wait_hours(listed)
    first = Outlook(12.0, unlisted=True)
    assert wait_hours(first) < 24
    second = replace(first, age=first.age + wait_hours(first))
    assert second.age + wait_hours(second) < 24 * 7
    calm = replace(SHIPPED, overwrite_rate=0.0)
    assert wait_hours(Outlook(5.0)) < wait_hours(Outlook(5.0), calm)


@given(outlook=outlooks(), near=st.floats(0, 20), further=st.floats(0, 20))
def test_cost_never_falls_as_the_wait_grows(outlook, near, further):
    assert SHIPPED.cost(outlook, near) + 1e-9 >= 0
    assert SHIPPED.cost(outlook, near) <= SHIPPED.cost(outlook, near + further) + 1e-9


@given(outlook=outlooks(), threshold=st.floats(0.001, 5))
def test_the_wait_is_where_cost_meets_the_threshold(outlook, threshold):
    curve = replace(SHIPPED, threshold=threshold)
    wait = curve.wait(outlook, SHORTEST, LONGEST)
    assert SHORTEST <= wait <= LONGEST * (1 + 1e-9)
    if SHORTEST < wait < LONGEST * 0.999:
        assert curve.cost(outlook, wait / 1.01) <= threshold <= curve.cost(outlook, wait * 1.01)


@given(outlook=outlooks(), threshold=st.floats(0.001, 5), less=st.floats(0, 1), more=st.floats(0, 1))
def test_the_surer_a_hub_the_sooner_we_look(outlook, threshold, less, more):
    curve = replace(SHIPPED, threshold=threshold)
    unsure, sure = sorted((less, more))
    first, second = (curve.wait(outlook, SHORTEST, LONGEST, pending=each) for each in (sure, unsure))
    assert first <= second * 1.01
    if sure >= min(threshold, 0.15):
        assert first == SHORTEST


@given(outlook=outlooks(), threshold=st.floats(0.005, 2))
def test_a_higher_price_never_brings_a_look_forward(outlook, threshold):
    near = wait_hours(outlook, replace(SHIPPED, threshold=threshold))
    assert near <= wait_hours(outlook, replace(SHIPPED, threshold=threshold * 1.5)) * 1.01


@given(outlook=outlooks(), recall=st.floats(0, 1), listed=st.floats(0, 100))
def test_a_hub_never_makes_us_look_sooner_when_it_is_silent(outlook, recall, listed):
    deaf = replace(outlook, recall=0.0, listed=0.0)
    assert wait_hours(replace(deaf, recall=recall, listed=listed)) >= wait_hours(deaf) * 0.99


@given(outlook=outlooks(), more=st.integers(1, 10))
def test_who_has_updated_more_is_expected_to_update_more(outlook, more):
    assert SHIPPED.rate(replace(outlook, updates=outlook.updates + more)) > SHIPPED.rate(outlook)
