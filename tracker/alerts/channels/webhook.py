"""JSON posted to an address: a CloudEvents 1.0 event, signed as in Standard Webhooks.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md, https://www.standardwebhooks.com/
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from datetime import UTC, datetime
from typing import Any, Final

from standardwebhooks import Webhook

from tracker.addresses.urls import fetchable, host_of
from tracker.config.root import Config
from tracker.config.tables import WebhookTarget
from tracker.errors import ConfigError, DeliveryError, UsageError
from tracker.fetch.responses import retry_after
from tracker.model.alert import Delivery
from tracker.model.capture import Fetcher, first_header
from tracker.render.json import dumps
from tracker.render.times import iso

from .base import Channel, keys_to_check

TIMEOUT_SECONDS: Final = 20.0
# The `source` of an event if the configuration has no `service.link`.
DEFAULT_SOURCE: Final = "urn:writethru"
_SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - a prefix, not a secret
_MIN_SECRET_BYTES: Final = 16
_NO_CREDENTIALS: Final = ("the receiver does not accept the credentials", "url and secret")
# A status, or the first of its hundred → its meaning, and the keys of a target that may be wrong.
_REFUSALS: Final = {
    300: ("redirects are not followed", "url"),
    400: ("the receiver does not accept the request", "url and envelope"),
    401: _NO_CREDENTIALS,
    403: _NO_CREDENTIALS,
    404: ("the receiver does not know this address", "url"),
    410: ("the receiver wants no more alerts at this address", "url"),
    429: ("the receiver gets too many requests", ""),
    500: ("the receiver has an error; its log may say which", "url"),
}


class WebhookNotifier:
    """Post alerts to one address.

    Neither the address nor its secrets ever appear in an error, only the host: the path of a webhook is often a secret.

    Raises ConfigError if the address or a secret cannot be used.
    """

    def __init__(self, target: WebhookTarget, config: Config, fetcher: Fetcher) -> None:
        self._url, keys = _url_and_keys(target)
        self._host = host_of(self._url)
        self._fetcher = fetcher
        self._signers = [Webhook(key) for key in keys]
        self._private = target.private
        self._source = _source(target, config)

    async def send(self, delivery: Delivery, now: datetime) -> None:
        """Post one alert. Any answer but 2xx is a failure; 410 is a permanent one."""
        body = dumps(_body(delivery, self._source))
        kind = "application/json" if self._source is None else "application/cloudevents+json; charset=utf-8"
        # The time of the attempt, not of the alert: receivers refuse messages that are older than some minutes.
        timestamp = str(int(now.timestamp()))
        headers = [("Content-Type", kind), ("webhook-id", delivery.key), ("webhook-timestamp", timestamp)]
        if self._signers:
            # One signature a secret, so that a receiver can change to a new secret without losing alerts.
            signatures = [signer.sign(delivery.key, now.astimezone(UTC), body) for signer in self._signers]
            headers.append(("webhook-signature", " ".join(signatures)))
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                status, answered, _ = await self._fetcher.post(
                    self._url, tuple(headers), body.encode(), private=self._private
                )
        except TimeoutError:
            reason = f"no answer within {TIMEOUT_SECONDS:g} s"
            raise DeliveryError(reason, resource=self._host, hint=keys_to_check("url")) from None
        except DeliveryError as error:
            error.hint = error.hint or keys_to_check("url")
            raise
        if 200 <= status < 300:
            return
        meaning, keys = _REFUSALS.get(status) or _REFUSALS.get(status // 100 * 100, _REFUSALS[500])
        raise DeliveryError(
            f"answered {status}: {meaning}",
            resource=self._host,
            hint=keys_to_check(keys),
            permanent=status == 410,
            retry_after=retry_after(first_header(answered, "retry-after"), now) if status in {429, 503} else None,
        )


def event(delivery: Delivery, source: str = DEFAULT_SOURCE) -> dict[str, Any]:
    """Return the alert as a CloudEvents event; a repeat has the same id and says the same."""
    return {
        "specversion": "1.0",
        "id": delivery.key,
        "source": source,
        "type": f"writethru.{delivery.payload['type']}",
        "subject": delivery.article,
        "time": iso(delivery.created_at),
        "datacontenttype": "application/json",
        "data": delivery.payload,
    }


def _body(delivery: Delivery, source: str | None) -> dict[str, Any]:
    return delivery.payload if source is None else event(delivery, source)


def _signing_key(secret: str, host: str) -> bytes:
    text = secret.removeprefix(_SECRET_PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < _MIN_SECRET_BYTES:
        hint = 'create one with: echo "whsec_$(openssl rand -base64 32)"'
        raise ConfigError("the webhook secret must be base64 of at least 16 bytes", resource=host, hint=hint)
    return key


def _url_and_keys(target: WebhookTarget) -> tuple[str, list[bytes]]:
    """Return the address, and a key for each of the secrets, which are separated by spaces; without any, none."""
    what = f"target {target.name}"
    try:
        url = fetchable(target.url)
    except UsageError as error:
        raise ConfigError(error.message, resource=what, hint=error.hint) from None
    secrets = target.secret.reveal(what).split() if target.secret else []
    return url, [_signing_key(each, host_of(url)) for each in secrets]


def _source(target: WebhookTarget, config: Config) -> str | None:
    return (config.service.link or DEFAULT_SOURCE) if target.envelope == "cloudevents" else None


CHANNEL: Final = Channel(
    WebhookTarget,
    open=WebhookNotifier,
    check=lambda target, _config: _url_and_keys(target),
    preview=lambda target, config, delivery: _body(delivery, _source(target, config)),
)
