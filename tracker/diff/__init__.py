"""Two articles in, one Change out: which paragraphs, sentences and words differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .assemble import compare

__all__ = ["compare"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562: what compares is imported when something is compared
    if name == "compare":
        from .assemble import compare

        return compare
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
