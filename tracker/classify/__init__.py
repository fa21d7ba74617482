"""One Change in, the same Change with labels out: what it is, how much it matters, whether the outlet said so."""

from __future__ import annotations

from .facts import facts
from .flaps import Return, Seen, judge, returned
from .label import classify, significance
from .rules import RULES

__all__ = ["RULES", "Return", "Seen", "classify", "facts", "judge", "returned", "significance"]
