"""Write a number with its noun."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 alert" or "1,200 alerts"; `many` is the plural if it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
