"""Where alerts arrive: a webhook receiver that believes nothing that is not signed.

Standard Webhooks 1.0.0: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any, Final

from .logbook import Logbook
from .server import Answer, Server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Self

    from .logbook import Entry
    from .server import Asked

TOLERANCE: Final = 300.0
"""Seconds that the timestamp of a message may be off."""


def signed(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Say whether one of the signatures is right for *secret* (``whsec_`` + base64) and the message is fresh."""
    ident, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        fresh = abs(now - int(stamp)) <= TOLERANCE
    except (ValueError, binascii.Error):
        return False
    digest = hmac.new(key, f"{ident}.{stamp}.".encode() + body, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(digest).decode()
    given = headers.get("webhook-signature", "").split()
    return bool(ident) and fresh and any(hmac.compare_digest(wanted, each) for each in given)


class Sink:
    """Takes webhooks on loopback; a context manager. What came is in `log`, accepted or not.

    *refuse* may turn the n-th message (from 1), or one with a certain id, away with a 503, to see it come again.
    *delay* is how many seconds it takes to answer what it has already written down.
    """

    def __init__(
        self,
        secret: str,
        log: Path | None = None,
        *,
        refuse: Callable[[int, str], bool] | None = None,
        heard: Callable[[Entry], None] | None = None,
        delay: float = 0.0,
    ) -> None:
        self.secret = secret
        self._delay = delay
        self.log = Logbook(log, heard)
        self._refuse = refuse or (lambda _number, _ident: False)
        self._count = 0
        self._server = Server(self.answer)

    @property
    def url(self) -> str:
        """Return the address to post to."""
        return self._server.base + "/alerts"

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def answer(self, asked: Asked) -> Answer:
        """Take one message: 204 where it is signed and is JSON, 401 or 400 where not, 503 where it is refused."""
        self._count += 1
        now = time.time()
        good = signed(self.secret, asked.headers, asked.body, now)
        payload = _json(asked.body)
        ident = asked.headers.get("webhook-id", "")
        status = 401 if not good else 400 if payload is None else 503 if self._refuse(self._count, ident) else 204
        self.log.write(at=round(now, 3), id=ident, signed=good, status=status, payload=payload)
        time.sleep(self._delay)
        return Answer(status)

    def accepted(self) -> list[dict[str, Any]]:
        """Return the entries of the log that were taken, in order."""
        return [entry for entry in self.log.entries() if entry["status"] == 204]


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        payload = json.loads(body)
    except ValueError:
        return None
    if isinstance(payload, dict) and payload.get("specversion") == "1.0":
        payload = payload.get("data")  # a CloudEvents event: what it tells is within
    return payload if isinstance(payload, dict) else None
