"""Objects of an export with the time they are sorted by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

ARTICLE, VERSION, CHECK = range(3)
"""What goes first of the objects of one time."""

Line = tuple[tuple[datetime, int], dict[str, Any]]
"""An object, and what it is sorted by: its time, and which goes first of those of one time."""
