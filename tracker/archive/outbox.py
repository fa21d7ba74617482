"""The outbox: alerts waiting for delivery, leased to one worker at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from tracker.model.alert import Alert, Batch, Delivery, DeliveryState, Payload
from tracker.render.json import dumps

from .archive import Archive
from .codec import columns, row_to_value
from .database.connection import Connection, Row, Statement, Values

_SELECT: Final = """
SELECT d.id, d.key, d.rule, d.target, d.article, d.version, d.payload, d.created_at, d.due_at, d.state, d.attempts,
  d.last_error, d.delivered_at, d.batch, d.alone, d.storm
FROM delivery d
"""
_ANY_DUE: Final = "SELECT 1 FROM delivery WHERE state = 'pending' AND due_at <= :now LIMIT 1"
_UNTRIED: Final = "d.state = 'pending' AND d.attempts = 0 AND d.leased_until IS NULL"
# A lease that has run out counts as none: its holder crashed, or its answer will come too late.
_FREE: Final = "d.state = 'pending' AND (d.leased_until IS NULL OR d.leased_until <= :now)"
# Only the oldest alert of a target about an article may be sent, so that a later one never overtakes it.
_HEADS: Final = """
SELECT min(id) FROM delivery WHERE state = 'pending' AND batch IS NULL GROUP BY target, article
"""
_DUE_BATCH: Final = f"""
SELECT d.target, d.batch FROM delivery d WHERE {_FREE} AND d.batch IS NOT NULL AND d.due_at <= :now {{skipped}}
ORDER BY d.due_at, d.id LIMIT 1
"""
# Alerts sent together count as one message.
_SENT: Final = """
SELECT count(CASE WHEN batch IS NULL THEN 1 END) + count(DISTINCT batch) FROM delivery
WHERE state = 'delivered' AND rule = :rule AND target = :target AND delivered_at >= :since
"""

_WAIT_TOO: Final = """
UPDATE delivery SET last_error = :error
WHERE state = 'pending' AND attempts = 0 AND leased_until IS NULL AND last_error <> :error
  AND target = (SELECT target FROM delivery WHERE id = :delivery)
"""
_OLD: Final = "SELECT id FROM delivery WHERE state = 'delivered' AND delivered_at < :before"
_SOME: Final = "ORDER BY id LIMIT :most"
# Alerts about an article are looked for among this many of the newest, because no index is by article.
RECENT_ALERTS: Final = 5_000
# Alerts that are searched at a time for several about one edition; the rest follows at the next search.
MAX_UNTRIED_ALERTS: Final = 500
# Alerts slimmed or deleted in one transaction.
MAX_FORGOTTEN_TOGETHER: Final = 500


def enqueue_alerts(archive: Archive, alerts: Sequence[Alert], now: datetime) -> int:
    """Put alerts into the outbox; return how many keys were new."""
    new = 0
    with archive.write() as connection:
        for alert in alerts:
            row = columns(alert) | _columns(alert.batch)
            row |= {"payload": dumps(alert.payload), "due_at": alert.due_at or now, "created_at": now}
            row |= {"state": DeliveryState.PENDING, "attempts": 0, "last_error": ""}
            # The key is made of the subject of the alert: a check that is repeated after a crash adds none again.
            new += connection.insert("delivery", "ON CONFLICT (key) DO NOTHING", **row)
    return new


def has_due_deliveries(archive: Archive, now: datetime) -> bool:
    """Return whether any delivery is due."""
    with archive.read() as connection:
        return connection.value(int, _ANY_DUE, now=now) is not None


def claim_deliveries(
    archive: Archive, now: datetime, lease_seconds: float, limit: int = 20, skip: Sequence[str] = ()
) -> list[Delivery]:
    """Lease due deliveries: only the oldest pending one for each target and article, which keeps their order.

    Deliveries in a batch are left to `claim_batch`, and those for the targets in `skip` are left pending.
    """
    skipped = "AND d.target NOT IN (:skip)" if skip else ""
    statement = f"""
SELECT d.id FROM delivery d WHERE {_FREE} AND d.due_at <= :now AND d.id IN ({_HEADS}) {skipped}
ORDER BY d.due_at, d.id LIMIT :most
"""
    with archive.write() as connection:
        return _lease(connection, statement, now, lease_seconds, most=limit, skip=list(skip))


def claim_batch(
    archive: Archive, now: datetime, lease_seconds: float, limit: int = 200, skip: Sequence[str] = ()
) -> list[Delivery]:
    """Lease the deliveries of one due batch to one target, in the order they were made; [] if none is due."""
    statement = f"""
