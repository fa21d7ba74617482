"""The channels an alert can be sent through: one module each, listed in `CHANNELS`.

Adding a channel takes its options in `tracker/config/tables.py`, its module here and its line in `CHANNELS`; nothing
else in the program knows one channel from another.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from tracker.config.root import Config
from tracker.config.tables import Target
from tracker.errors import ConfigError
from tracker.model.capture import Fetcher

from . import apprise, command, desktop, email, webhook
from .base import Channel, Notifier

__all__ = ["CHANNELS", "Channel", "Notifier", "channel_of", "notifiers", "usable_notifiers"]

CHANNELS: Final[dict[type[BaseModel], Channel[Any]]] = {
    channel.options: channel
    for channel in (email.CHANNEL, webhook.CHANNEL, apprise.CHANNEL, command.CHANNEL, desktop.CHANNEL)
}


def channel_of(target: Target) -> Channel[Any]:
    """Return the channel that `target` is reached through."""
    return CHANNELS[type(target)]


def notifiers(config: Config, fetcher: Fetcher) -> dict[str, Notifier]:
    """Return the notifier of every target by its name. Raises ConfigError if a secret is missing or one cannot work."""
    return {target.name: channel_of(target).open(target, config, fetcher) for target in config.targets}


def usable_notifiers(config: Config, fetcher: Fetcher) -> tuple[dict[str, Notifier], dict[str, ConfigError]]:
    """Return the notifiers of the targets that can be used, and why the others cannot, each by the target's name."""
    found: dict[str, Notifier] = {}
    unusable: dict[str, ConfigError] = {}
    for target in config.targets:
        try:
            found[target.name] = channel_of(target).open(target, config, fetcher)
        except ConfigError as error:
            unusable[target.name] = error
    return found, unusable
