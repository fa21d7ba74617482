"""What every reader of the archive must know, whatever it reads with: nothing here needs SQLAlchemy."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from tracker.model.watch import CheckOutcome

# How long to wait for SQLite's write lock: a takedown or a compaction of many pages holds it for seconds.
BUSY_SECONDS: Final = 30

# The order is part of the schema: a check keeps the place of its outcome in this list.
OUTCOMES: Final = (
    CheckOutcome.NEW,
    CheckOutcome.CHANGED,
    CheckOutcome.UNCHANGED,
    CheckOutcome.NOT_MODIFIED,
    CheckOutcome.GONE,
    CheckOutcome.REFUSED,
    CheckOutcome.FAILED,
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_REPLACE: Final = {0: "\ufffd"} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def to_ms(instant: datetime) -> int:
    """Return milliseconds since 1970, rounded down. `instant` is aware."""
    # Whole numbers: a float of seconds would round some instants to another millisecond.
    return (instant - _EPOCH) // _MILLISECOND


def from_ms(value: int) -> datetime:
    """Return the aware UTC instant that `to_ms` gave `value` for."""
    return _EPOCH + value * _MILLISECOND


def to_instant(value: int | None) -> datetime | None:
    """Return the instant of a column that may be empty."""
    return None if value is None else from_ms(value)


def clean_text(text: str) -> str:
    """Replace what PostgreSQL cannot keep in a text, NUL and lone surrogates, so that both databases keep the same."""
    # Nearly every text is clean, and can say so fast.
    if "\0" not in text and (text.isascii() or not _SURROGATE.search(text)):
        return text
    return text.translate(_REPLACE)
