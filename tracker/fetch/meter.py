"""How long, how slow and in how many pieces an answer may come."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from ..model import FailureKind
from .stop import Stop


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for each operation, and how slow or crumbled a body may come; `FetchConfig` has the rest."""

    connect: float = 10.0
    read: float = 20.0
    write: float = 10.0
    pool: float = 5.0
    post: float = 20.0
    drip_after: float = 10.0
    drip_rate: float = 1_024.0
    pieces: int = 50_000


class Meter:
    """Counts what comes over the wire and ends what is too much, too slow or too crumbled."""

    def __init__(self, most: int, limits: Limits) -> None:
        self._most = most
        self._limits = limits
        self._bytes = 0
        self._pieces = 0
        self._started = perf_counter()

    def announce(self, length: int) -> None:
        """Take the Content-Length, so that what is too large is not even begun."""
        if length > self._most:
            raise Stop(
                FailureKind.TOO_LARGE,
                f"the page is larger than {self._most:,} bytes; raise fetch.max_wire_bytes to let it in",
            )

    def count(self, length: int) -> None:
        """Take one piece."""
        self._bytes += length
        self._pieces += 1
        self.announce(self._bytes)
        if self._pieces > self._limits.pieces:
            raise Stop(FailureKind.PROTOCOL, f"the page came in more than {self._limits.pieces:,} crumbs")
        seconds = perf_counter() - self._started
        if seconds > self._limits.drip_after and self._bytes < seconds * self._limits.drip_rate:
            raise Stop(
                FailureKind.TIMEOUT,
                f"the page comes too slowly: {self._bytes:,} bytes in {seconds:.0f} s; it is tried again later",
            )
