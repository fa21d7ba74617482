"""Which names the pages we serve may be requested under, so that DNS rebinding is refused.

Somebody else's name can be pointed at this machine; a browser would then let that somebody's page read ours.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection


def is_allowed_host(host: str, names: Collection[str]) -> bool:
    """Return whether `host`, a Host header, is one of `names`, localhost or an IP address."""
    bare = host_without_port(host)
    if bare in names or bare in {"localhost", ""}:
        return bare != ""
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return False
    return True


def host_without_port(host: str) -> str:
    """Return a Host header in lower case, without port and brackets."""
    text = host.strip().lower().rstrip(".")
    if text.startswith("["):
        inside, _, port = text[1:].partition("]")
        return inside if not port or (port[0] == ":" and port[1:].isdigit()) else text
    return text.partition(":")[0] if text.count(":") <= 1 else text
