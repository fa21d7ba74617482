"""Two articles in, one Change out: which paragraphs, sentences and words differ."""

from __future__ import annotations

from .assemble import compare
from .blame import Origin, blame

__all__ = ["Origin", "blame", "compare"]
