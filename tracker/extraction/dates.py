"""Dates of pages: ISO and RFC forms, addresses, and what stands on the page in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
LATEST_YEAR: Final = 2100

_ISO: Final = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?",
    re.IGNORECASE,
)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?(Z|[+-]\d{2}:?\d{2})?$")
_EPOCH: Final = re.compile(r"1\d{9}(?:\d{3})?$")
_ADDRESS: Final = re.compile(
    r"(?<!\d)((?:19[89]|20[0-4])\d)([/._-]?)(0?[1-9]|1[0-2]|[a-z]{3})\2(0?[1-9]|[12]\d|3[01])(?!\d)", re.IGNORECASE
)
_ZONE: Final = re.compile(r"(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$|T[\d:.]+[+-]\d{2}", re.IGNORECASE)
_MONTHS_EN: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def parse(text: str) -> datetime | None:
    """Read a machine's date in the zone it names, UTC without one; None for what is no date. Never raises."""
    text = text.strip()
    if not text or len(text) > 100:
        return None
    found = _ISO.match(text) or _COMPACT.match(text)
    if found:
        return _build(*found.groups())
    if _EPOCH.match(text):
        return _sane(datetime.fromtimestamp(int(text[:10]), UTC))
    try:
        value = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return _sane(value if value.tzinfo else value.replace(tzinfo=UTC))


def names_zone(text: str) -> bool:
    """Say whether a machine's date says in which zone it is."""
    return _ZONE.search(text.strip()) is not None


def from_address(url: str) -> datetime | None:
    """Return the day that an address names: /2024/05/03/, 2024-05-03, 20240503, /2024/may/03/."""
    path = url.partition("://")[2].partition("/")[2]
    for found in _ADDRESS.finditer(path):
        year, separator, month, day = found.groups()
        if not separator and len(month + day) != 4:
            continue
        if month.isalpha():
            if month.lower() not in _MONTHS_EN:
                continue
            month = str(_MONTHS_EN.index(month.lower()) + 1)
        value = day_of(int(year), int(month), int(day))
        if value:
            return value
    return None


def day_of(year: int, month: int, day: int) -> datetime | None:
    """Return midnight UTC of a day, None where there is no such day or no news of it."""
    try:
        return _sane(datetime(year, month, day, tzinfo=UTC))
    except ValueError:
        return None


def _build(
    year: str, month: str, day: str, hour: str | None, minute: str | None, second: str | None, zone: str | None
) -> datetime | None:
    try:
        value = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), min(59, int(second or 0)), tzinfo=UTC
        )
        return _sane(value.replace(tzinfo=_zone(zone)))
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> timezone:
    if not text or text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if text[0] == "-" else offset)


def _sane(value: datetime) -> datetime | None:
    return value if value >= EARLIEST and value.year < LATEST_YEAR else None
