"""When to check an article again: the rule of equal expected loss (docs/explanation/cadence.md).

An article is checked when the integral of its update hazard since the last check reaches a threshold, the same for
all articles. For a given number of requests that finds the most versions, whatever the hazards. One update brings on
another, so the chance that an unseen version is overwritten before the next check counts too. The threshold is the
price of a request; `pricing` moves it until the budget is met.

Each check of an article its hub lists is counted (`model.HintTally`): did the hub report an update since the check
before ("touch"), and did the page change? The counts give precision (share of touches with a change) and recall
(share of changes with a touch) for each source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from tracker.config.tables import SourceConfig
from tracker.durations import HOUR, jitter
from tracker.model.source import HintTally
from tracker.model.watch import CheckOutcome, CheckVerdict, WatchedArticle

from .curve import SHIPPED, Curve, Outlook

FLOOR: Final = timedelta(minutes=2)
CEILING: Final = timedelta(days=30)
JITTER: Final = 0.1  # so that articles that were found together are not always checked together
_RETRY: Final = timedelta(minutes=10)
_REFUSED: Final = timedelta(minutes=45)
_DAILY: Final = timedelta(days=1)
# If a hub answers "not modified", times are only renewed when it is read in full again.
_RENEWAL: Final = timedelta(hours=6)
# For a new source a touch counts as half an update: enough to check at once, which shows how reliable it is.
_PRIOR_TOUCHES: Final = 2.0
_PRIOR_HITS: Final = 1.0
# Silence of a hub is trusted only after it proved right: recall starts as if three changes had been missed.
_PRIOR_MISSES: Final = 3.0


@dataclass(frozen=True, slots=True)
class Signal:
    """The reliability of the hub of one article: `precision` and `recall` in 0..1, for the next `listed` hours."""

    precision: float = 0.0
    recall: float = 0.0
    listed: float = 0.0


NO_SIGNAL: Final = Signal()


@dataclass(frozen=True, slots=True)
class Schedule:
    """The thresholds at which checks are due, and how often the hints of each source's hubs were right, by name.

    `sources` with a budget of their own and slow `hosts` have thresholds of their own.
    """

    threshold: float = SHIPPED.threshold
    sources: Mapping[str, float] = field(default_factory=dict)
    hosts: Mapping[str, float] = field(default_factory=dict)
    tallies: Mapping[str, HintTally] = field(default_factory=dict)

    def curve(self, tracked: WatchedArticle) -> Curve:
        """Return the curve with the threshold of an article; the threshold of its host can only raise it."""
        common = self.sources.get(tracked.source, self.threshold)
        return replace(SHIPPED, threshold=max(common, self.hosts.get(tracked.host, 0.0)))

    def signal(self, tracked: WatchedArticle, at: datetime) -> Signal:
        """Return the signal of an article's hub at the time `at`; `NO_SIGNAL` if the hub reports no update times."""
        if tracked.listing_updated_at is None or tracked.listed_until is None:
            return NO_SIGNAL
        return signal(self.tallies.get(tracked.source, HintTally()), (tracked.listed_until - at) / HOUR)

    def next_check(
        self, source: SourceConfig, tracked: WatchedArticle, now: datetime, verdict: CheckVerdict
    ) -> datetime | None:
        """Return when to check an article of `source` again: at a fixed interval, or by equal expected loss."""
        if verdict.failures:
            refused = verdict.outcome in {CheckOutcome.REFUSED, CheckOutcome.GONE}
            return retry(tracked, now, failures=verdict.failures, every=source.every, refused=refused)
        return next_check(
            tracked,
            now,
            changed=verdict.outcome.made_version,
            every=source.every,
            until=source.until,
            curve=self.curve(tracked),
            signal=self.signal(tracked, now),
        )

    def pulled_forward(self, source: SourceConfig, tracked: WatchedArticle, now: datetime) -> datetime | None:
        """Return when to check an article of `source` after its hub reported an update: never later than planned.

        If the hub's precision is high enough, the check is due at once (but at least `FLOOR` after the last);
        otherwise it only moves earlier. A fixed interval and an article no longer watched are left alone.
        """
        planned, last = tracked.next_check_at, tracked.last_check_at
        if planned is None or last is None or source.every is not None:
            return planned
        signal = self.signal(tracked, now)
        outlook = outlook_of(tracked, last, changed=False, signal=signal)
        due = last + HOUR * wait_hours(outlook, self.curve(tracked), pending=signal.precision)
        return min(planned, max(due, now))


