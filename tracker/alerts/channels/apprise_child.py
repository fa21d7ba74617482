"""The child process that sends one alert by Apprise: an order in JSON on stdin, what came of it in JSON on stdout."""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any, Final, TextIO

from ...urls import refusal

_REACHING: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_REFUSED: Final[list[str]] = []


def deliver(order: dict[str, Any]) -> dict[str, Any]:
    """Send *order* (url, title, body, timeout) and return ok, error, permanent."""
    import apprise

    said = _Said()
    logger = logging.getLogger("apprise")
    logger.addHandler(said)
    logger.setLevel(logging.WARNING)
    asset = apprise.AppriseAsset(
        app_id="Writethru",
        app_desc="Alerts of changed articles",
        app_url="",
        http_redirects=False,
        interpret_escapes=False,
        interpret_emojis=False,
        async_mode=False,
        allow_templates=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        plugin_paths=[],
        service_timeout=order["timeout"],
    )
    service = apprise.Apprise.instantiate(order["url"], asset=asset)
    if service is None:
        return {"ok": False, "permanent": True, "error": "Apprise cannot read this URL"}
    sender = apprise.Apprise(asset=asset)
    sender.add(service)
    result = sender.notify(body=order["body"], title=order["title"], body_format=apprise.NotifyFormat.TEXT)
    if result:
        return {"ok": True}
    if _REFUSED:
        return {"ok": False, "error": f"{_REFUSED[-1]}; private = true for this target lets it through"}
    return {"ok": False, "error": "; ".join(said.lines[-3:]) or "the service did not take it"}


class _Said(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def stay_outside() -> None:
    """Let nothing in this process reach a private address from here on, whatever library it belongs to."""
    sys.addaudithook(_vet)


def _vet(event: str, given: tuple[Any, ...]) -> None:
    if event not in _REACHING or given[1] is None:
        return
    # What is no pair is a socket of this machine, and a name here was resolved by nobody yet.
    address = str(given[1][0]) if isinstance(given[1], tuple) else ""
    if what := refusal(address):
        _REFUSED.append(f"{address or 'a socket of this machine'} is {what}")
        raise PermissionError(_REFUSED[-1])


def main(source: TextIO, sink: TextIO) -> None:
    """Read an order from *source*, send it, answer on *sink*."""
    order = json.load(source)
    if not order["private"]:
        stay_outside()
    sink.write(json.dumps(deliver(order)))
    sink.flush()


if __name__ == "__main__":  # pragma: no cover - run in a child, which coverage does not follow to its hard end
    main(sys.stdin, sys.stdout)
    # A plugin's thread that still hangs must not keep this process.
    os._exit(0)
