"""The child process that sends one alert by Apprise: an order in JSON on stdin, what came of it in JSON on stdout."""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any, TextIO


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
    return {"ok": False, "error": "; ".join(said.lines[-3:]) or "the service did not take it"}


class _Said(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def main(source: TextIO, sink: TextIO) -> None:
    """Read an order from *source*, send it, answer on *sink*."""
    sink.write(json.dumps(deliver(json.load(source))))
    sink.flush()


if __name__ == "__main__":  # pragma: no cover - run in a child, which coverage does not follow to its hard end
    main(sys.stdin, sys.stdout)
    # A plugin's thread that still hangs must not keep this process.
    os._exit(0)
