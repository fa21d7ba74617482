"""How a fetch ends early, and what errors of the network mean in plain words."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from typing import Final

from tracker.model.capture import FailureKind


class FetchError(Exception):
    """Ends a fetch. Never leaves this package: the client returns a `model.Failure` with the same kind and reason."""

    def __init__(self, kind: FailureKind, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


# By name rather than by class, so that httpx and httpcore are imported in as few files as possible.
_KNOWN: Final = {
    "ConnectTimeout": (FailureKind.CONNECT, "the server did not accept a connection in time"),
    "ReadTimeout": (FailureKind.TIMEOUT, "the server stopped sending"),
    "WriteTimeout": (FailureKind.TIMEOUT, "the server did not accept the request in time"),
    "PoolTimeout": (FailureKind.TIMEOUT, "other requests to this host are still in progress"),
    "UnsupportedProtocol": (FailureKind.BAD_URL, "only http and https URLs can be fetched"),
    "LocalProtocolError": (FailureKind.BAD_URL, "the request cannot be written as HTTP"),
}


def network_error(error: Exception, *, answered: bool, proxy: str = "") -> FetchError:
    """Return the FetchError for an error of httpcore or of a socket.

    Args: answered: whether the response's headers had arrived. proxy: host and port of the proxy that was asked.
    """
    tls = next((each for each in _chain(error) if isinstance(each, ssl.SSLError)), None)
    if isinstance(tls, ssl.SSLCertVerificationError):
        return FetchError(
            FailureKind.TLS,
            f"the server's certificate is not trusted: {tls.verify_message}; nothing was read, "
            "only the outlet can fix this (or, if it is signed by an authority of your own or of a proxy here, name "
            "that authority's certificate with `ca`)",
        )
    if tls is not None:
        # Not every SSLError has the attribute that its documentation promises.
        reason = getattr(tls, "reason", None) or tls
        return FetchError(FailureKind.TLS, f"no secure connection could be made: {reason}")
    name = type(error).__name__
    if name == "ProxyError":
        return FetchError(FailureKind.CONNECT, f"the proxy {proxy} did not open a connection: {_describe(error)}")
    if name in _KNOWN:
        return FetchError(*_KNOWN[name])
    if answered:
        return FetchError(
            FailureKind.TRUNCATED,
            f"the connection broke before the page was complete ({_describe(error)}); nothing was stored",
        )
    if name == "ConnectError":
        server = f"the proxy {proxy}" if proxy else "the server"
        return FetchError(FailureKind.CONNECT, f"{server} cannot be reached: {_describe(error)}")
    if name == "RemoteProtocolError" and "disconnected" not in str(error):
        return FetchError(FailureKind.PROTOCOL, f"the server's response is not valid HTTP ({_describe(error)})")
    return FetchError(FailureKind.CONNECT, "the server closed the connection without a response")


def _describe(error: Exception) -> str:
    """Return the operating system's words where there are any: asyncio's and anyio's own say less."""
    code = next((each.errno for each in _chain(error) if isinstance(each, OSError) and each.errno), None)
    return os.strerror(code) if code else (str(error) or type(error).__name__)[:200]


def _chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__ or current.__context__
