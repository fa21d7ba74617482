"""When an alert is sent: at once, after quiet hours, or with others in a digest. Pure."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from ..config import quiet_hours
from ..render.times import iso

if TYPE_CHECKING:
    from ..config import RuleConfig
    from ..config.rules import DigestConfig
    from ..model import Alert

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)


def planned(alert: Alert, rule: RuleConfig, at: datetime) -> Alert:
    """Return *alert*, made at *at*, with the time it is due and its lane, or as it is where it need not wait."""
    due = due_at(rule, at)
    return alert if due is None else replace(alert, due_at=due, lane=lane(rule.name, due))


def lane(rule: str, due: datetime) -> str:
    """Return the name of what waits for one message of *rule*."""
    return f"{rule}|{iso(due)}"


def due_at(rule: RuleConfig, at: datetime) -> datetime | None:
    """Return when an alert made at *at* is to be sent; None for at once."""
    zone = ZoneInfo(rule.zone)
    due = _tick(rule.digest, at, zone) if rule.digest is not None else at
    if rule.quiet:
        due = _after_quiet(*quiet_hours(rule.quiet), due, zone)
    return None if due == at else due


def window(cap: float) -> tuple[int, timedelta]:
    """Return a cap, a number an hour, as how many messages in what time: an hour, or a day for less than one."""
    return (int(cap), _HOUR) if cap >= 1 else (max(1, round(cap * 24)), _DAY)


def window_end(at: datetime, length: timedelta) -> datetime:
    """Return when the window ends that *at* lies in; windows are counted from midnight in UTC."""
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + length * (math.floor((at - midnight) / length) + 1)


def _tick(digest: DigestConfig, at: datetime, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    if digest.at is not None:
        return _next(time.fromisoformat(digest.at), local, zone)
    assert digest.every is not None
    midnight = _on(local.date(), time(), zone)
    tomorrow = _on(local.date() + _DAY, time(), zone)
    past = math.floor((at - midnight) / digest.every) + 1
    return min(midnight + digest.every * past, tomorrow)


def _after_quiet(start: time, end: time, at: datetime, zone: ZoneInfo) -> datetime:
    now = at.astimezone(zone).time()
    quiet = start <= now < end if start < end else now >= start or now < end
    if not quiet:
        return at
    day = at.astimezone(zone).date()
    today = _on(day, end, zone)
    # In the hour that winter time repeats, the clock shows the end of quiet hours a second time.
    again = max(today, _on(day, end.replace(fold=1), zone))
    return next(each for each in (today, again, _on(day + _DAY, end, zone)) if each > at)


def _next(clock: time, local: datetime, zone: ZoneInfo) -> datetime:
    """Return when the clock next shows *clock* after *local*; a time that summer time skips is told by the old one."""
    today = _on(local.date(), clock, zone)
    return today if today > local.astimezone(UTC) else _on(local.date() + _DAY, clock, zone)


def _on(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