SELECT d.id FROM delivery d WHERE {_FREE} AND d.target = :target AND d.batch = :batch ORDER BY d.id LIMIT :most
"""
    with archive.write() as connection:
        skipped = "AND d.target NOT IN (:skip)" if skip else ""
        found = connection.first(_DUE_BATCH.format(skipped=skipped), now=now, skip=list(skip))
        if found is None:
            return []
        leased = _lease(connection, statement, now, lease_seconds, target=found.target, batch=found.batch, most=limit)
        # `_lease` orders by due time; a digest is in the order of the events.
        return sorted(leased, key=lambda delivery: delivery.id)


def release_leases(archive: Archive) -> int:
    """End every lease and return how many there were.

    Call it right after taking the archive's lock: then the processes that hold leases have ended.
    """
    statement = "UPDATE delivery SET leased_until = NULL WHERE state = 'pending' AND leased_until IS NOT NULL"
    with archive.write() as connection:
        return connection.run(statement)


def mark_delivered(archive: Archive, deliveries: Sequence[int], now: datetime) -> None:
    """Record that the target accepted these deliveries, which were sent as one message."""
    taken = """state = 'delivered', delivered_at = :now, attempts = attempts + 1,
  last_error = CASE WHEN attempts = 0 THEN '' ELSE last_error END"""
    with archive.write():
        for delivery in deliveries:
            # The last error before it was accepted stays on record: it says why the alert came late.
            _end_lease(archive, delivery, taken, {"now": now})


def hold_delivery(archive: Archive, delivery: int, batch: Batch | None, due_at: datetime) -> None:
    """Postpone a pending delivery to `due_at`, in `batch` if given; ends its lease without counting an attempt."""
    changes = "batch = :batch, alone = :alone, storm = :storm, due_at = :due_at"
    _end_lease(archive, delivery, changes, {**_columns(batch), "due_at": due_at})


def postpone_delivery(archive: Archive, delivery: int, due_at: datetime, error: str) -> None:
    """Count a failed attempt and schedule the next one at `due_at`, with the same key.

    Alerts that have not been sent to the same target yet get the error, too: it says why they wait.
    """
    changes = "due_at = :due_at, last_error = :error, attempts = attempts + 1"
    with archive.write() as connection:
        _end_lease(archive, delivery, changes, {"due_at": due_at, "error": error})
        connection.run(_WAIT_TOO, delivery=delivery, error=error)


def bury_delivery(archive: Archive, delivery: int, error: str) -> None:
    """Give up on a delivery, recording the reason and the failed attempt."""
    changes = "state = 'dead', last_error = :error, attempts = attempts + 1"
    _end_lease(archive, delivery, changes, {"error": error})


def reschedule_storm(archive: Archive, source: str, due_at: datetime) -> int:
    """Make pending deliveries that are held by the storm of `source` due at `due_at`; return how many."""
    statement = "UPDATE delivery SET due_at = :due_at WHERE state = 'pending' AND storm = :source"
    with archive.write() as connection:
        return connection.run(statement, due_at=due_at, source=source)


def retry_target(archive: Archive, target: str, now: datetime) -> int:
    """Make deliveries waiting for another attempt at `target` due now; return how many."""
    waiting = "state = 'pending' AND target = :target AND attempts > 0 AND due_at > :now"
    with archive.write() as connection:
        return connection.run(f"UPDATE delivery SET due_at = :now WHERE {waiting}", now=now, target=target)


def revive_deliveries(archive: Archive, keys: Sequence[str], now: datetime) -> int:
    """Make dead deliveries pending again, due now and with no attempts counted; return how many."""
    statement = """
UPDATE delivery SET state = 'pending', due_at = :now, attempts = 0, batch = NULL, alone = NULL, storm = NULL,
  leased_until = NULL
WHERE state = 'dead' AND payload <> '{}' AND key = :key
"""
    with archive.write() as connection:
        return sum(connection.run(statement, now=now, key=key) for key in keys)


def count_sent(archive: Archive, rule: str, target: str, since: datetime) -> int:
    """Return how many messages of `rule` the target accepted since then; alerts sent together count as one."""
    with archive.read() as connection:
        return connection.number(_SENT, rule=rule, target=target, since=since)


def list_deliveries(
    archive: Archive,
    state: DeliveryState | None = None,
    limit: int = 100,
    *,
    rule: str | None = None,
    target: str | None = None,
    article: str | None = None,
    key: str = "",
) -> list[Delivery]:
    """Return the deliveries with these properties, newest first; `key` is the beginning of theirs."""
    named = {"state": state, "rule": rule, "target": target, "article": article}
    wanted = {name: value for name, value in named.items() if value is not None}
    where = " AND ".join([f"d.{name} = :{name}" for name in wanted] + [f"substr(d.key, 1, {len(key)}) = :key"])
    which = f"WHERE {where} ORDER BY d.id DESC LIMIT :most"
    return _select(archive, which, **wanted, key=key, most=limit)


def waiting_deliveries(archive: Archive, rules: Sequence[str]) -> list[Delivery]:
    """Return alerts of `rules` that nobody has tried to send yet, oldest first, at most MAX_UNTRIED_ALERTS."""
    which = f"WHERE {_UNTRIED} AND d.rule IN (:rules) ORDER BY d.id LIMIT :most"
    return _select(archive, which, rules=list(rules), most=MAX_UNTRIED_ALERTS)


def deliveries_about(archive: Archive, articles: Sequence[str], rules: Sequence[str]) -> list[Delivery]:
    """Return the latest alerts of `rules` about `articles`, in whatever state, oldest first."""
    which = """
