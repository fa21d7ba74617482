"""The child process that sends one alert through Apprise: it reads an order from stdin and writes the result to stdout.

Both are JSON. The order has url, title, body, timeout (seconds) and private; the result has ok, error and permanent.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any, Final, TextIO

from tracker.fetch.refused_addresses import refusal

_NETWORK_EVENTS: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_REFUSED: Final[list[str]] = []


def deliver(order: dict[str, Any]) -> dict[str, Any]:
    """Send the alert of `order` and return the result."""
    import apprise

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
        return {"ok": False, "permanent": True, "error": "Apprise does not accept this URL"}
    sender = apprise.Apprise(asset=asset)
    sender.add(service)
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as captured:  # type: ignore[no-untyped-call]
        if sender.notify(body=order["body"], title=order["title"], body_format=apprise.NotifyFormat.TEXT):
            return {"ok": True}
    if _REFUSED:
        return {"ok": False, "error": f"{_REFUSED[-1]}; set private = true for this target to allow it"}
    return {
        "ok": False,
        "error": "; ".join(captured.getvalue().splitlines()[-3:]) or "the service did not accept the alert",
    }


def block_private_addresses() -> None:
    """Let no library in this process connect to a private address from now on."""

    def check(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _NETWORK_EVENTS or arguments[1] is None:
            return
        # An address that is not a tuple is a local socket. A name that was not resolved yet is refused as well.
        address = str(arguments[1][0]) if isinstance(arguments[1], tuple) else ""
        if what := refusal(address):
            _REFUSED.append(f"{address or 'a local socket'} is {what}")
            raise PermissionError(_REFUSED[-1])

    # An audit hook cannot be removed, and sees the sockets of every library, however it opens them.
    sys.addaudithook(check)


def main(source: TextIO, sink: TextIO) -> None:
    """Read an order from `source`, send the alert, and write the result to `sink`."""
    order = json.load(source)
    if not order["private"]:
        block_private_addresses()
    sink.write(json.dumps(deliver(order)))
    sink.flush()


if __name__ == "__main__":  # pragma: no cover - run in a child, which coverage does not follow to its hard end
    main(sys.stdin, sys.stdout)
    # A thread of a plugin that still hangs must not keep this process alive.
    os._exit(0)
