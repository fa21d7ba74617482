"""A channel: one way to reach people, and the notifier that sends through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel

from tracker.config.root import Config
from tracker.model.alert import Delivery
from tracker.model.capture import Fetcher

Options = TypeVar("Options", bound="BaseModel")


@runtime_checkable
class Notifier(Protocol):
    """Sends alerts to one target."""

    async def send(self, delivery: Delivery, now: datetime) -> None:
        """Send one delivery, or the digest made of several, to the target. A repeat has the same key.

        Raises DeliveryError if the target did not accept it. The message never contains a secret.
        """
        ...


@dataclass(frozen=True, slots=True)
class Channel(Generic[Options]):
    """One way to reach people, as its module declares it and the registry lists it.

    Attributes:
        options: the model of its `[[targets]]` tables, one of those in `config.Target`.
        open: make the notifier of a target. Raises ConfigError if a secret is missing or an option cannot work.
        check: raise ConfigError for everything that would keep a target from working, without sending anything.
        preview: what a target would receive for a delivery: text for people, or the object that is sent as JSON.
    """

    options: type[Options]
    open: Callable[[Options, Config, Fetcher], Notifier]
    check: Callable[[Options, Config], None]
    preview: Callable[[Options, Config, Delivery], str | dict[str, Any]]


def keys_to_check(keys: str) -> str:
    """Return the hint of an error that one of these keys of the target may have caused; "" if there are none."""
    return keys and f"check {keys} in the [[targets]] table of this target"
