"""Which articles are one story."""

from __future__ import annotations

from .membership import stories_of

__all__ = ["stories_of"]
