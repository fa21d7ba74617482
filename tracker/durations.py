"""Durations and rates as people write them: ``90s``, ``5m``, ``1h30m``, ``7d``; ``2000/h``, ``50/m``."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_HOUR = 3600
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(s|m|h|d|w)")
_DURATION = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")


def parse_duration(value: object) -> timedelta:
    """Read ``90s``, ``5m``, ``2h``, ``1h30m``, ``7d``; a timedelta passes through. Raises ValueError."""
    if isinstance(value, timedelta):
        return value
    text = str(value).strip()
    if not text or _DURATION.sub("", text):
        raise ValueError(f"{text!r} is no duration: write a number and a unit, as in 90s, 5m, 2h or 7d")
    try:
        return timedelta(seconds=sum(float(n) * _UNITS[unit] for n, unit in _DURATION.findall(text)))
    except OverflowError:
        raise ValueError(f"{text!r} is longer than time itself: write a shorter duration") from None


def format_duration(value: timedelta) -> str:
    """Write a duration the way `parse_duration` reads it, largest units first."""
    rest = round(value.total_seconds() * 1000)
    parts = []
    for unit, seconds in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1), ("ms", 0.001)):
        count, rest = divmod(rest, round(seconds * 1000))
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def parse_rate(value: object) -> float:
    """Read ``2000/h``, ``50/m`` or ``40000/d`` as a number an hour; a number passes through. Raises ValueError."""
    if isinstance(value, float):
        return value
    found = _RATE.fullmatch(str(value).strip())
    if found is None or float(found[1]) == 0:
        raise ValueError(f"{str(value)!r} is no rate: write how many and in what time, as in 2000/h, 50/m or 40000/d")
    return float(found[1]) * _HOUR / _UNITS[found[2]]


def format_rate(value: float) -> str:
    """Write a number an hour the way `parse_rate` reads it."""
    return f"{value:.12g}/h" if value >= 1 else f"{value * 24:.12g}/d"
