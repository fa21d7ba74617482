"""A store and a channel to test delivery against."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.fake_store import FakeStore
from tracker.alerts import sample, version_alert
from tracker.errors import ArchiveError

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.model import Alert, Delivery, DeliveryState


class OutboxStore(FakeStore):
    """The archive in memory, called by name as the service does; methods in *broken* fail as a full disk does."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: set[str] = set()

    async def call(self, method: str, *args: Any) -> Any:
        if method in self.broken:
            raise ArchiveError("disk full")
        return getattr(self, method)(*args)

    @property
    def rows(self) -> dict[int, Delivery]:
        return {row.id: row for row in reversed(self.deliveries(limit=10_000))}

    def states(self) -> list[DeliveryState]:
        return [row.state for row in self.rows.values()]


class Recorder:
    """A notifier that takes everything, or raises what *faults* gives for its turn."""

    def __init__(self, *faults: BaseException | None) -> None:
        self.faults = list(faults)
        self.sent: list[tuple[str, str, int, datetime]] = []

    async def send(self, delivery: Delivery, now: datetime) -> None:
        self.sent.append((delivery.key, delivery.article, delivery.version, now))
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault


def alert(number: int = 1, *, target: str = "desk", article: str = "a", key: str = "") -> Alert:
    version, previous = sample("correction")
    made = version_alert("Corrections", target, version, previous, link="", salt=f"{article}{number}")
    return replace(made, key=key or made.key, article=article, version=number)
