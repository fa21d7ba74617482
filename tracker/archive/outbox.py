"""The outbox: alerts that wait for their target, leased to one worker at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, func, literal_column, select, update

from tracker.archive.database.base import upsert
from tracker.archive.schema.columns import Instant
from tracker.archive.schema.core import delivery
from tracker.model import Delivery, DeliveryState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Row

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive
    from tracker.model import Alert, Delivery

_PENDING: Final = delivery.c.state == literal_column("'pending'")
_NOW: Final = bindparam("now", type_=Instant())
_FREE: Final = delivery.c.leased_until.is_(None) | (delivery.c.leased_until <= _NOW)
_other = delivery.alias("other")
_heads = (
    select(func.min(_other.c.id))
    .where(_other.c.state == literal_column("'pending'"), _other.c.lane.is_(None))
    .group_by(_other.c.target, _other.c.article)
)
_CLAIMABLE: Final = (
    select(delivery.c.id)
    .where(
        _PENDING,
        delivery.c.due_at <= _NOW,
        _FREE,
        delivery.c.id.in_(_heads),
    )
    .order_by(delivery.c.due_at, delivery.c.id)
    # Two workers at once: one takes a row, the other passes it over.
    .with_for_update(skip_locked=True, of=delivery)
)

_LANE: Final = (
    select(delivery.c.target, delivery.c.lane)
    .where(_PENDING, _FREE, delivery.c.lane.is_not(None), delivery.c.due_at <= _NOW)
    .order_by(delivery.c.due_at, delivery.c.id)
)


def enqueue_alerts(archive: Archive, alerts: Sequence[Alert], now: datetime) -> int:
    """Put alerts into the outbox outside a check (`alerts test`); return how many keys were new."""
    with archive.database.write() as connection:
        return put(connection, alerts, now)


def claim_deliveries(
    archive: Archive, now: datetime, lease_seconds: float, limit: int = 20, skip: Sequence[str] = ()
) -> list[Delivery]:
    """Lease due deliveries: at most the oldest pending one per target and article, so that order is kept.

    Those in a lane are left to `claim_lane`, and those for the targets in *skip* where they are.
    """
    wanted = _CLAIMABLE.where(delivery.c.target.not_in(list(skip))) if skip else _CLAIMABLE
    with archive.database.write() as connection:
        return _lease(connection, list(connection.scalars(wanted.limit(limit), {"now": now})), now, lease_seconds)


def claim_lane(
    archive: Archive, now: datetime, lease_seconds: float, limit: int = 200, skip: Sequence[str] = ()
) -> list[Delivery]:
    """Lease the deliveries of one due lane to one target, in the order they were made; [] where none is due."""
    with archive.database.write() as connection:
        found = connection.execute(_LANE.where(delivery.c.target.not_in(list(skip))).limit(1), {"now": now}).first()
        if found is None:
            return []
        mine = select(delivery.c.id).where(
            _PENDING, _FREE, delivery.c.target == found.target, delivery.c.lane == found.lane
        )
        mine = mine.order_by(delivery.c.id).limit(limit).with_for_update(skip_locked=True)
        leased = _lease(connection, list(connection.scalars(mine, {"now": now})), now, lease_seconds)
        return sorted(leased, key=lambda each: each.id)


def release_leases(archive: Archive) -> int:
    """End every lease and return how many there were; only for whoever has just taken the archive's lock."""
    with archive.database.write() as connection:
        leased = update(delivery).where(_PENDING, delivery.c.leased_until.is_not(None))
        return connection.execute(leased.values(leased_until=None)).rowcount


def mark_delivered(archive: Archive, delivery: int, now: datetime) -> None:
    """Record that the target took it."""
    _settle(archive, delivery, state=DeliveryState.DELIVERED, delivered_at=now, attempts=_delivery.c.attempts + 1)


def mark_all_delivered(archive: Archive, deliveries: Sequence[int], now: datetime) -> None:
    """Record that the target took all of these in one message, all or nothing."""
    taken = {"state": DeliveryState.DELIVERED, "delivered_at": now, "attempts": delivery.c.attempts + 1}
    with archive.database.write() as connection:
        for key in deliveries:
            _end(connection, key, taken)


def hold_delivery(archive: Archive, delivery: int, lane: str, due_at: datetime) -> None:
    """Let a pending delivery wait until *due_at*, in *lane* if any; its lease ends, and no attempt is counted."""
    _settle(archive, delivery, lane=lane or None, due_at=due_at)


def reschedule_lane(archive: Archive, lane: str, due_at: datetime) -> int:
    """Let all that waits in lanes whose names end in *lane* be due at *due_at*; return how many there are."""
    waiting = select(delivery.c.lane).distinct().where(_PENDING, delivery.c.lane.is_not(None))
    with archive.database.write() as connection:
        lanes = [each for each in connection.scalars(waiting) if each.endswith(lane)]
        later = update(delivery).where(_PENDING, delivery.c.lane.in_(lanes)).values(due_at=due_at)
        return connection.execute(later).rowcount if lanes else 0


