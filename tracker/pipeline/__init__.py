"""The way of an article through the stages."""

from __future__ import annotations

from tracker.pipeline.check import CheckReport, Pipeline, PollReport
from tracker.pipeline.reader import Reader

from .decide import CheckPolicy, CheckVerdict, decide
from .host_session import HostSession, Politeness

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
]
