"""Who is told what, and how it reaches them: rules matched purely, delivery from an outbox, three channels."""

from __future__ import annotations

from .match import fits_place, match
from .notes import tell_note
from .payload import tell
from .samples import SAMPLES, sample
from .stale import tell_stale

__all__ = [
    "SAMPLES",
    "fits_place",
    "match",
    "sample",
    "tell",
    "tell_note",
    "tell_stale",
]
