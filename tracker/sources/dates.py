"""Dates as feeds and sitemaps write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2100
_LONGEST: Final = 64
_SHORT: Final = re.compile(r"(\d{4})(?:-(\d{2}))?")
_NARROW_ZONE: Final = re.compile(r"([+-]\d{2})(\d{2})?$")
_LONG_FRACTION: Final = re.compile(r"(\.\d{6})\d+")


def parse_date(text: str) -> datetime | None:
    """Return the moment *text* names, in UTC, or None; never raises.

    Reads the W3C forms of https://www.w3.org/TR/NOTE-datetime (a year or a month stands for its beginning) and
    RFC 5322; a date without a zone is taken as UTC. Years outside 1990 to 2100 are nobody's: None.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    for read in (_iso, _mail):
        try:
            found = read(text)
            if found is None:
                continue
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError, IndexError, TypeError):  # the last two: email.utils on odd input
            continue
        return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None
    return None


def _iso(text: str) -> datetime | None:
    short = _SHORT.fullmatch(text)
    if short:
        return datetime(int(short[1]), int(short[2] or 1), 1, tzinfo=UTC)
    if not text[:4].isdigit() or text[4:5] != "-":
        return None
    return datetime.fromisoformat(_LONG_FRACTION.sub(r"\1", text))


def _mail(text: str) -> datetime | None:
    return parsedate_to_datetime(text)