WHERE d.id > (SELECT max(id) FROM delivery) - :recent AND d.rule IN (:rules) AND d.article IN (:articles) ORDER BY d.id
"""
    return _select(archive, which, rules=list(rules), articles=list(articles), recent=RECENT_ALERTS)


def rewrite_deliveries(archive: Archive, payloads: Mapping[int, Payload], drop: Sequence[int]) -> None:
    """Give alerts other payloads and delete those to `drop`, in one transaction; none that was tried is touched."""
    statement = f"UPDATE delivery AS d SET payload = :payload WHERE d.id = :id AND {_UNTRIED}"
    with archive.write() as connection:
        connection.run_many(statement, [{"id": key, "payload": dumps(payload)} for key, payload in payloads.items()])
        if drop:
            connection.run(f"DELETE FROM delivery AS d WHERE d.id IN (:ids) AND {_UNTRIED}", ids=list(drop))


def forget_texts(archive: Archive, before: datetime) -> Iterator[int]:
    """Delete the texts of alerts delivered before `before`; each step is one transaction and yields how many."""
    return _in_turns(
        archive, f"UPDATE delivery SET payload = '{{}}' WHERE id IN ({_OLD} AND payload <> '{{}}' {_SOME})", before
    )


def forget_delivered(archive: Archive, before: datetime) -> Iterator[int]:
    """Delete alerts delivered before `before`, as `forget_texts` does. Pending and dead alerts stay."""
    return _in_turns(archive, f"DELETE FROM delivery WHERE id IN ({_OLD} {_SOME})", before)


def drop_deliveries(archive: Archive, target: str, states: Sequence[DeliveryState]) -> int:
    """Delete the alerts for `target` that are in one of these states; return how many."""
    statement = "DELETE FROM delivery WHERE target = :target AND state IN (:states)"
    with archive.write() as connection:
        return connection.run(statement, target=target, states=list(states))


def _select(archive: Archive, which: str, **values: object) -> list[Delivery]:
    with archive.read() as connection:
        return [_delivery(row) for row in connection.all(f"{_SELECT} {which}", **values)]


def _in_turns(archive: Archive, statement: str, before: datetime) -> Iterator[int]:
    done = MAX_FORGOTTEN_TOGETHER
    while done == MAX_FORGOTTEN_TOGETHER:
        with archive.write() as connection:
            # A short transaction each, because checks wait for the write lock.
            done = connection.run(statement, before=before, most=MAX_FORGOTTEN_TOGETHER)
        yield done


def _end_lease(archive: Archive, delivery: int, changes: str, values: Values) -> None:
    """End a lease. Delivered and dead deliveries are left alone, as the result of an expired lease may come late."""
    statement = f"UPDATE delivery SET leased_until = NULL, {changes} WHERE id = :id AND state = 'pending'"
    with archive.write() as connection:
        connection.run(statement, **values, id=delivery)


def _lease(connection: Connection, free: str, now: datetime, seconds: float, **values: object) -> list[Delivery]:
    # Two workers may claim at the same time on PostgreSQL: a row locked by one is skipped by the other.
    ids = connection.column(int, Statement(free, f"{free} FOR UPDATE SKIP LOCKED"), now=now, **values)
    until = now + timedelta(seconds=seconds)
    # The time of the lease is set by the caller's clock, which also compares it: clocks of server and client may
    # differ.
    connection.run("UPDATE delivery SET leased_until = :until WHERE id IN (:ids)", until=until, ids=ids)
    rows = connection.all(f"{_SELECT} WHERE d.id IN (:ids) ORDER BY d.due_at, d.id", ids=ids)
    return [_delivery(row) for row in rows]


def _delivery(row: Row) -> Delivery:
    batch = None if row.batch is None else Batch(row.batch, bool(row.alone), row.storm or "")
    return row_to_value(Delivery, row, payload=json.loads(row.payload), batch=batch)


def _columns(batch: Batch | None) -> Values:
    if batch is None:
        return {"batch": None, "alone": None, "storm": None}
    return {"batch": batch.name, "alone": batch.alone, "storm": batch.storm or None}
