"""The values that every package passes to others: frozen, comparable, and without behaviour that needs anything else.

Times are aware datetimes in UTC. Hashes are SHA-256 in lower-case hexadecimal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .check import Tracked

__all__ = ["Tracked"]


def __getattr__(name: str) -> object:  # PEP 562: a module that needs another value does not load this one
    if name == "Tracked":
        from .check import Tracked

        return Tracked
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
