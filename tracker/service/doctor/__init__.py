"""Findings about an installation: what works, what does not, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "broken"]


@dataclass(frozen=True)
class Finding:
    """The result of one check. `remedy` says what to do if it is not ok."""

    what: str
    state: State
    detail: str
    remedy: str = ""
