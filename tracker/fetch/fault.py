"""What went wrong on the line, in plain words.

httpx's errors are told apart by name, so that httpx keeps its one door.
"""

from __future__ import annotations

import ssl
from typing import Final

from ..model import FailureKind
from .stop import Stop

_LATER: Final = "it is tried again later"
_KNOWN: Final = {
    "ConnectTimeout": (FailureKind.CONNECT, f"the server did not take the connection in time; {_LATER}"),
    "ReadTimeout": (FailureKind.TIMEOUT, f"the server fell silent; {_LATER}"),
    "WriteTimeout": (FailureKind.TIMEOUT, f"the server did not take the request in time; {_LATER}"),
    "PoolTimeout": (FailureKind.TIMEOUT, f"other requests to this host are still under way; {_LATER}"),
    "UnsupportedProtocol": (FailureKind.BAD_URL, "only http and https can be fetched"),
    "LocalProtocolError": (FailureKind.BAD_URL, "the request cannot be written as HTTP"),
}


def stop(error: Exception, *, answered: bool) -> Stop:
    """Return the Stop for an error of httpx or of the socket; *answered*: the headers had already come."""
    tls = _in_chain(error, ssl.SSLError)
    if isinstance(tls, ssl.SSLError):
        return Stop(FailureKind.TLS, _tls(tls))
    name = type(error).__name__
    if name in _KNOWN:
        return Stop(*_KNOWN[name])
    if answered:
        return Stop(
            FailureKind.TRUNCATED,
            f"the connection broke before the page was whole ({_detail(error)}); nothing was kept, {_LATER}",
        )
    if name == "ConnectError":
        return Stop(FailureKind.CONNECT, f"the server cannot be reached: {_detail(error)}; {_LATER}")
    if name == "RemoteProtocolError" and "disconnected" not in str(error):
        return Stop(FailureKind.PROTOCOL, f"the server's answer is not HTTP that can be read ({_detail(error)})")
    return Stop(FailureKind.CONNECT, f"the server broke the connection off without an answer; {_LATER}")


def _tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"the server's certificate is not to be trusted: {error.verify_message}; nothing was read, "
            "the outlet has to put that right"
        )
    # Not every SSLError has the attribute that its documentation promises.
    return f"no secure connection could be made: {getattr(error, 'reason', None) or error}; {_LATER}"


def _detail(error: Exception) -> str:
    system = _in_chain(error, OSError)
    if isinstance(system, OSError) and system.strerror:
        return system.strerror
    return (str(error) or type(error).__name__)[:200]


def _in_chain(error: BaseException, kind: type[BaseException]) -> BaseException | None:
    seen: BaseException | None = error
    while seen is not None and not isinstance(seen, kind):
        seen = seen.__cause__ or seen.__context__
    return seen
