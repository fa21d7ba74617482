"""Whether the configured ports are free, asked before anything else starts."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

from tracker.addresses.hosts import split_host_port
from tracker.errors import AddressInUse

if TYPE_CHECKING:
    from tracker.config.root import Config


def require_free_ports(config: Config, *, with_page: bool) -> None:
    """Raise AddressInUse if another process listens at an address that the configuration names.

    The default address of the web page is left out: the service runs without the page if it is taken. Addresses that
    are wrong in other ways are named by those that listen there.
    """
    listens = [("service.listen", config.service.listen)]
    if with_page and "listen" in config.web.model_fields_set:
        listens.append(("web.listen", config.web.listen))
    for key, listen in listens:
        if listen and _is_taken(listen):
            raise AddressInUse(f"{key} {listen!r}")


def _is_taken(listen: str) -> bool:
    try:
        host, port = split_host_port(listen)
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            # As whoever listens there will do: otherwise connections that were just closed would count as taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except ValueError:
        return False
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    return False
