"""Who is told what, and how it reaches them: rules matched purely, delivery from an outbox, three channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .match import fits_place, match
from .notes import tell_note
from .payload import tell
from .samples import SAMPLES, sample
from .stale import tell_stale

if TYPE_CHECKING:
    from .channels import notifiers, open_delivery_worker
    from .outbox import DeliveryWorker

__all__ = [
    "SAMPLES",
    "DeliveryWorker",
    "fits_place",
    "match",
    "notifiers",
    "open_delivery_worker",
    "sample",
    "tell",
    "tell_note",
    "tell_stale",
]

_HOMES = {"DeliveryWorker": "outbox", "notifiers": "channels", "open_delivery_worker": "channels"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562: a rule is matched without loading what sends
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
