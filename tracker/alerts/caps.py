"""How many messages of a rule a target was sent lately, against the rule's cap."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from .schedule import cap_window, cap_window_end

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    Call = Callable[..., Awaitable[Any]]


class Caps:
    """Counts in memory; what was sent before is asked of the archive once for each rule and target."""

    def __init__(self, call: Call, caps: Mapping[str, float]) -> None:
        self._call = call
        self._caps = caps
        self._sent: dict[tuple[str, str], deque[datetime]] = {}

    async def closed_until(self, rule: str, target: str, now: datetime) -> datetime | None:
        """Return when *target* may be sent more by the cap of *rule*; None where it may be now."""
        if rule not in self._caps:
            return None
        most, length = cap_window(self._caps[rule])
        ends = cap_window_end(now, length)
        begins = ends - length
        if (rule, target) not in self._sent:
            count: int = await self._call("sent_since", rule, target, begins)
            self._sent[rule, target] = deque([begins] * count)
        sent = self._sent[rule, target]
        while sent and sent[0] < begins:
            sent.popleft()
        return ends if len(sent) >= most else None

    def record(self, rule: str, target: str, now: datetime) -> None:
        """Count one more message."""
        if (rule, target) in self._sent:
            self._sent[rule, target].append(now)
