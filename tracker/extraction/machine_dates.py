"""Parse dates in the formats that programs write: ISO 8601, RFC 5322, Unix time, and days in addresses."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Final

MIN_DATE: Final = datetime(1990, 1, 1, tzinfo=UTC)
MAX_YEAR: Final = 2100
_MAX_DATE_CHARS: Final = 100

_ISO: Final = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?",
    re.IGNORECASE,
)
_COMPACT_ISO: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?(Z|[+-]\d{2}:?\d{2})?$")
_UNIX_TIME: Final = re.compile(r"1\d{9}(?:\d{3})?$")  # in seconds or milliseconds
_URL_DATE: Final = re.compile(
    r"(?<!\d)((?:19[89]|20[0-4])\d)([/._-]?)(0?[1-9]|1[0-2]|[a-z]{3})\2(0?[1-9]|[12]\d|3[01])(?!\d)", re.IGNORECASE
)
_ZONE: Final = re.compile(r"(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$|T[\d:.]+[+-]\d{2}", re.IGNORECASE)
_ENGLISH_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def parse(text: str) -> datetime | None:
    """Return the moment in the zone that *text* names, in UTC if it names none; None if it is no date. Never raises."""
    text = text.strip()
    if not text or len(text) > _MAX_DATE_CHARS:
        return None
    found = _ISO.match(text) or _COMPACT_ISO.match(text)
    if found:
        return _from_iso_parts(*found.groups())
    if _UNIX_TIME.match(text):
        return _plausible(datetime.fromtimestamp(int(text[:10]), UTC))
    try:
        value = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return _plausible(value if value.tzinfo else value.replace(tzinfo=UTC))


def names_zone(text: str) -> bool:
    """Say whether a machine's date names its time zone."""
    return _ZONE.search(text.strip()) is not None


def from_url(url: str) -> datetime | None:
    """Return the day that the path of an address names: /2024/05/03/, 2024-05-03, 20240503, /2024/may/03/."""
    path = url.partition("://")[2].partition("/")[2]
    for found in _URL_DATE.finditer(path):
        year, separator, month, day = found.groups()
        if not separator and len(month + day) != 4:
            continue
        if month.isalpha():
            if month.lower() not in _ENGLISH_MONTHS:
                continue
            month = str(_ENGLISH_MONTHS.index(month.lower()) + 1)
        value = day_of(int(year), int(month), int(day))
        if value:
            return value
    return None


def day_of(year: int, month: int, day: int) -> datetime | None:
    """Return midnight UTC of a day; None if there is no such day, or none from MIN_DATE to MAX_YEAR."""
    try:
        return _plausible(datetime(year, month, day, tzinfo=UTC))
    except ValueError:
        return None


def _from_iso_parts(
    year: str, month: str, day: str, hour: str | None, minute: str | None, second: str | None, zone: str | None
) -> datetime | None:
    try:
        offset = UTC
        if zone and zone[0] in "+-":
            digits = zone[1:].replace(":", "")
            ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
            offset = timezone(-ahead if zone[0] == "-" else ahead)
        # A leap second, 60, is no second of datetime's.
        clock = int(hour or 0), int(minute or 0), min(59, int(second or 0))
        return _plausible(datetime(int(year), int(month), int(day), *clock, tzinfo=offset))
    except (ValueError, OverflowError):
        return None


def _plausible(value: datetime) -> datetime | None:
    return value if value >= MIN_DATE and value.year < MAX_YEAR else None
