"""Decompress response bodies in small steps, with a limit on the result and proof that it is complete.

httpx 0.28 decodes without a limit (1.7 kB of brotli become 2 GB in one piece) and accepts truncated gzip as complete,
so its decoders are not used. Sources: RFC 9110 section 8.4, RFC 1950 to 1952, RFC 7932, RFC 8878, RFC 9659.
"""

from __future__ import annotations

import sys
import zlib
from typing import Final, Protocol

import brotli

from tracker.model.capture import FailureKind

from .responses import FetchError, too_large

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from collections.abc import Callable

# The Accept-Encoding header that goes with this file.
ACCEPTED: Final = "gzip, deflate, br, zstd"

_MAX_STEP_BYTES: Final = 65_536
_MAX_MEMBERS: Final = 1_000
# 8 MB, the most RFC 9659 lets a server use.
_MAX_ZSTD_WINDOW_LOG: Final = 23
_GZIP_WBITS: Final = 16 + zlib.MAX_WBITS

_ALIASES: Final = {"x-gzip": "gzip"}
# Names for "not compressed". The last three are not valid, but servers send them and browsers accept them.
_NO_CODING: Final = frozenset({"", "identity", "none", "binary", "utf-8"})


class Decoder:
    """Decompresses one body.

    `feed` and `finish` raise FetchError: TOO_LARGE past the limit, BAD_ENCODING if the bytes are not what the header
    says, TRUNCATED if they end early.

    Args: content_encoding: the Content-Encoding header; may be empty. max_bytes: the most that may come out.
    setting: the configuration setting that raises `max_bytes`, for the message; may be empty.
    """

    def __init__(self, content_encoding: str, max_bytes: int, setting: str = "") -> None:
        names = [_ALIASES.get(name, name) for part in content_encoding.split(",") if (name := part.strip().lower())]
        codings = [name for name in names if name not in _NO_CODING] or ["identity"]
        self.coding = codings[0]
        if len(codings) > 1 or self.coding not in {"identity", *_STREAMS}:
            raise FetchError(
                FailureKind.BAD_ENCODING,
                f"the server compressed the page as “{', '.join(codings)[:80]}”; "
                f"only one of {ACCEPTED} can be read, and only one at a time",
            )
        self._max_bytes = max_bytes
        self._setting = setting
        self._body = bytearray()
        self._members = 0
        self._head = b""
        self._stream: _CompressedStream | None = None
        self._ignores_rest = False

    def feed(self, data: bytes) -> None:
        """Decompress the next bytes, as they were received, and add them to the body."""
        if self.coding == "identity":
            self._append(data)
            return
        if self._ignores_rest:
            return
        if self._stream is None:
            data = self._head + data
            if self.coding == "deflate" and len(data) < 2:
                self._head = data
                return
            self._stream = _STREAMS[self.coding](data)
        stream = self._stream
        try:
            while data or stream.pending:
                if stream.done:
                    following = stream.following(data)
                    if following is None:
                        self._ignores_rest = True
                        return
                    self._members += 1
                    if self._members > _MAX_MEMBERS:
                        raise FetchError(
                            FailureKind.BAD_ENCODING, f"the page is compressed in more than {_MAX_MEMBERS} parts"
                        )
                    self._stream = stream = following
                decoded, data = stream.step(data)
                self._append(decoded)
        except (zlib.error, brotli.error, zstd.ZstdError, EOFError):
            raise FetchError(
                FailureKind.BAD_ENCODING,
                f"the server says that the page is compressed with {self.coding}, but it is not; "
                "nothing was stored, the next check will try again",
            ) from None

    def finish(self) -> bytes:
        """Return the whole body."""
        if self.coding != "identity" and (self._stream is None or not self._stream.done):
            raise FetchError(
                FailureKind.TRUNCATED,
                f"the page ended in the middle of its {self.coding} data; "
                "nothing was stored, the next check will try again",
            )
        return bytes(self._body)

    def _append(self, decoded: bytes) -> None:
        if len(self._body) + len(decoded) > self._max_bytes:
            raise too_large(f"the page is larger than {self._max_bytes:,} bytes once decompressed", self._setting)
        self._body += decoded


class _CompressedStream(Protocol):
    """A compressed stream. It is `done` at its proven end, and `pending` while it has output without more input."""

    done: bool = False
    pending: bool = False

    def step(self, data: bytes) -> tuple[bytes, bytes]:
        """Return at most one step of output, and the input that was not used."""
        ...

    def following(self, data: bytes) -> _CompressedStream | None:
        """Return the stream that begins with `data`, the bytes after the end, or None if they are to be ignored."""
        ...


class _Inflate(_CompressedStream):
    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._inflater = zlib.decompressobj(wbits)

    def step(self, data: bytes) -> tuple[bytes, bytes]:
        decoded = self._inflater.decompress(data, _MAX_STEP_BYTES)
        self.done = self._inflater.eof
        rest = self._inflater.unused_data if self.done else self._inflater.unconsumed_tail
        self.pending = not self.done and len(decoded) == _MAX_STEP_BYTES
        return decoded, rest

    def following(self, data: bytes) -> _Inflate | None:
        # A second gzip member begins with 1f; browsers ignore anything else after the end, too.
        return _Inflate(self._wbits) if self._wbits == _GZIP_WBITS and data[:1] == b"\x1f" else None


class _Brotli(_CompressedStream):
    def __init__(self, _head: bytes) -> None:
        self._decoder = brotli.Decompressor()

    def step(self, data: bytes) -> tuple[bytes, bytes]:
        decoded: bytes = self._decoder.process(data, output_buffer_limit=_MAX_STEP_BYTES)
        self.done = self._decoder.is_finished()
        self.pending = not self.done and not self._decoder.can_accept_more_data()
        return decoded, b""

    def following(self, _data: bytes) -> None:
        raise EOFError


class _Zstd(_CompressedStream):
    def __init__(self, _head: bytes) -> None:
        options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _MAX_ZSTD_WINDOW_LOG}
        self._decoder = zstd.ZstdDecompressor(options=options)

    def step(self, data: bytes) -> tuple[bytes, bytes]:
        decoded = self._decoder.decompress(data, _MAX_STEP_BYTES)
        self.done = self._decoder.eof
        self.pending = not self.done and not self._decoder.needs_input
        return decoded, self._decoder.unused_data if self.done else b""

    def following(self, _data: bytes) -> _Zstd:
        return _Zstd(b"")


def _deflate(head: bytes) -> _Inflate:
    """Return the stream of the zlib format, as RFC 9110 requires, or of the raw format, by the check bits in `head`."""
    wrapped = head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0
    return _Inflate(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)


_STREAMS: Final[dict[str, Callable[[bytes], _CompressedStream]]] = {
    "gzip": lambda _head: _Inflate(_GZIP_WBITS),
    "deflate": _deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}
