"""HTTP connections that give a request a deadline, and make room for others before they shut anybody out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

from tracker.urls import is_loopback_host

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable

MAX_REQUEST_SECONDS: Final = 15.0
"""How long the head and the body of one request may take to arrive, together."""
MAX_CONNECTIONS: Final = 200


class Connection(H11Protocol):
    """A connection that is closed if a request does not arrive in time.

    A connection that has sent no complete request costs its sender nothing. So where there are too many, one of those
    is closed: first the one that has waited longest among those from other machines.
    """

    deadline: asyncio.TimerHandle | None = None
    began: float = 0.0

    @property
    def is_waiting(self) -> bool:
        """Whether no request has arrived in full that is not answered yet."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    @property
    def is_local(self) -> bool:
        """Whether the client is on this machine."""
        return self.client is not None and is_loopback_host(self.client[0])

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request; close another connection if there are too many."""
        super().connection_made(transport)
        self.began = self.loop.time()
        self._set_deadline()
        if len(self.connections) > MAX_CONNECTIONS:
            given_up = dispensable(each for each in self.connections if isinstance(each, Connection)) or self
            given_up.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._clear_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what arrived; the deadline is that of the whole request, however slowly it arrives."""
        super().data_received(data)
        if not self.is_waiting:
            self._clear_deadline()
        elif self.deadline is None:
            self._set_deadline()

    def close(self) -> None:
        """Close the connection at once."""
        self._clear_deadline()
        self.connections.discard(self)
        self.transport.abort()

    def _set_deadline(self) -> None:
        self.deadline = self.loop.call_later(MAX_REQUEST_SECONDS, self.close)

    def _clear_deadline(self) -> None:
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None


def dispensable(connections: Iterable[Connection]) -> Connection | None:
    """Return the connection to close for another: none that is being answered, local ones last, the oldest first."""
    waiting = [each for each in connections if each.is_waiting]
    return min(waiting, key=lambda each: (each.is_local, each.began), default=None)
