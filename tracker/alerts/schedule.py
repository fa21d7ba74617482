"""When an alert is sent: at once, after quiet hours, in a digest, or again after a failure. Pure.

Alerts that wait for the same moment are one `Batch`; `payload.combine` makes one message of them. A target that keeps
failing is sent nothing for a while: its `Breaker` is open.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tracker.config.tables import RuleConfig, quiet_hours
from tracker.durations import HOUR, backoff, jitter
from tracker.model.alert import Alert, Batch
from tracker.render.times import iso

# How long an alert about an edition waits for the copies that are named in it.
COPY_WAIT: Final = timedelta(minutes=2)

_DAY: Final = timedelta(days=1)


def scheduled(alert: Alert, rule: RuleConfig, at: datetime) -> Alert:
    """Return `alert`, made at `at`, with its due time and batch; unchanged if it is to be sent at once."""
    at += COPY_WAIT if rule.story else timedelta()
    due = due_at(rule, at)
    if due is None and rule.story:
        return replace(alert, due_at=at, batch=batch_of_one(rule.name, alert.key))
    return alert if due is None else replace(alert, due_at=due, batch=batch_until(rule.name, due))


def batch_of_one(rule: str, key: str) -> Batch:
    """Return the batch of one alert, which is sent on its own, and which no other waits for."""
    return Batch(f"{rule}|edition|{key}", alone=True)


def batch_until(rule: str, due: datetime) -> Batch:
    """Return the batch of everything that waits for one message of `rule` at `due`."""
    return Batch(f"{rule}|{iso(due)}")


def due_at(rule: RuleConfig, at: datetime) -> datetime | None:
    """Return when an alert made at `at` is to be sent, by the rule's digest and quiet hours; None: at once."""
    zone = ZoneInfo(rule.zone)
    due, digest, day = at, rule.digest, at.astimezone(zone).date()
    if digest is not None and digest.at is not None:
        # A time that does not exist because summer time begins is read by the clock before the change.
        today, tomorrow = (_in_utc(each, time.fromisoformat(digest.at), zone) for each in (day, day + _DAY))
        due = today if today > at else tomorrow
    elif digest is not None and digest.every is not None:
        # Counted from midnight, so that a digest comes at the same times each day, whenever the first alert was made.
        midnight, tomorrow = (_in_utc(each, time(), zone) for each in (day, day + _DAY))
        past = math.floor((at - midnight) / digest.every) + 1
        due = min(midnight + digest.every * past, tomorrow)
    due = after_quiet_hours(rule, due)
    return None if due == at else due


def cap_window(cap: float, at: datetime) -> tuple[int, datetime, datetime]:
    """Return how many messages a cap, in messages an hour, allows in the window that contains `at`, and that window.

    A window is an hour, or a day for caps below one an hour; windows are counted from midnight UTC.
    """
    most, length = (int(cap), HOUR) if cap >= 1 else (max(1, round(cap * 24)), _DAY)
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    begins = midnight + length * math.floor((at - midnight) / length)
    return most, begins, begins + length


def after_quiet_hours(rule: RuleConfig, at: datetime) -> datetime:
    """Return `at`, or the end of the rule's quiet hours, such as 22:00-07:00, that it falls into."""
    if not rule.quiet:
        return at
    zone = ZoneInfo(rule.zone)
    start, end = quiet_hours(rule.quiet)
    now = at.astimezone(zone).time()
    quiet = start <= now < end if start < end else now >= start or now < end
    if not quiet:
        return at
    day = at.astimezone(zone).date()
    today = _in_utc(day, end, zone)
    # When summer time ends, one hour comes twice and so may the end of the quiet hours.
    again = max(today, _in_utc(day, end.replace(fold=1), zone))
    return next(each for each in (today, again, _in_utc(day + _DAY, end, zone)) if each > at)


def _in_utc(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


# How long each attempt waits after the one before it, as in Standard Webhooks. There are as many attempts as entries.
RETRY_DELAYS: Final = (
    *(timedelta(0), timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
# The share of a delay by which it is shortened or extended at most, so that retries do not come all at once.
JITTER: Final = 0.2
# The longest Retry-After that is obeyed.
MAX_RETRY_AFTER: Final = timedelta(days=7)


def retry_delay(failed: int, *, jitter: float, retry_after: float | None = None) -> timedelta | None:
    """Return how long to wait after attempt number `failed`, or None if it was the last one.

    `jitter` is from -1 to 1. The delay is never shorter than `retry_after`, the seconds the target asked for.
    """
    if failed >= len(RETRY_DELAYS):
        return None
    delay = RETRY_DELAYS[failed] * (1 + JITTER * jitter)
    # `not >` instead of `<=`: a target may send nan.
    if retry_after is None or not retry_after > 0:
        return delay
    return max(delay, timedelta(seconds=min(retry_after, MAX_RETRY_AFTER.total_seconds())))


FAILURES_TO_OPEN: Final = 5
FIRST_PAUSE: Final = timedelta(seconds=30)
MAX_PAUSE: Final = timedelta(hours=1)
# After a shorter outage the waiting alerts keep their times: a target that fails on and off would use up all their
# attempts otherwise.
MIN_OUTAGE: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Breaker:
    """How a target has answered so far.

    Attributes:
        failures: how many attempts in a row failed.
        until: nothing is sent before this time.
        probing: one send is trying out a target that was paused; nothing else is sent meanwhile.
        since: when the first of the failures in a row happened.
        known: whether the target has accepted anything since this process started.
    """

    failures: int = 0
    until: datetime | None = None
    probing: bool = False
    since: datetime | None = None
    known: bool = False

    def is_open(self, now: datetime) -> bool:
        """Return whether nothing may be sent at `now`."""
        return self.probing or (self.until is not None and now < self.until)

    def send_started(self) -> Breaker:
        """Return the state while a send is in progress. The first send after a pause is a probe."""
        return replace(self, probing=True) if self.until is not None else self

    def succeeded(self, now: datetime) -> Breaker:
        """Return the state after the target accepted a message, or rejected one permanently: it answers.

        A message that was sent before a pause began does not end the pause.
        """
        return self if self.is_open(now) and not self.probing else Breaker(known=True)

    def recovers(self, now: datetime) -> bool:
        """Return whether a success at `now` ends an outage so long that waiting alerts should be sent at once.

        The first success of this process counts: it may have been restarted because something was repaired.
        """
        if self.is_open(now) and not self.probing:
            return False
        return not self.known or (self.since is not None and now - self.since >= MIN_OUTAGE)

    def failed(self, target: str, now: datetime, retry_after: float | None) -> Breaker:
        """Return the state after a failure; the target's name decides the jitter.

        `retry_after` is the seconds the target asked for, of which a week at most is obeyed.
        """
        failures = self.failures + 1
        ends = [self.until] if self.until is not None and self.until > now else []
        if failures >= FAILURES_TO_OPEN:
            pause = backoff(FIRST_PAUSE, failures - FAILURES_TO_OPEN + 1, MAX_PAUSE)
            ends.append(now + pause * (1 + JITTER * jitter(target, failures)))
        if retry_after is not None and retry_after > 0:
            ends.append(now + min(timedelta(seconds=retry_after), MAX_RETRY_AFTER))
        return Breaker(failures, max(ends, default=None), since=self.since or now, known=self.known)
