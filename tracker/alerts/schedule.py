"""When an alert is sent: at once, after quiet hours, or with others in a digest. Pure.

Alerts that wait for the same moment are one `Batch`, and are sent as one message.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tracker.config.rules import DigestConfig, RuleConfig, quiet_hours
from tracker.model.alert import Alert, Batch
from tracker.render.times import iso

# How long an alert about an edition waits for the copies that are named in it.
COPY_WAIT: Final = timedelta(minutes=2)

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)


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
    due = _digest_time(rule.digest, at, zone) if rule.digest is not None else at
    if rule.quiet:
        due = after_quiet_hours(rule.quiet, due, zone)
    return None if due == at else due


@dataclass(frozen=True, slots=True)
class SendLimits:
    """When no message of a rule is sent: once `cap` an hour were, and in its quiet hours."""

    cap: float | None = None
    quiet: str = ""
    zone: str = "UTC"

    def after_quiet_hours(self, at: datetime) -> datetime:
        """Return `at`, or the end of the quiet hours that it falls into."""
        return after_quiet_hours(self.quiet, at, ZoneInfo(self.zone)) if self.quiet else at


def cap_window(cap: float) -> tuple[int, timedelta]:
    """Return a cap, in messages an hour, as a number of messages and the time they may be sent in.

    The time is an hour, or a day for caps below one an hour.
    """
    return (int(cap), _HOUR) if cap >= 1 else (max(1, round(cap * 24)), _DAY)


def cap_window_end(at: datetime, length: timedelta) -> datetime:
    """Return when the window of `length` that contains `at` ends; windows are counted from midnight UTC."""
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + length * (math.floor((at - midnight) / length) + 1)


def _digest_time(digest: DigestConfig, at: datetime, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    if digest.at is not None:
        return _next_time(time.fromisoformat(digest.at), local, zone)
    assert digest.every is not None
    # Counted from midnight, so that a digest comes at the same times each day, whatever the time of the first alert.
    midnight = _in_utc(local.date(), time(), zone)
    tomorrow = _in_utc(local.date() + _DAY, time(), zone)
    past = math.floor((at - midnight) / digest.every) + 1
    return min(midnight + digest.every * past, tomorrow)


def after_quiet_hours(hours: str, at: datetime, zone: ZoneInfo) -> datetime:
    """Return `at`, or the end of the quiet hours, such as 22:00-07:00, that it falls into."""
    start, end = quiet_hours(hours)
    now = at.astimezone(zone).time()
    quiet = start <= now < end if start < end else now >= start or now < end
    if not quiet:
        return at
    day = at.astimezone(zone).date()
    today = _in_utc(day, end, zone)
    # When summer time ends, one hour comes twice and so may the end of the quiet hours.
    again = max(today, _in_utc(day, end.replace(fold=1), zone))
    return next(each for each in (today, again, _in_utc(day + _DAY, end, zone)) if each > at)


def _next_time(clock: time, local: datetime, zone: ZoneInfo) -> datetime:
    """Return when the clock next shows `clock` after `local`.

    A time that does not exist because summer time begins is read by the clock before the change.
    """
    today = _in_utc(local.date(), clock, zone)
    return today if today > local.astimezone(UTC) else _in_utc(local.date() + _DAY, clock, zone)


def _in_utc(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
