"""Write times in words. All are in UTC except `outlet_time`, and the current time is always an argument."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from tracker.views.json import iso, outlet_time
from tracker.views.version import EditionCopy

from .text import one_line

__all__ = ["ago", "also_at", "copied", "day", "delay", "interval", "iso", "moment", "outlet_time", "span", "suspicion"]

MAX_NAMED_COPIES: Final = 5


def day(moment: datetime) -> str:
    """Return a date: 25 Nov 2026."""
    return f"{moment.astimezone(UTC):%-d %b %Y}"


def moment(when: datetime, now: datetime | None = None) -> str:
    """Return a time: 12:05 on the day of `now`, else 24 Nov 12:05, and with the year if that is another one."""
    utc = when.astimezone(UTC)
    if now is not None and utc.date() == now.astimezone(UTC).date():
        return f"{utc:%H:%M}"
    if now is not None and utc.year == now.astimezone(UTC).year:
        return f"{utc:%-d %b %H:%M}"
    return f"{utc:%-d %b %Y %H:%M}"


def full(when: datetime) -> str:
    """Return a time for programs, and for lines that are read later: 2026-11-25T12:05:00Z."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def interval(last_seen_old: datetime | None, first_seen_new: datetime) -> str:
    """Return when an edit happened: between 12:01 and 12:05 UTC on 25 Nov 2026.

    Seconds are added if both times are in the same minute; in the same second, it is at 12:05:07 UTC …
    Without `last_seen_old`: first seen at 12:05 UTC …
    """
    new = first_seen_new.astimezone(UTC)
    if last_seen_old is None:
        return f"first seen at {new:%H:%M} UTC on {day(new)}"
    old = last_seen_old.astimezone(UTC)
    if old.date() != new.date():
        return f"between {old:%H:%M} on {day(old)} and {new:%H:%M} UTC on {day(new)}"
    # Otherwise both times would read the same.
    form = "%H:%M:%S" if f"{old:%H:%M}" == f"{new:%H:%M}" else "%H:%M"
    if f"{old:%H:%M:%S}" == f"{new:%H:%M:%S}":
        return f"at {new:%H:%M:%S} UTC on {day(new)}"
    return f"between {old:{form}} and {new:{form}} UTC on {day(new)}"


def span(length: timedelta) -> str:
    """Return a length of time in its two largest units: 45 s, 12 min, 3 h 20 min, 2 d 4 h."""
    seconds = max(round(length.total_seconds()), 0)
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
        elif parts:
            break
    return " ".join(parts[:2]) or "0 s"


def ago(when: datetime | None, now: datetime) -> str:
    """Return how long ago `when` was: 5 min ago; "never" for None, "in 5 min" for a time to come."""
    if when is None:
        return "never"
    return f"in {span(when - now)}" if when > now else f"{span(now - when)} ago"


def suspicion(since: datetime, now: datetime) -> str:
    """Return that a page was possibly taken down, with the time of the first 404."""
    return f"possibly taken down: 404 since {moment(since, now)}"


def delay(seconds: float) -> str:
    """Return when a copy was seen: 22 s later, 3 min earlier, or at the same time."""
    if not round(seconds):
        return "at the same time"
    return f"{span(timedelta(seconds=abs(seconds)))} {'later' if seconds > 0 else 'earlier'}"


def copied(copy: EditionCopy) -> str:
    """Return when a copy took an edition over, and whether it left out the note: 6 min later, without the note."""
    return delay(copy.after) + (", without the note" if copy.without_note else "")


def also_at(copies: Sequence[EditionCopy]) -> str:
    """Return who took an edition over, and when: and at Inland Courier, 22 s later · Bay Times, 3 min later."""
    named = [f"{one_line(each.source)}, {copied(each)}" for each in copies[:MAX_NAMED_COPIES]]
    if len(copies) > MAX_NAMED_COPIES:
        named.append(f"{len(copies) - MAX_NAMED_COPIES} more")
    return f"and at {' · '.join(named)}" if named else ""
