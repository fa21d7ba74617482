"""The way of an article through the stages."""

from __future__ import annotations

from .check import CheckReport, Pipeline, PollReport, Reader
from .decide import CheckPolicy, CheckVerdict, decide, judge
from .politeness import HostSession, Politeness

__all__ = [
    "CheckPolicy",
    "CheckReport",
    "CheckVerdict",
    "HostSession",
    "Pipeline",
    "Politeness",
    "PollReport",
    "Reader",
    "decide",
    "judge",
]
