"""Which names a page of this machine may be asked under: a name that somebody else owns could be pointed here."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


def is_allowed_host(host: str, names: Collection[str]) -> bool:
    """Say whether *host*, from the Host header, is one of *names*, localhost or a number.

    What rebinds a name to this machine comes with a name.
    """
    bare = host_without_port(host)
    if bare in names or bare in {"localhost", ""}:
        return bare != ""
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return False
    return True


def host_without_port(host: str) -> str:
    """Return a Host header without port and brackets, in lower case."""
    text = host.strip().lower().rstrip(".")
    if text.startswith("["):
        inside, _, port = text[1:].partition("]")
        return inside if not port or (port[0] == ":" and port[1:].isdigit()) else text
    return text.partition(":")[0] if text.count(":") <= 1 else text
