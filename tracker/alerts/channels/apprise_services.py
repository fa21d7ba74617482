"""The services Apprise may be used for: an allow-list, so that a new plugin is not used before it was reviewed."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

LOCAL_SERVICES: Final = frozenset("blink1 dbus gio glib gnome kde macosx qt syslog windows".split())
"""Services that act on this machine, which a background service must not do."""

NETWORK_SERVICES: Final = frozenset(files(__package__).joinpath("apprise_services.txt").read_text("utf-8").split())
"""Services that are reached over the network. A test compares both lists with the plugins of Apprise."""
