"""Alerts: which rules a change matches, when an alert is due, what it says, and its delivery.

What is imported here is pure. What sends is in `delivery_worker` and `channels`, and is imported from there, so that
matching a rule does not load mail and HTTP libraries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.lazy_names import lazy_names

if TYPE_CHECKING:
    from .editions import LaggingCopy, is_edition, is_lagging, lagging_alert, with_copies
    from .matching import in_scope, match_rules
    from .payload import checkpoint_alert, stale_copy_alerts, version_alert
    from .samples import SAMPLES, sample

__all__ = [
    "SAMPLES",
    "LaggingCopy",
    "checkpoint_alert",
    "in_scope",
    "is_edition",
    "is_lagging",
    "lagging_alert",
    "match_rules",
    "sample",
    "stale_copy_alerts",
    "version_alert",
    "with_copies",
]

__getattr__ = lazy_names(
    __name__,
    {
        "editions": "LaggingCopy is_edition is_lagging lagging_alert with_copies",
        "matching": "in_scope match_rules",
        "payload": "checkpoint_alert stale_copy_alerts version_alert",
        "samples": "SAMPLES sample",
    },
)
