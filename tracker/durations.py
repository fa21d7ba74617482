"""Durations and rates as people write them (``90s``, ``1h30m``, ``7d``; ``2000/h``), and the backoff after failures."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

HOUR: Final = timedelta(hours=1)
_UNITS: Final = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_RATE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(s|m|h|d|w)")
_DURATION: Final = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")


def parse_duration(value: object) -> timedelta:
    """Return the duration in a text such as ``90s``, ``5m``, ``2h``, ``1h30m`` or ``7d``; a timedelta passes through.

    Raises ValueError.
    """
    if isinstance(value, timedelta):
        return value
    text = _text(value, 'a duration in quotes, as in "90s", "5m", "2h" or "7d"')
    if not text or _DURATION.sub("", text):
        raise ValueError(f"{text!r} is not a duration; write a number and a unit, as in 90s, 5m, 2h or 7d")
    try:
        return timedelta(seconds=sum(float(n) * _UNITS[unit] for n, unit in _DURATION.findall(text)))
    except OverflowError:
        raise ValueError(f"{text!r} is too long; write a shorter duration") from None


def format_duration(value: timedelta) -> str:
    """Return the text of a duration that `parse_duration` reads, largest units first, to the millisecond."""
    rest = round(value.total_seconds() * 1000)
    parts = []
    for unit in ("d", "h", "m", "s", "ms"):
        count, rest = divmod(rest, round(_UNITS[unit] * 1000))
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def parse_rate(value: object) -> float:
    """Return the number an hour in a text such as ``2000/h``, ``50/m`` or ``40000/d``; a float passes through.

    Raises ValueError.
    """
    if isinstance(value, float):
        return value
    text = _text(value, 'a rate in quotes, as in "2000/h", "50/m" or "40000/d"')
    found = _RATE.fullmatch(text)
    if found is None or float(found[1]) == 0:
        raise ValueError(f"{text!r} is not a rate; write a number and a time, as in 2000/h, 50/m or 40000/d")
    return float(found[1]) * _UNITS["h"] / _UNITS[found[2]]


def format_rate(value: float) -> str:
    """Return the text of a number an hour that `parse_rate` reads."""
    return f"{value:.12g}/h" if value >= 1 else f"{value * 24:.12g}/d"


def _text(value: object, expected: str) -> str:
    """Return a text or a number as a text. Raises ValueError, which names the expected form."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError(f"must be {expected}")  # noqa: TRY004 - pydantic reports only a ValueError
    return str(value).strip()


MIN_RETRY_PAUSE: Final = timedelta(minutes=1)
MAX_RETRY_PAUSE: Final = timedelta(hours=1)
_MAX_DOUBLINGS: Final = 12


def backoff(first: timedelta, failures: int, longest: timedelta) -> timedelta:
    """Return how long to wait after `failures` failures in a row: `first`, twice as long each time, up to `longest`."""
    # Bounded before it is multiplied: after weeks of failures, a timedelta would overflow.
    return min(first * (1 << min(max(failures - 1, 0), _MAX_DOUBLINGS)), longest)


def jitter(key: str, count: int) -> float:
    """Return a number from -1 to 1 that is always the same for one key and count."""
    # Not random, so that times stay the same after a restart and in a replay.
    digest = hashlib.sha256(f"{key}:{count}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 0xFFFFFFFF * 2 - 1


@dataclass(slots=True)
class Backoff:
    """The pause before the next attempt at a service: from `MIN_RETRY_PAUSE` to `MAX_RETRY_PAUSE`."""

    _failures: int = 0
    _due: datetime | None = None

    def is_waiting(self, now: datetime) -> bool:
        """Return whether it is too early for the next attempt."""
        # A time that is further ahead than any pause was set before the clock was set back.
        return self._due is not None and now < self._due <= now + MAX_RETRY_PAUSE

    def fail(self, now: datetime) -> timedelta:
        """Wait before the next attempt, and return for how long."""
        self._failures += 1
        pause = backoff(MIN_RETRY_PAUSE, self._failures, MAX_RETRY_PAUSE)
        self._due = now + pause
        return pause

    def succeed(self) -> None:
        """Allow the next attempt at once."""
        self._failures, self._due = 0, None
