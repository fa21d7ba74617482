"""Who is told what, and how it reaches them: rules matched purely, delivery from an outbox, three channels."""

from __future__ import annotations

from .checkpoints import checkpoint_alert
from .matching import in_scope, match_rules
from .payload import version_alert
from .samples import SAMPLES, sample
from .stale_copies import stale_copy_alerts

__all__ = [
    "SAMPLES",
    "checkpoint_alert",
    "in_scope",
    "match_rules",
    "sample",
    "stale_copy_alerts",
    "version_alert",
]
