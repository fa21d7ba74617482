"""From the configured targets to the channels that reach them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..config import AppriseTarget, EmailTarget
from ..errors import ConfigError, UsageError
from ..urls import fetchable
from .apprise import AppriseNotifier
from .email import EmailNotifier
from .outbox import DeliveryWorker
from .webhook import SOURCE, WebhookNotifier

if TYPE_CHECKING:
    from ..archive.thread import ArchiveThread
    from ..config import Config, WebhookTarget
    from ..ports import Fetcher, Notifier


def notifiers(config: Config, fetcher: Fetcher) -> dict[str, Notifier]:
    """Return the notifier of every target by its name. Raises ConfigError where a secret or an address is no good."""
    made: dict[str, Notifier] = {}
    for target in config.targets:
        what = f"target {target.name}"
        if isinstance(target, EmailTarget):
            made[target.name] = EmailNotifier(target, target.password.reveal(what) if target.password else "")
        elif isinstance(target, AppriseTarget):
            made[target.name] = AppriseNotifier(
                target.name, target.url.reveal(what), private=target.private or config.fetch.allow_private
            )
        else:
            made[target.name] = _webhook(target, fetcher, what, config.service.link)
    return made


def open_delivery_worker(archive: ArchiveThread, config: Config, fetcher: Fetcher) -> DeliveryWorker:
    """Return the outbox of a configuration: its targets, and the caps of its rules."""
    caps = {rule.name: rule.cap for rule in config.rules if rule.cap is not None}
    return DeliveryWorker(archive, notifiers(config, fetcher), caps=caps)


def _webhook(target: WebhookTarget, fetcher: Fetcher, what: str, link: str) -> WebhookNotifier:
    try:
        url = fetchable(target.url)
    except UsageError as error:
        raise ConfigError(error.message, resource=what, hint=error.hint) from None
    secret = target.secret.reveal(what) if target.secret else ""
    source = (link or SOURCE) if target.envelope == "cloudevents" else None
    return WebhookNotifier(url, fetcher, secret=secret, private=target.private, source=source)
