"""Hosts and ports, as in a Host header or in an address to listen on; whose a host is, and which are this machine.

Nothing is served under somebody else's name that is pointed at this machine: a browser would let that somebody's page
read ours (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Final

from publicsuffixlist import PSLFILE, PublicSuffixList

MAX_PORT: Final = 65_535
_HOSTERS: Final = (
    "wordpress.com substack.com tumblr.com medium.com ghost.io livejournal.com typepad.com weebly.com neocities.org "
    "jimdofree.com over-blog.com canalblog.com tistory.com"
).split()
"""Domains below which every name is another user's, and which are not in https://publicsuffix.org/list/."""
_PORT: Final = re.compile(r":\d+$")


def is_loopback_host(host: str) -> bool:
    """Return whether `host`, a name or an IP address, is localhost or a loopback address. No name is resolved."""
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def split_host_port(text: str) -> tuple[str, int]:
    """Return the host, without brackets, and the port of an address to listen on. Raises ValueError."""
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if not (colon and bare and port.isascii() and port.isdigit() and int(port) <= MAX_PORT):
        raise ValueError(f'{text!r} is not a host and port; write it as in "127.0.0.1:8765"')
    return bare, int(port)


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


def is_public_suffix(domain: str) -> bool:
    """Return whether strangers own the names below a domain, as below a registry's or a hoster's. A port is ignored."""
    return _public_suffixes().is_public(_PORT.sub("", domain))


@lru_cache(maxsize=1024)
def registrable_domain(host: str) -> str:
    """Return what the hosts of one owner share: ``edition.x.co.uk`` and ``www.x.co.uk`` give ``x.co.uk``.

    A port stays part of it; an IP address and a public suffix are returned unchanged.
    """
    name = _PORT.sub("", host)
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return (_public_suffixes().privatesuffix(name) or name) + host[len(name) :]
    return host


@cache
def _public_suffixes() -> PublicSuffixList:
    with Path(PSLFILE).open(encoding="utf-8") as listed:
        return PublicSuffixList(chain(listed, _HOSTERS))
