"""How long a fetch may take, how much it may receive and how many connections it may keep."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from tracker.model.capture import FailureKind

from .responses import FetchError


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits that are the same for every source; `FetchConfig` has those that a configuration sets.

    Attributes: connect_seconds, read_seconds, write_seconds: for one operation on a connection. pool_seconds: to wait
    for a free connection. post_seconds: for a whole POST. slow_after_seconds: how long a body may come slower than
    `min_bytes_per_second`. max_pieces: pieces one body may come in. max_connections_per_origin: to pages of one origin.
    max_connections_per_receiver: to one URL that is posted to. max_pools: origins with open connections.
    idle_seconds: how long an unused connection is kept.
    """

    connect_seconds: float = 10.0
    read_seconds: float = 20.0
    write_seconds: float = 10.0
    pool_seconds: float = 5.0
    post_seconds: float = 20.0
    slow_after_seconds: float = 10.0
    min_bytes_per_second: float = 1_024.0
    max_pieces: int = 50_000
    max_connections_per_origin: int = 2
    max_connections_per_receiver: int = 4
    max_pools: int = 500
    idle_seconds: float = 60.0


def too_large(message: str, setting: str) -> FetchError:
    """Return the error for a body over a limit, with the setting that raises the limit if there is one."""
    return FetchError(FailureKind.TOO_LARGE, f"{message}; raise {setting} to allow it" if setting else message)


class BodyMeter:
    """Counts the bytes of one body as they arrive, and ends the fetch if there are too many or they come too slowly.

    Args: max_bytes: the most that may arrive, before decompression. setting: the name of the configuration setting
    that raises it, if there is one.
    """

    def __init__(self, max_bytes: int, limits: Limits, setting: str = "") -> None:
        self._max_bytes = max_bytes
        self._setting = setting
        self._limits = limits
        self._bytes = 0
        self._pieces = 0
        self._started = perf_counter()

    def announce(self, length: int) -> None:
        """Check the Content-Length before anything is read. Raises FetchError (TOO_LARGE)."""
        if length > self._max_bytes:
            raise too_large(f"the response is larger than {self._max_bytes:,} bytes", self._setting)

    def count(self, length: int) -> None:
        """Count one piece of `length` bytes. Raises FetchError (TOO_LARGE, PROTOCOL or TIMEOUT)."""
        self._bytes += length
        self._pieces += 1
        self.announce(self._bytes)
        if self._pieces > self._limits.max_pieces:
            raise FetchError(
                FailureKind.PROTOCOL, f"the response was sent in more than {self._limits.max_pieces:,} small pieces"
            )
        seconds = perf_counter() - self._started
        if seconds > self._limits.slow_after_seconds and self._bytes < seconds * self._limits.min_bytes_per_second:
            raise FetchError(
                FailureKind.TIMEOUT, f"the response arrives too slowly ({self._bytes:,} bytes in {seconds:.0f} s)"
            )