def retry_target(archive: Archive, target: str, now: datetime) -> int:
    """Let what waits for another attempt at *target* be due now; return how many there are."""
    waiting = update(delivery).where(_PENDING, delivery.c.target == target, delivery.c.attempts > 0)
    with archive.database.write() as connection:
        return connection.execute(waiting.where(delivery.c.due_at > now).values(due_at=now)).rowcount


def revive_deliveries(archive: Archive, keys: Sequence[str], now: datetime) -> int:
    """Make dead deliveries pending again, due now and with all attempts before them; return how many there were."""
    values = {"state": DeliveryState.PENDING, "due_at": now, "attempts": 0, "lane": None, "leased_until": None}
    dead = update(delivery).where(delivery.c.state == DeliveryState.DEAD, delivery.c.payload != "{}")
    with archive.database.write() as connection:
        return sum(connection.execute(dead.where(delivery.c.key == key).values(values)).rowcount for key in keys)


def count_sent(archive: Archive, rule: str, target: str, since: datetime) -> int:
    """Return how many messages of *rule* the target took since; what was sent together is one."""
    alone = func.count().filter(delivery.c.lane.is_(None))
    together = func.count(delivery.c.lane.distinct())
    taken = select(alone + together).where(
        delivery.c.state == DeliveryState.DELIVERED,
        delivery.c.rule == rule,
        delivery.c.target == target,
        delivery.c.delivered_at >= since,
    )
    with archive.database.read() as connection:
        return int(connection.scalar(taken) or 0)


def postpone_delivery(archive: Archive, delivery: int, due_at: datetime, error: str) -> None:
    """Count a failed attempt and try again at *due_at*, with the same key."""
    _settle(archive, delivery, due_at=due_at, last_error=error, attempts=_delivery.c.attempts + 1)


def bury_delivery(archive: Archive, delivery: int, error: str) -> None:
    """Give up on a delivery and keep the reason; the attempt that failed is counted."""
    _settle(archive, delivery, state=DeliveryState.DEAD, last_error=error, attempts=_delivery.c.attempts + 1)


def list_deliveries(archive: Archive, state: DeliveryState | None = None, limit: int = 100) -> list[Delivery]:
    """Return deliveries, newest first."""
    query = DELIVERIES.order_by(delivery.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(delivery.c.state == state)
    with archive.database.read() as connection:
        return [sent(row) for row in connection.execute(query)]


def _settle(archive: Archive, key: int, **values: Any) -> None:  # noqa: ANN401 - column values
    """End a lease. What is delivered or dead stays so: a worker that comes late with bad news is not heard."""
    with archive.database.write() as connection:
        _end(connection, key, values)


_delivery: Final = delivery


def _end(connection: Connection, key: int, values: Mapping[str, Any]) -> None:
    pending = update(delivery).where(delivery.c.id == key, _PENDING)
    connection.execute(pending.values(leased_until=None, **values))


def _lease(connection: Connection, keys: Sequence[int], now: datetime, seconds: float) -> list[Delivery]:
    if not keys:
        return []
    mine = delivery.c.id.in_(keys)
    until = now + timedelta(seconds=seconds)
    connection.execute(update(delivery).where(mine).values(leased_until=until))
    found = connection.execute(DELIVERIES.where(mine).order_by(delivery.c.due_at, delivery.c.id))
    return [sent(row) for row in found]


def put(connection: Connection, alerts: Iterable[Alert], now: datetime) -> int:
    """Put alerts into the outbox within the caller's transaction; return how many keys were new."""
    new = 0
    for alert in alerts:
        row = {
            "key": alert.key,
            "rule": alert.rule,
            "target": alert.target,
            "article": alert.article,
            "version": alert.version,
            "payload": alert.payload,
            "state": DeliveryState.PENDING,
            "created_at": now,
            "due_at": alert.due_at or now,
            "attempts": 0,
            "last_error": "",
            "lane": alert.lane or None,
        }
        made = upsert(connection, delivery, row, on=(delivery.c.key,)).returning(delivery.c.id)
        new += connection.execute(made).one_or_none() is not None
    return new


def count(connection: Connection) -> tuple[dict[DeliveryState, int], datetime | None]:
    """Return how many deliveries are in each state, and when the oldest pending one was made."""
    states = select(delivery.c.state, func.count()).group_by(delivery.c.state)
    counted = {state: number for state, number in connection.execute(states)}  # noqa: C416 - rows are no pairs to mypy
    oldest = connection.scalar(select(func.min(delivery.c.created_at)).where(_PENDING))
    return counted, oldest


DELIVERIES: Final = select(delivery)


def sent(row: Row[Any]) -> Delivery:
    """Return a delivery for a row of DELIVERIES."""
    return Delivery(
        id=row.id,
        key=row.key,
        rule=row.rule,
        target=row.target,
        article=row.article,
        version=row.version,
        payload=row.payload,
        created_at=row.created_at,
        due_at=row.due_at,
        state=row.state,
        attempts=row.attempts,
        last_error=row.last_error,
        delivered_at=row.delivered_at,
        lane=row.lane or "",
    )