def signal(tally: HintTally, listed: float) -> Signal:
    """Return the signal of a source's hub for an article it will list for `listed` more hours.

    Precision is the share of touches that come with a change; recall the share of changes that come with a touch,
    estimated cautiously.
    """
    if listed <= 0:
        return NO_SIGNAL
    precision = (tally.hits + _PRIOR_HITS) / (tally.hits + tally.false_touches + _PRIOR_TOUCHES)
    return Signal(precision, tally.hits / (tally.hits + tally.misses + _PRIOR_MISSES), listed)


def wait_hours(outlook: Outlook, curve: Curve = SHIPPED, *, jitter: float = 0.0, pending: float = 0.0) -> float:
    """Return the hours until the next check, between `FLOOR` and `CEILING`; `jitter` is in [-1, 1].

    `pending` is the number of updates a hub has reported since the last check, weighted by the hub's precision.
    """
    return curve.wait(outlook, FLOOR / HOUR, CEILING / HOUR, pending=pending) * (1 + JITTER * jitter)


def next_check(
    tracked: WatchedArticle,
    now: datetime,
    *,
    changed: bool,
    every: timedelta | None,
    until: timedelta,
    curve: Curve = SHIPPED,
    signal: Signal = NO_SIGNAL,
) -> datetime | None:
    """Return when to check an article after a successful check; None once it has been quiet for `until`.

    An article without a publication time is taken to be published when it was first seen.

    `changed`: it found a new version. `every` is the fixed interval of its source, if it has one; after a change, one
    check may come sooner. `until` is how long after its last change an article is watched that is not cited.
    """
    last_change = now if changed else tracked.last_change_at
    quiet_since = max(tracked.first_seen_at, last_change or tracked.first_seen_at)
    if now - quiet_since >= until and not tracked.is_cited:
        return None
    last = tracked.last_check_at
    # One check sooner, and only if this one was not: a page that changes every time is not checked more than twice as
    # often as configured.
    may_be_sooner = changed and every is not None and (last is None or now - last >= every)
    if every is not None and not may_be_sooner:
        return now + every
    outlook = outlook_of(tracked, now, changed=changed, signal=signal)
    wait = HOUR * wait_hours(outlook, curve, jitter=jitter(tracked.id, tracked.checks))
    return now + (wait if every is None else min(wait, every))


def retry(tracked: WatchedArticle, now: datetime, *, failures: int, every: timedelta | None, refused: bool) -> datetime:
    """Return when to try again after `failures` checks in a row got no page; longer if `refused`.

    A block on robots or a paywall is often lifted within the hour, and the article may be edited the same day.
    Failed checks of an article with a long fixed interval (`every`) are also retried soon, or a whole interval would
    be lost. The wait is a day at most, or `every` if that is longer. How long the host asked to be left alone is kept
    with the host (`fetch.politeness`).
    """
    growth = 1 << min(failures - 1, 10)  # bounded, because failures may go on for weeks and a timedelta overflows
    if every is not None:
        wait = every * min(growth, 64) if refused else min(every * min(growth, 8), _RETRY * growth)
        return now + min(wait, max(every, _DAILY))
    wait = min((_REFUSED if refused else _RETRY) * growth, _DAILY)
    return now + wait * (1 + JITTER * jitter(tracked.id, tracked.checks))


def outlook_of(tracked: WatchedArticle, at: datetime, *, changed: bool, signal: Signal = NO_SIGNAL) -> Outlook:
    """Return the state of an article right after the check at `at`, which found a change if `changed`."""
    # A page may say that it is published tomorrow; it was there when it was first seen.
    born = min(tracked.published_at or tracked.first_seen_at, tracked.first_seen_at)
    last_change = at if changed else tracked.last_change_at
    updates = max(tracked.versions - 1, 0) + (1 if changed and tracked.versions else 0)
    return Outlook(
        age=max((at - born) / HOUR, 0.0),
        watched_from=(tracked.first_seen_at - born) / HOUR,
        updates=updates,
        since_change=max((at - last_change) / HOUR, 0.0) if last_change and updates else None,
        recall=signal.recall,
        listed=signal.listed,
        unlisted=tracked.listed_until is not None and tracked.listed_until + _RENEWAL <= at,
    )
