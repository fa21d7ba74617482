"""The outbox half of a Store in memory: enough to test delivery against."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tracker.errors import ArchiveError
from tracker.model import Alert, Delivery, DeliveryState

if TYPE_CHECKING:
    from collections.abc import Sequence


class OutboxStore:
    def __init__(self) -> None:
        self.rows: dict[int, Delivery] = {}
        self.leases: dict[int, datetime] = {}
        self.broken: set[str] = set()

    async def call(self, method: str, *args: Any) -> Any:
        return getattr(self, method)(*args)

    def enqueue(self, alerts: Sequence[Alert], now: datetime) -> int:
        known = {row.key for row in self.rows.values()}
        for alert in alerts:
            if alert.key not in known:
                number = len(self.rows) + 1
                self.rows[number] = Delivery(
                    number, alert.key, alert.rule, alert.target, alert.article, alert.version, alert.payload, now, now
                )
        return len(self.rows) - len(known)

    def claim(self, now: datetime, lease_seconds: float, limit: int = 20) -> list[Delivery]:
        heads: dict[tuple[str, str], Delivery] = {}
        for row in self.rows.values():
            if row.state is DeliveryState.PENDING:
                heads.setdefault((row.target, row.article), row)
        due = [r for r in heads.values() if r.due_at <= now and self.leases.get(r.id, now) <= now][:limit]
        for row in due:
            self.leases[row.id] = now + timedelta(seconds=lease_seconds)
        return due

    def delivered(self, delivery: int, now: datetime) -> None:
        self._check("delivered")
        self._set(delivery, state=DeliveryState.DELIVERED, delivered_at=now)

    def postpone(self, delivery: int, due_at: datetime, error: str) -> None:
        attempts = self.rows[delivery].attempts + 1
        self._set(delivery, due_at=due_at, attempts=attempts, last_error=error)

    def bury(self, delivery: int, error: str) -> None:
        attempts = self.rows[delivery].attempts + 1
        self._set(delivery, state=DeliveryState.DEAD, attempts=attempts, last_error=error)

    def states(self) -> list[DeliveryState]:
        return [row.state for row in self.rows.values()]

    def _set(self, delivery: int, **values: Any) -> None:
        self.leases.pop(delivery, None)
        self.rows[delivery] = replace(self.rows[delivery], **values)

    def _check(self, method: str) -> None:
        if method in self.broken:
            raise ArchiveError("disk full")


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
    from tracker.alerts import sample, tell

    version, previous = sample("correction")
    made = tell("Corrections", target, version, previous, link="", salt=f"{article}{number}")
    return replace(made, key=key or made.key, article=article, version=number)
