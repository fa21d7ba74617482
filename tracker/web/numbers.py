"""Whole numbers as they come in addresses, forms, cookies and headers."""

from __future__ import annotations

from typing import Final

MAX_VERSION_DIGITS: Final = 6


def whole_number(text: str, max_digits: int = 9) -> int | None:
    """Return the number that `text` is in plain digits; None if it is anything else, or has too many digits."""
    # isdigit() alone also takes digits such as "²", and int() refuses more than 4,300 digits: both would be a crash.
    return int(text) if text.isascii() and text.isdigit() and len(text) <= max_digits else None


def version_number(text: str) -> int | None:
    """Return the number of a version in an address; None if it is not a number, or one that no version can have."""
    return whole_number(text, MAX_VERSION_DIGITS) or None
