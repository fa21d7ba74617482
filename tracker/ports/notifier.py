"""The seam to those who are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.model import Delivery


@runtime_checkable
class Notifier(Protocol):
    """A channel that takes messages: e-mail, webhook, Apprise."""

    async def send(self, delivery: Delivery, now: datetime) -> None:
        """Hand one delivery to its target. Raises DeliveryError; nothing else."""
        ...
