"""Writethru as a service, and one pass of it."""

from __future__ import annotations

from .loop import run
from .one_pass import Summary, Wanted, check_once

__all__ = ["Summary", "Wanted", "check_once", "run"]
