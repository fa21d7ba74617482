"""A webhook receiver that checks signatures.

Standard Webhooks 1.0.0: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from standardwebhooks import Webhook, WebhookVerificationError

from .http_server import HttpRequest, HttpResponse, JsonLog, LogEntry, LoopbackServer

if TYPE_CHECKING:
    from pathlib import Path


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
        try:
            Webhook(self.secret).verify(request.body, dict(request.headers), json_parse=False)
            signed = True
        except (WebhookVerificationError, ValueError):  # the library splits and decodes what it is given
            signed = False
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
