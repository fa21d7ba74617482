"""The outbox of the archive in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tracker.model import Delivery, DeliveryState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.model import Alert

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def to_milliseconds(instant: datetime | None) -> datetime | None:
    """Cut an instant to the milliseconds that an archive keeps."""
    if instant is None:
        return None
    return _EPOCH + (instant - _EPOCH) // timedelta(milliseconds=1) * timedelta(milliseconds=1)


def cleaned(text: str) -> str:
    """Replace what no archive keeps in a text."""
    return "".join("\ufffd" if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in text)


class FakeOutbox:
    """The part of `ports.Store` that holds deliveries."""

    _now: Any

    def enqueue(self, alerts: Sequence[Alert], now: datetime) -> int:
        at = to_milliseconds(now)
        assert at is not None
        return self._put(alerts, at)

    def claim(self, now: datetime, lease_seconds: float, limit: int = 20, skip: Sequence[str] = ()) -> list[Delivery]:
        heads: dict[tuple[str, str], Delivery] = {}
        for each in self._now.deliveries.values():
            if each.state is DeliveryState.PENDING and not each.lane:
                heads.setdefault((each.target, each.article), each)
        free = [each for each in heads.values() if self._free(each, now) and each.target not in skip]
        claimed = sorted(free, key=lambda each: (each.due_at, each.id))[:limit]
        return self._lease(claimed, now, lease_seconds)

    def claim_lane(
        self, now: datetime, lease_seconds: float, limit: int = 200, skip: Sequence[str] = ()
    ) -> list[Delivery]:
        waiting = [
            each
            for each in self._now.deliveries.values()
            if each.state is DeliveryState.PENDING
            and each.lane
            and each.target not in skip
            and self._now.leases.get(each.id, now) <= now
        ]
        due = sorted((each for each in waiting if each.due_at <= now), key=lambda each: (each.due_at, each.id))
        if not due:
            return []
        first = due[0]
        mine = [each for each in waiting if (each.target, each.lane) == (first.target, first.lane)]
        return self._lease(sorted(mine, key=lambda each: each.id)[:limit], now, lease_seconds)

    def _free(self, each: Delivery, now: datetime) -> bool:
        return each.due_at <= now and self._now.leases.get(each.id, now) <= now

    def _lease(self, claimed: list[Delivery], now: datetime, lease_seconds: float) -> list[Delivery]:
        for each in claimed:
            self._now.leases[each.id] = now + timedelta(seconds=lease_seconds)
        return claimed

    def release(self) -> int:
        ended = len(self._now.leases)
        self._now.leases.clear()
        return ended

    def delivered(self, delivery: int, now: datetime) -> None:
        self._settle(delivery, attempt=1, state=DeliveryState.DELIVERED, delivered_at=to_milliseconds(now))

    def delivered_together(self, deliveries: Sequence[int], now: datetime) -> None:
        for delivery in deliveries:
            self.delivered(delivery, now)

    def hold(self, delivery: int, lane: str, due_at: datetime) -> None:
        self._settle(delivery, lane=lane, due_at=to_milliseconds(due_at))

    def reschedule(self, lane: str, due_at: datetime) -> int:
        waiting = [
            each
            for each in self._now.deliveries.values()
            if each.state is DeliveryState.PENDING and each.lane and each.lane.endswith(lane)
        ]
        for each in waiting:
            self._now.deliveries[each.id] = replace(each, due_at=to_milliseconds(due_at))
        return len(waiting)

    def retry_now(self, target: str, now: datetime) -> int:
        at = to_milliseconds(now)
        assert at is not None
        waiting = [
            each
            for each in self._now.deliveries.values()
            if each.state is DeliveryState.PENDING and each.target == target and each.attempts and each.due_at > at
        ]
        for each in waiting:
            self._now.deliveries[each.id] = replace(each, due_at=at)
        return len(waiting)

    def revive(self, keys: Sequence[str], now: datetime) -> int:
        dead = [
            each
            for each in self._now.deliveries.values()
            if each.key in keys and each.state is DeliveryState.DEAD and each.payload != "{}"
        ]
        fresh = {"state": DeliveryState.PENDING, "due_at": to_milliseconds(now), "attempts": 0, "lane": ""}
        for each in dead:
            self._now.deliveries[each.id] = replace(each, **fresh)
        return len(dead)

    def sent_since(self, rule: str, target: str, since: datetime) -> int:
        taken = [
            each
            for each in self._now.deliveries.values()
            if (each.rule, each.target) == (rule, target) and each.delivered_at and each.delivered_at >= since
        ]
        return sum(not each.lane for each in taken) + len({each.lane for each in taken if each.lane})

    def postpone(self, delivery: int, due_at: datetime, error: str) -> None:
        self._settle(delivery, attempt=1, due_at=to_milliseconds(due_at), last_error=cleaned(error))

    def bury(self, delivery: int, error: str) -> None:
        self._settle(delivery, attempt=1, state=DeliveryState.DEAD, last_error=cleaned(error))

    def deliveries(self, state: DeliveryState | None = None, limit: int = 100) -> list[Delivery]:
        newest = reversed(self._now.deliveries.values())
        return [each for each in newest if state is None or each.state is state][:limit]

    def _put(self, alerts: Sequence[Alert], at: datetime) -> int:
        known = {each.key for each in self._now.deliveries.values()}
        new = list({alert.key: alert for alert in alerts if alert.key not in known}.values())
        for alert in new:
            number = len(self._now.deliveries) + 1
            self._now.deliveries[number] = Delivery(
                id=number,
                key=alert.key,
                rule=cleaned(alert.rule),
                target=alert.target,
                article=alert.article,
                version=alert.version,
                payload=cleaned(alert.payload),
                created_at=at,
                due_at=to_milliseconds(alert.due_at) or at,
                lane=alert.lane,
            )
        return len(new)

    def _settle(self, key: int, *, attempt: int = 0, **values: Any) -> None:
        known = self._now.deliveries.get(key)
        if known is not None and known.state is DeliveryState.PENDING:
            self._now.leases.pop(key, None)
            self._now.deliveries[key] = replace(known, attempts=known.attempts + attempt, **values)
