"""Parse dates as feeds and sitemaps write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_MIN_YEAR: Final = 1990
_MAX_YEAR: Final = 2100
_MAX_DATE_CHARS: Final = 64
_YEAR_OR_MONTH: Final = re.compile(r"(\d{4})(?:-(\d{2}))?")
_LONG_FRACTION: Final = re.compile(r"(\.\d{6})\d+")  # fromisoformat reads at most six digits


def parse_date(text: str) -> datetime | None:
    """Return the moment *text* names, in UTC, or None; never raises.

    Reads the W3C forms of https://www.w3.org/TR/NOTE-datetime (a year or a month stands for its first moment) and
    RFC 5322; a date without a zone is taken as UTC. Years outside 1990 to 2100 give None: they are mistakes.
    """
    text = text.strip()
    if not text or len(text) > _MAX_DATE_CHARS:
        return None
    for parse in (_parse_iso, parsedate_to_datetime):
        try:
            found = parse(text)
            if found is None:
                continue
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError, IndexError, TypeError):  # the last two: email.utils on odd input
            continue
        return found if _MIN_YEAR <= found.year <= _MAX_YEAR else None
    return None


def _parse_iso(text: str) -> datetime | None:
    short = _YEAR_OR_MONTH.fullmatch(text)
    if short:
        return datetime(int(short[1]), int(short[2] or 1), 1, tzinfo=UTC)
    if not text[:4].isdigit() or text[4:5] != "-":
        return None
    return datetime.fromisoformat(_LONG_FRACTION.sub(r"\1", text))
