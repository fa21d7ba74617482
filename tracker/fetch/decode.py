"""Content codings, undone in small steps, so that nothing grows past its limit and nothing cut short passes as whole.

httpx 0.28 decodes without a bound (1.7 kB of brotli become 2 GB in one chunk) and takes truncated gzip for complete;
both are why this file exists. Sources: RFC 9110 section 8.4, RFC 1950-1952, RFC 7932, RFC 8878, RFC 9659.
"""

from __future__ import annotations

import sys
import zlib
from typing import TYPE_CHECKING, Final, Protocol

import brotli

from ..model import FailureKind
from .stop import Stop

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable

ACCEPTED: Final = "gzip, deflate, br, zstd"
"""The Accept-Encoding header that goes with this file."""

_STEP: Final = 65_536
_MAX_MEMBERS: Final = 1_000
_ZSTD_WINDOW_LOG: Final = 23
"""8 MB: the most RFC 9659 lets a server use."""

_ALIASES: Final = {"x-gzip": "gzip"}
_NO_CODING: Final = frozenset({"", "identity", "none", "binary", "utf-8"})
"""Names that say nothing was encoded; the last three are wrong, but stand in the wild and browsers read on."""


class Decoder:
    """Undoes one content coding; *limit* is the most bytes that may come out.

    `feed` and `finish` raise Stop: TOO_LARGE past the limit, BAD_ENCODING where the bytes are not what the header
    says, TRUNCATED where they end early.
    """

    def __init__(self, content_encoding: str, limit: int) -> None:
        self.coding = _one_coding(content_encoding)
        self._limit = limit
        self._body = bytearray()
        self._members = 0
        self._head = b""
        self._stage: _Stage | None = None
        self._over = False

    def feed(self, data: bytes) -> None:
        """Take the next bytes from the wire."""
        if self.coding == "identity":
            self._emit(data)
            return
        if self._over:
            return
        if self._stage is None:
            data = self._head + data
            if self.coding == "deflate" and len(data) < 2:
                self._head = data
                return
            self._stage = _STAGES[self.coding](data)
        try:
            self._drive(data)
        except (zlib.error, brotli.error, zstd.ZstdError, EOFError):
            raise Stop(
                FailureKind.BAD_ENCODING,
                f"the server says the page is packed with {self.coding}, and its bytes are not; nothing was kept, "
                "the next check reads it again",
            ) from None

    def finish(self) -> bytes:
        """Return the whole body."""
        if self.coding != "identity" and (self._stage is None or not self._stage.done):
            raise Stop(
                FailureKind.TRUNCATED,
                f"the page broke off before its {self.coding} data ended; nothing was kept, "
                "the next check reads it again",
            )
        return bytes(self._body)

    def _drive(self, data: bytes) -> None:
        while data or self._body_pending():
            stage = self._stage
            assert stage is not None
            if stage.done:
                following = stage.following(data)
                if following is None:
                    self._over = True
                    return
                self._members += 1
                if self._members > _MAX_MEMBERS:
                    raise Stop(FailureKind.BAD_ENCODING, f"the page is packed in more than {_MAX_MEMBERS} pieces")
                self._stage = stage = following
            out, data = stage.step(data)
            self._emit(out)

    def _body_pending(self) -> bool:
        return self._stage is not None and self._stage.pending

    def _emit(self, out: bytes) -> None:
        if len(self._body) + len(out) > self._limit:
            raise Stop(
                FailureKind.TOO_LARGE,
                f"the page is larger than {self._limit:,} bytes once unpacked; raise fetch.max_body_bytes to let it in",
            )
        self._body += out


class _Stage(Protocol):
    """One packed stream: *done* at its proven end, *pending* while output waits that needs no further input."""

    done: bool
    pending: bool

    def step(self, data: bytes) -> tuple[bytes, bytes]:
        """Return at most a step's worth of output, and the input not used yet."""
        ...

    def following(self, data: bytes) -> _Stage | None:
        """Return the stage for bytes found behind the end; None ignores them."""
        ...


class _Inflate:
    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._inflater = zlib.decompressobj(wbits)
        self.done = False
        self.pending = False

    def step(self, data: bytes) -> tuple[bytes, bytes]:
        out = self._inflater.decompress(data, _STEP)
        self.done = self._inflater.eof
        rest = self._inflater.unused_data if self.done else self._inflater.unconsumed_tail
        self.pending = not self.done and len(out) == _STEP
        return out, rest

    def following(self, data: bytes) -> _Inflate | None:
        # A second gzip member begins with 1f; anything else behind the end is what browsers ignore too.
        return _Inflate(self._wbits) if self._wbits == _GZIP and data[:1] == b"\x1f" else None


class _Brotli:
    def __init__(self, _head: bytes) -> None:
        self._decoder = brotli.Decompressor()
        self.done = False
        self.pending = False

    def step(self, data: bytes) -> tuple[bytes, bytes]:
        out: bytes = self._decoder.process(data, output_buffer_limit=_STEP)
        self.done = self._decoder.is_finished()
        self.pending = not self.done and not self._decoder.can_accept_more_data()
        return out, b""

    def following(self, _data: bytes) -> None:
        raise EOFError


class _Zstd:
    def __init__(self, _head: bytes) -> None:
        options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
        self._decoder = zstd.ZstdDecompressor(options=options)
        self.done = False
        self.pending = False

    def step(self, data: bytes) -> tuple[bytes, bytes]:
        out = self._decoder.decompress(data, _STEP)
        self.done = self._decoder.eof
        self.pending = not self.done and not self._decoder.needs_input
        return out, self._decoder.unused_data if self.done else b""

    def following(self, _data: bytes) -> _Zstd:
        return _Zstd(b"")


_GZIP: Final = 16 + zlib.MAX_WBITS


def _deflate(head: bytes) -> _Inflate:
    """Choose between the zlib form the RFC asks for and the raw one some servers send, by the header's check bits."""
    wrapped = head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0
    return _Inflate(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)


_STAGES: Final[dict[str, Callable[[bytes], _Stage]]] = {
    "gzip": lambda _head: _Inflate(_GZIP),
    "deflate": _deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}


def _one_coding(content_encoding: str) -> str:
    names = [_ALIASES.get(name, name) for part in content_encoding.split(",") if (name := part.strip().lower())]
    codings = [name for name in names if name not in _NO_CODING]
    if not codings:
        return "identity"
    if len(codings) > 1 or codings[0] not in _STAGES:
        raise Stop(
            FailureKind.BAD_ENCODING,
            f"the server packed the page as “{', '.join(codings)[:80]}”; one of {ACCEPTED} is read, and only one",
        )
    return codings[0]
