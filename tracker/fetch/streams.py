"""Connections that detect bytes sent after the end of a response.

Neither httpcore nor h11 looks for such bytes when a response is complete: they stay in a buffer, and would be read as
the beginning of the next response on the same connection. The streams here report them as `is_readable`, for which
httpcore's pool asks every idle connection; a readable one is closed and never used again.
"""

from __future__ import annotations

import asyncio
import re
import select
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeVar, TypeVarTuple

import httpcore

# Up to the first empty line, where h11 sees the end of the headers.
_HEAD: Final = re.compile(rb".*?\n\r?\n", re.DOTALL)

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")

# More than asyncio ever takes from a socket at once (256 KiB), so that nothing stays behind in anyio's own queue.
MAX_READ_BYTES: Final = 1 << 20


class ResponseStream(httpcore.AsyncNetworkStream):
    """A network stream that holds back its last byte until it is asked for more.

    The HTTP parser asks for more until its response is complete. If a byte is still held at that point, the server
    sent more than the response, however the response was framed.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._held = b""
        self._begins_response = False
        # Prepared once, because anyio makes several system calls whenever it is asked for either.
        self._server_address: tuple[str, int] | None = stream.get_extra_info("server_addr")
        self._poll = select.poll()
        if connected := stream.get_extra_info("socket"):
            self._poll.register(connected, select.POLLIN)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's signature
        """Return up to `max_bytes` bytes, none at the end. Raises httpcore's ReadError and ReadTimeout."""
        received = self._held or await self._stream.read(MAX_READ_BYTES, timeout)
        if self._begins_response:
            self._begins_response = False
            head = _HEAD.match(received, 0, max_bytes)
            if head is not None and head.end() == len(received):
                # Only headers, as when a page has not changed: no byte after them has arrived.
                self._held = b""
                return received
        size = min(max_bytes, max(len(received) - 1, 1))
        self._held = received[size:]
        return received[:size]

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's signature
        """Send `buffer`. Raises httpcore's WriteError and WriteTimeout."""
        self._begins_response = True
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        """Return the encrypted stream after the handshake. Raises httpcore's ConnectError and ConnectTimeout."""
        tls = TlsStream(self._stream, ssl_context, server_hostname)
        await tls.handshake(timeout)
        return ResponseStream(tls)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's signature
        """Return the `info` for httpcore; `is_readable` is true if any byte has arrived that was not read yet."""
        if info == "is_readable":
            return bool(self._held or self._poll.poll(0) or self._stream.get_extra_info("tls_closed"))
        return self._server_address if info == "server_addr" else self._stream.get_extra_info(info)


class TlsStream(httpcore.AsyncNetworkStream):
    """TLS on top of another stream, without hidden buffers.

    httpcore's own backend keeps encrypted bytes where only anyio can see them. Here a read returns everything that
    can be decrypted, so that the rest is still in the socket. Everything that arrives, before or after the
    handshake, goes through TLS: bytes that an attacker injects are never taken for content.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream, context: ssl.SSLContext, hostname: str | None) -> None:
        self._stream = stream
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=hostname)
        self._is_closed = False

    async def handshake(self, timeout: float | None) -> None:  # noqa: ASYNC109 - as httpcore's start_tls
        """Agree on keys and check the certificate, within `timeout` seconds; close the connection if that fails."""
        try:
            async with asyncio.timeout(timeout):
                await self._run(None, self._tls.do_handshake)
        except TimeoutError as error:
            await self.aclose()
            raise httpcore.ConnectTimeout("no TLS handshake in time") from error
        except (ssl.SSLError, httpcore.ReadError, httpcore.WriteError) as error:
            await self.aclose()
            raise httpcore.ConnectError(str(error)) from error
        except BaseException:
            await self.aclose()
            raise

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpcore's signature
        """Return all that can be decrypted, which may be more than `max_bytes`; nothing at the end of the stream."""
        pieces = []
        try:
            # SSLEOFError: many servers close without TLS's closing message. HTTP has to prove that a page is complete.
            with suppress(ssl.SSLWantReadError, ssl.SSLEOFError):
                pieces.append(await self._run(timeout, self._tls.read, max_bytes))
                while piece := self._tls.read(max_bytes):
                    pieces.append(piece)
                self._is_closed = True
        except ssl.SSLError as error:
            raise httpcore.ReadError(str(error)) from error
        return b"".join(pieces)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - httpcore's signature
        """Encrypt and send `buffer`. Raises httpcore's WriteError and WriteTimeout."""
        if buffer:
            try:
                await self._run(timeout, self._tls.write, buffer)
            except ssl.SSLError as error:
                raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's signature
        """Return the `info` for httpcore; `tls_closed` is whether the server has ended the encrypted stream."""
        if info == "tls_closed":
            return self._is_closed
        return self._tls if info == "ssl_object" else self._stream.get_extra_info(info)

    async def _run(
        self,
        timeout: float | None,  # noqa: ASYNC109 - httpcore's
        call: Callable[[*Arguments], T],
        *arguments: *Arguments,
    ) -> T:
        """Return the result of a call of the TLS object, after sending and receiving whatever it needs for it."""
        while True:
            needs_more = False
            try:
                result = call(*arguments)
            except ssl.SSLWantReadError:
                needs_more = True
            # Not inside the `except`: a network error would look like a TLS error.
            if self._outgoing.pending:
                await self._stream.write(self._outgoing.read(), timeout)
            if not needs_more:
                return result
            if received := await self._stream.read(MAX_READ_BYTES, timeout):
                self._incoming.write(received)
            else:
                self._incoming.write_eof()
