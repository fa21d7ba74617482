"""Alerts, and how far they have been delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

Payload = dict[str, Any]
"""The content of an alert as JSON values; an earlier release may have stored it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Alerts of one target that wait together and are sent as one message.

    `alone`: it holds one alert, for which no other about the article waits. `storm` is the source whose storm holds
    them; empty if they wait for something else.
    """

    name: str
    alone: bool = False
    storm: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """One message to one target: a rule matched a change. An alert with a known `key` is not stored again.

    `payload` is the object of a webhook's `data`. Without `due_at` it is due at once; without a `batch` it is sent by
    itself, after earlier alerts about the same article.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(Alert):
    """An alert on its way to its target: leased by one worker at a time, and retried with the same key.

    The outbox stores it, and it outlives the rule that made it. `payload` is empty once it was deleted: after a
    takedown, or after a while. `attempts` are those that have ended.
    """

    id: int
    created_at: datetime
    due_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    last_error: str = ""
    delivered_at: datetime | None = None
