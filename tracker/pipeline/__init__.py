"""The way of an article through the stages."""

from __future__ import annotations

from .check import CheckReport, Pipeline, PollReport, Reader
from .decide import Brief, Verdict, decide, judge
from .desk import Desk
from .manners import Manner, Visit

__all__ = [
    "Brief",
    "CheckReport",
    "Desk",
    "Manner",
    "Pipeline",
    "PollReport",
    "Reader",
    "Verdict",
    "Visit",
    "decide",
    "judge",
]
