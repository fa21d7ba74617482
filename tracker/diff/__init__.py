"""Compare two articles: which paragraphs, sentences and words differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.lazy_names import lazy_names

if TYPE_CHECKING:
    from .comparison import compare

__all__ = ["compare"]

# Commands that compare nothing need not load the comparison.
__getattr__ = lazy_names(__name__, {"comparison": "compare"})
