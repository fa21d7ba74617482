"""Say of a change what it is, how much it matters, and whether the outlet said so."""

from __future__ import annotations

from .change_context import changed_facts
from .flaps import Reappearance, TextRun, find_reappearance
from .label import classify
from .rules import RULES
from .significance import significance

__all__ = [
    "RULES",
    "Reappearance",
    "TextRun",
    "changed_facts",
    "classify",
    "find_reappearance",
    "significance",
]
