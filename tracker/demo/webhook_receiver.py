"""A webhook receiver that checks signatures.

Standard Webhooks 1.0.0: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Self

from .http_server import HttpRequest, HttpResponse, JsonLog, LogEntry, LoopbackServer

if TYPE_CHECKING:
    from pathlib import Path


# How far the timestamp of a message may be from now.
MAX_CLOCK_SKEW_SECONDS: Final = 300.0


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Return whether a message has a valid signature and a recent timestamp.

    The shared `secret` is ``whsec_`` and base64, header names are in lower case, `now` is in seconds since the epoch.
    """
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        is_recent = abs(now - int(timestamp)) <= MAX_CLOCK_SKEW_SECONDS
    except (ValueError, binascii.Error):
        return False
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    signatures = headers.get("webhook-signature", "").split()
    return (
        bool(message_id)
        and is_recent
        and any(hmac.compare_digest(expected.encode(), each.encode()) for each in signatures)
    )


class WebhookReceiver:
    """Receive alerts at `url` while the context is open, and log each, accepted or not.

    Args:
        log_path: file for the log, if any.
        reject: called with the number of a message (from 1) and its id; True answers it with 503, so that the sender
            tries again.
        on_entry: called with each log entry.
        delay: seconds between logging a message and answering it.
    """

    def __init__(
        self,
        secret: str,
        log_path: Path | None = None,
        *,
        reject: Callable[[int, str], bool] = lambda _number, _message_id: False,
        on_entry: Callable[[LogEntry], None] | None = None,
        delay: float = 0.0,
    ) -> None:
        self.secret = secret
        self.log = JsonLog(log_path, on_entry)
        self._delay = delay
        self._reject = reject
        self._count = 0
        self._server = LoopbackServer(self._respond)

    @property
    def url(self) -> str:
        """The URL to post alerts to."""
        return self._server.base + "/alerts"

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def accepted(self) -> list[LogEntry]:
        """Return the log entries of the messages that were accepted, oldest first."""
        return [entry for entry in self.log.entries() if entry["status"] == 204]

    def _respond(self, request: HttpRequest) -> HttpResponse:
        self._count += 1
        now = time.time()
        signed = is_signed(self.secret, request.headers, request.body, now)
        payload = _parse(request.body)
        message_id = request.headers.get("webhook-id", "")
        status = (
            401 if not signed else 400 if payload is None else 503 if self._reject(self._count, message_id) else 204
        )
        self.log.write(at=round(now, 3), id=message_id, signed=signed, status=status, payload=payload)
        time.sleep(self._delay)
        return HttpResponse(status)


def _parse(body: bytes) -> dict[str, Any] | None:
    try:
        payload = json.loads(body)
    except ValueError:
        return None
    if isinstance(payload, dict) and payload.get("specversion") == "1.0":
        payload = payload.get("data")  # a CloudEvents envelope
    return payload if isinstance(payload, dict) else None
