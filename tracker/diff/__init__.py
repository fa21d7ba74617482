"""Compare two articles: which paragraphs, sentences and words differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .comparison import compare

__all__ = ["compare"]


def __getattr__(name: str) -> object:  # PEP 562: commands that compare nothing need not load the comparison
    if name == "compare":
        from .comparison import compare

        return compare
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
