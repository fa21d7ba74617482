"""Alerts, and how far they have been delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

Payload = dict[str, Any]
"""What an alert says, as JSON can hold it; it may be of an earlier release."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Alerts of one target that wait together and are sent as one message.

    Attributes:
        name: what tells this batch from others of the target.
        alone: whether it holds one alert, for which no other about the article waits.
        storm: the source because of whose storm they are held; empty if they wait for something else.
    """

    name: str
    alone: bool = False
    storm: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """One message to one target: a rule matched a change.

    Attributes:
        key: the idempotency key; an alert with a known key is not stored again.
        payload: the content: the object of a webhook's `data`.
        due_at: when to send it; None for at once.
        batch: the alerts it waits with; None if it is sent by itself as soon as those about the same article were.
    """

    key: str
    rule: str
    target: str
    article: str
    version: int
    payload: Payload
    due_at: datetime | None = None
    batch: Batch | None = None


class DeliveryState(StrEnum):
    """How far a delivery has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


# The fields of the alert are repeated here: a delivery is what the outbox stores, and outlives the rule that made it.
@dataclass(frozen=True, slots=True)
class Delivery:
    """An alert on its way to its target: leased by one worker at a time, and retried with the same key.

    Attributes:
        payload: empty once it was deleted: after a takedown, or after a while.
        attempts: how many attempts have ended.
        last_error: why the last one failed.
    """

    id: int
    key: str
    rule: str
    target: str
    article: str
    version: int
    payload: Payload
    created_at: datetime
    due_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    last_error: str = ""
    delivered_at: datetime | None = None
    batch: Batch | None = None
