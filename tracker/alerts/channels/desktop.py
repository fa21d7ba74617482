"""A notice on the desktop of the user that the service runs as: notify-send on Linux, osascript on macOS.

The notifier gets title and text as arguments, without a shell, after a "--" that ends its options. Text from a page is
never read as markup, as an escape sequence or as AppleScript.
"""

from __future__ import annotations

import os
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

from tracker.config.tables import DesktopTarget
from tracker.errors import ConfigError, DeliveryError
from tracker.model.alert import Delivery, Payload
from tracker.render import html, plain
from tracker.render.text import one_line
from tracker.views.change import shorten

from ..message import compose, edits, facts
from .base import Channel, deliver_to_program

TIMEOUT_SECONDS: Final = 15.0
MAX_TITLE_CHARACTERS: Final = 120
MAX_TEXT_CHARACTERS: Final = 300
# From the end: it does not matter whether osascript counts the "--" as an argument.
_SCRIPT: Final = ("on run argv", "display notification (item -1 of argv) with title (item -2 of argv)", "end run")
_VARIABLES: Final = ("PATH", "HOME", "LANG", "LC_ALL", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR")
_AS_USER: Final = "log in to a desktop on this machine, and run the service as your user"
_BUS: Final = "DBUS_SESSION_BUS_ADDRESS"


class DesktopNotifier:
    """Show alerts on the desktop of the user that this process runs as."""

    async def send(self, delivery: Delivery, now: datetime) -> None:  # noqa: ARG002 - a notice has no place for a time
        """Show one alert; there is no way to know whether anybody saw it."""
        try:
            command, variables = _notifier()
        except ConfigError as error:
            raise DeliveryError(error.message, hint=error.hint) from None
        title, text, link = words(delivery.payload)
        if sys.platform != "darwin":
            # notify-send reads backslashes as escape sequences, and desktops read the text as markup.
            text = html.text(f"{text}\n{link}".strip()).replace("\\", "\\\\")
        shown = (*command, "--", title, text)
        await deliver_to_program(shown, b"", variables, seconds=TIMEOUT_SECONDS, hint=_AS_USER)


def _notifier() -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the system's notifier with its options, and its environment. Raises ConfigError if there is none."""
    on_mac = sys.platform == "darwin"
    name = "osascript" if on_mac else "notify-send"
    program = shutil.which(name)
    if program is None:
        hint = "it is part of macOS" if on_mac else "on Debian and Ubuntu: apt-get install libnotify-bin"
        raise ConfigError(f"{name}, which shows notices, is not installed", hint=hint)
    variables = {each: os.environ[each] for each in _VARIABLES if each in os.environ}
    if on_mac:
        return (program, *(part for line in _SCRIPT for part in ("-e", line))), variables
    # A service that cron or `su` started does not know the address, which is the same for all sessions of a user.
    bus = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}") / "bus"
    address = os.environ.get(_BUS) or (f"unix:path={bus}" if bus.exists() else "")
    if not address:
        raise ConfigError(f"no desktop session: there is no {bus}, and {_BUS} is not set", hint=_AS_USER)
    return (program, "--app-name=Writethru"), variables | {_BUS: address}


def words(body: Payload) -> tuple[str, str, str]:
    """Return title, text and link of a notice: what happened and the headline; the first edit, or else the facts."""
    message = compose(body)
    text = message.short
    if "top_hunk" in body and not (body.get("said") or {}).get("text"):
        text = " ".join(facts(body))
        for place, hunks in edits(body)[:1]:
            text = f"{place}: {plain.hunks(hunks)}"
    title = shorten(one_line(message.subject), MAX_TITLE_CHARACTERS)
    return title, shorten(one_line(text), MAX_TEXT_CHARACTERS), str(body.get("link") or "")


CHANNEL: Final = Channel(
    DesktopTarget,
    open=lambda _target, _config, _fetcher: DesktopNotifier(),
    check=lambda _target, _config: _notifier(),
    preview=lambda _target, _config, delivery: "\n".join(filter(None, words(delivery.payload))),
)
