"""How many messages of a rule a target was sent lately, against the rule's cap."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from tracker.archive.outbox import count_sent

from .plan import window, window_end

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tracker.archive.thread import ArchiveThread


class Caps:
    """Counts in memory; what was sent before is asked of the archive once for each rule and target."""

    def __init__(self, archive: ArchiveThread, caps: Mapping[str, float]) -> None:
        self._archive = archive
        self._caps = caps
        self._sent: dict[tuple[str, str], deque[datetime]] = {}

    async def full(self, rule: str, target: str, now: datetime) -> datetime | None:
        """Return when *target* may be sent more by the cap of *rule*; None where it may be now."""
        if rule not in self._caps:
            return None
        most, length = window(self._caps[rule])
        ends = window_end(now, length)
        begins = ends - length
        if (rule, target) not in self._sent:
            count: int = await self._archive.run(count_sent, rule, target, begins)
            self._sent[rule, target] = deque([begins] * count)
        sent = self._sent[rule, target]
        while sent and sent[0] < begins:
            sent.popleft()
        return ends if len(sent) >= most else None

    def count(self, rule: str, target: str, now: datetime) -> None:
        """Count one more message."""
        if (rule, target) in self._sent:
            self._sent[rule, target].append(now)
