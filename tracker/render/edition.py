"""Write the copies of an edition in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from .text import one_line
from .times import span

if TYPE_CHECKING:
    from ..views.edition import EditionCopy

MAX_NAMED_COPIES: Final = 5


def delay(after: timedelta) -> str:
    """Return when a copy was seen: 22 s later, 3 min earlier, or at the same time."""
    if not round(after.total_seconds()):
        return "at the same time"
    return f"{span(abs(after))} {'later' if after > timedelta() else 'earlier'}"


def also_at(copies: Sequence[EditionCopy]) -> str:
    """Return who took an edition over, and when: and at Inland Courier, 22 s later · Bay Times, 3 min later."""
    named = [f"{one_line(each.source)}, {delay(each.after)}" for each in copies[:MAX_NAMED_COPIES]]
    if len(copies) > MAX_NAMED_COPIES:
        named.append(f"{len(copies) - MAX_NAMED_COPIES} more")
    return f"and at {' · '.join(named)}" if named else ""
