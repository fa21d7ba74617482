"""The state of the service for systemd: ready, stopping, alive (sd_notify(3)). Without systemd nothing is sent."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping


def notify(state: str, environ: Mapping[str, str] | None = None) -> bool:
    """Send `state`, such as "READY=1", one assignment a line; return whether systemd was there to receive it."""
    address = (os.environ if environ is None else environ).get("NOTIFY_SOCKET", "")
    if address[:1] not in {"/", "@"}:
        return False
    # An abstract socket has a NUL where its name is written with an @.
    target = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.connect(target)
            channel.sendall(state.encode("utf-8", "replace"))
    except OSError:
        return False
    return True


def watchdog_interval(environ: Mapping[str, str] | None = None) -> float | None:
    """Return the seconds within which systemd expects each WATCHDOG=1; None if it expects none of this process."""
    given = os.environ if environ is None else environ
    interval, process = given.get("WATCHDOG_USEC", ""), given.get("WATCHDOG_PID", "")
    if not interval.isdecimal() or int(interval) == 0 or (process and process != str(os.getpid())):
        return None
    return int(interval) / 1_000_000
