"""Say of a change what it is, how much it matters, and whether the outlet said so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.lazy_names import lazy_names

if TYPE_CHECKING:
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

__getattr__ = lazy_names(
    __name__,
    {
        "change_context": "changed_facts",
        "flaps": "Reappearance TextRun find_reappearance",
        "label": "classify",
        "rules": "RULES",
        "significance": "significance",
    },
)
