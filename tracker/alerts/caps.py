"""How many messages of a rule a target was sent recently, compared with the rule's cap."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.archive.outbox import count_sent

from .schedule import cap_window, cap_window_end

if TYPE_CHECKING:
    from tracker.archive.thread import ArchiveThread


class Caps:
    """Counts messages by rule and target; `hourly_caps` maps rules to the most messages an hour to one target.

    The counts are kept in memory; the archive is asked once for each rule and target, for what an earlier process sent.
    """

    def __init__(self, archive: ArchiveThread, hourly_caps: Mapping[str, float]) -> None:
        self._archive = archive
        self._hourly_caps = hourly_caps
        self._sent: dict[tuple[str, str], deque[datetime]] = {}

    async def closed_until(self, rule: str, target: str, now: datetime) -> datetime | None:
        """Return when `target` may be sent the next message of `rule`; None if it may be sent one now."""
        if rule not in self._hourly_caps:
            return None
        most, length = cap_window(self._hourly_caps[rule])
        ends = cap_window_end(now, length)
        begins = ends - length
        if (rule, target) not in self._sent:
            count = await self._archive.run(count_sent, rule, target, begins)
            # When each was sent does not matter: they all leave the count together, when the window ends.
            self._sent[rule, target] = deque([begins] * count)
        sent = self._sent[rule, target]
        while sent and sent[0] < begins:
            sent.popleft()
        return ends if len(sent) >= most else None

    def record(self, rule: str, target: str, now: datetime) -> None:
        """Count a message that was sent."""
        if (rule, target) in self._sent:
            self._sent[rule, target].append(now)
