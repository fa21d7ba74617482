"""JSON posted to an address: a CloudEvents 1.0 event, signed as in Standard Webhooks.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md, https://www.standardwebhooks.com/
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from ..errors import ConfigError, DeliveryError
from ..render.json import dumps
from ..render.times import iso
from ..urls import host_of

if TYPE_CHECKING:
    from ..model import Delivery, Headers
    from ..ports import Fetcher

TIMEOUT: Final = 20.0
SOURCE: Final = "urn:writethru"
_PREFIX: Final = "whsec_"
_SHORTEST_SECRET: Final = 16


class WebhookNotifier:
    """Posts the frozen payload of an alert; the address and its secrets never show in an error."""

    def __init__(
        self,
        url: str,
        fetcher: Fetcher,
        *,
        secret: str = "",
        private: bool = False,
        timeout: float = TIMEOUT,
        source: str | None = SOURCE,
    ) -> None:
        """Post to *url*; *source* is what the event names as its origin, None posts the bare alert."""
        self._url = url
        self._host = host_of(url)
        self._fetcher = fetcher
        self._keys = tuple(_key(each, self._host) for each in secret.split())
        self._private = private
        self._timeout = timeout
        self._source = source

    async def send(self, delivery: Delivery, now: datetime) -> None:
        """Post one alert; any answer but 2xx is a failure, 410 says that nobody will ever listen there again."""
        body = (delivery.payload if self._source is None else event(delivery, self._source)).encode("utf-8")
        headers = self._headers(delivery.key, now, body)
        try:
            async with asyncio.timeout(self._timeout):
                status, answered = await self._fetcher.post(self._url, headers, body, private=self._private)
        except TimeoutError:
            raise DeliveryError(f"no answer within {self._timeout:g} s", resource=self._host) from None
        if 200 <= status < 300:
            return
        named = next((value for name, value in answered if name.lower() == "retry-after"), "")
        raise DeliveryError(
            _reason(status),
            resource=self._host,
            permanent=status == 410,
            retry_after=retry_after(named, now) if status in {429, 503} else None,
        )

    @property
    def _type(self) -> str:
        return "application/json" if self._source is None else "application/cloudevents+json; charset=utf-8"

    def _headers(self, key: str, now: datetime, body: bytes) -> Headers:
        stamp = str(int(now.timestamp()))
        headers = [("Content-Type", self._type), ("webhook-id", key), ("webhook-timestamp", stamp)]
        if self._keys:
            signed = f"{key}.{stamp}.".encode() + body
            headers.append(("webhook-signature", " ".join(f"v1,{_sign(each, signed)}" for each in self._keys)))
        return tuple(headers)


def event(delivery: Delivery, source: str = SOURCE) -> str:
    """Return the alert as a CloudEvents event in JSON; a repeat bears the same id and the same words."""
    data = json.loads(delivery.payload)
    return dumps(
        {
            "specversion": "1.0",
            "id": delivery.key,
            "source": source,
            "type": f"writethru.{data['type']}",
            "subject": delivery.article,
            "time": iso(delivery.created_at),
            "datacontenttype": "application/json",
            "data": data,
        }
    )


def retry_after(value: str, now: datetime) -> float | None:
    """Read a Retry-After header, seconds or an HTTP date, as seconds from *now*; None where it says nothing."""
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) < 12:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((aware - now).total_seconds(), 0.0)


def _reason(status: int) -> str:
    if status == 410:
        return "answered 410: this address takes no more alerts"
    if 300 <= status < 400:
        return f"answered {status}: redirects are not followed, write the final address into the configuration"
    return f"answered {status}"


def _sign(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _key(secret: str, host: str) -> bytes:
    text = secret.removeprefix(_PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < _SHORTEST_SECRET:
        raise ConfigError(
            "the webhook's secret must be base64 of at least 16 bytes",
            resource=host,
            hint='make one with: echo "whsec_$(openssl rand -base64 32)"',
        )
    return key
