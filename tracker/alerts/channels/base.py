"""A channel: one way to reach people, and the notifier that sends through it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from pydantic import BaseModel

from tracker.config.root import Config
from tracker.errors import DeliveryError
from tracker.model.alert import Delivery
from tracker.model.capture import Fetcher
from tracker.observe.redact import printable, redact
from tracker.tasks import run_program

MAX_REASON_CHARACTERS: Final = 500
Options = TypeVar("Options", bound="BaseModel")


class Notifier(Protocol):
    """Sends alerts to one target."""

    async def send(self, delivery: Delivery, now: datetime) -> None:
        """Send one delivery, or the digest made of several, to the target. A repeat has the same key.

        Raises DeliveryError if the target did not accept it. The message never contains a secret.
        """


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
    check: Callable[[Options, Config], object]
    preview: Callable[[Options, Config, Delivery], str | dict[str, Any]]


def keys_to_check(keys: str) -> str:
    """Return the hint of an error that one of these keys of the target may have caused; "" if there are none."""
    return keys and f"check {keys} in the [[targets]] table of this target"


async def deliver_to_program(
    command: Sequence[str], stdin: bytes, environment: Mapping[str, str], *, seconds: float, hint: str
) -> None:
    """Run a program that takes an alert, and end it after so many `seconds`.

    Raises DeliveryError, with the `hint`, if it does not end in time, cannot be started, or exits with a status other
    than 0; its last line of standard error is the reason.
    """
    try:
        # Our own standard output may be data that another program reads.
        ended = await run_program(
            command, stdin, timeout=seconds, stdout=asyncio.subprocess.DEVNULL, environment=environment
        )
    except TimeoutError:
        reason = f"did not end within {seconds:g} s"
    except OSError as error:
        reason = f"cannot be started: {error.strerror or error}"
    else:
        if not ended.status:
            return
        last_line = printable(redact(ended.last_error))[:MAX_REASON_CHARACTERS]
        reason = f"exited with status {ended.status}{f': {last_line}' if last_line else ''}"
    raise DeliveryError(reason, resource=command[0], hint=hint)
