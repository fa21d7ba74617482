"""Decide which IP addresses are never fetched from: those that are not on the public web."""

from __future__ import annotations

import ipaddress
from typing import Final

NO_ADDRESS: Final = "not an IP address"

# The IANA special-purpose registries, RFC 6890, RFC 6052, RFC 4291.
_REFUSED: Final = tuple(
    (ipaddress.ip_network(network), what)
    for network, what in (
        ("0.0.0.0/8", "an unspecified address"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "an address inside a provider's network"),
        ("127.0.0.0/8", "a loopback address"),
        ("168.63.129.16/32", "a cloud provider's metadata address"),
        ("169.254.0.0/16", "a link-local address, where clouds keep their metadata"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "an address reserved for protocols"),
        ("192.0.2.0/24", "an address reserved for documentation"),
        ("192.88.99.0/24", "a tunnel address"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "an address reserved for benchmarks"),
        ("198.51.100.0/24", "an address reserved for documentation"),
        ("203.0.113.0/24", "an address reserved for documentation"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
        ("::/128", "an unspecified address"),
        ("::1/128", "a loopback address"),
        ("fe80::/10", "a link-local address"),
        ("fc00::/7", "a private address"),
        ("ff00::/8", "a multicast address"),
        ("2001::/23", "an address reserved for tunnels or protocols"),
        ("2001:db8::/32", "an address reserved for documentation"),
        ("2002::/16", "a tunnel address"),
        ("3fff::/20", "an address reserved for documentation"),
    )
)
_GLOBAL_V6: Final = ipaddress.IPv6Network("2000::/3")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


def refusal(address: str) -> str:
    """Return the reason why an IP address is never fetched from, such as "a private address"; "" if it is public."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return NO_ADDRESS
    if isinstance(ip, ipaddress.IPv6Address):
        # An IPv4 address in the form of IPv6.
        ip = ip.ipv4_mapped or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else ip)
    unknown = "a reserved address" if ip.version == 6 and ip not in _GLOBAL_V6 else ""
    return next((what for network, what in _REFUSED if ip in network), unknown)
