"""Encode bytes as zstd frames, against similar earlier bytes as a base (zstd's patch-from).

A frame carries a checksum, so that a damaged frame or a wrong base raises an error instead of returning other bytes.
Stock tools read them too: ``zstd -d --patch-from=BASE FRAME``.
"""

from __future__ import annotations

import sys
import zlib
from functools import cache
from typing import Any, Final

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from collections.abc import Mapping

from tracker.errors import ArchiveError

# zstd's levels. First versions are most of an archive, and pay for a higher one.
_FIRST_LEVEL: Final = 3
_WHOLE_LEVEL: Final = 6
_PATCH_LEVEL: Final = 1
_SMALL_LEVEL: Final = 3
# Bytes up to this size are not a page but its text or headers: a higher level costs next to nothing, or gains nothing.
_SMALL: Final = 1 << 15
# From this size on, what a page and its base share lies too far apart for a patch without long-distance matching.
MIN_LONG_DISTANCE_BYTES: Final = 1 << 17
# The levels above and the shares below trade bytes for time: most pages compress to a few per cent of their size
# against the page before, and are then not compressed a second time to see whether that was worth it.
# A patch above this share of the raw bytes is measured against a frame without a base, made fast.
_POOR: Final = 0.1
# A patch above this share of that frame gains so little that a frame without a base, made well, may be shorter.
_GAIN: Final = 0.8
# What is this short gains too little to be measured twice.
_SHORT: Final = 2048
# zstd takes no shorter one.
MIN_BASE_BYTES: Final = 8
# Stock decoders refuse windows above 2^27.
_WINDOW: Final = (10, 27)


def base_of(n: int) -> int | None:
    """Return the version whose bytes version `n` is coded against, counting from 1; None for the first.

    Counted from 0 it clears the lowest set bit, so that a read decodes at most log2(n) frames.
    """
    index = n - 1
    # Version 8 hangs on 7 (index 7 = 0b111, 6 = 0b110), 7 on 5, 5 on 1: deltas stay small and chains short.
    return (index & (index - 1)) + 1 if index else None


def encode(raw: bytes, base: bytes | None = None, *, first: bool = False) -> tuple[bytes, bool]:
    """Return `raw` as a frame, and whether it needs `base` to be read; `first` spends more on a page seen first."""
    if base and len(base) >= MIN_BASE_BYTES:
        near = compress(raw, _FIRST_LEVEL, base) if first else patch(raw, base)
        if len(near) <= len(raw) * _POOR or (len(raw) < _SHORT and len(near) <= len(raw) // 2):
            return near, True
        if len(raw) > _SMALL and len(near) <= len(compress(raw, _PATCH_LEVEL)) * _GAIN:
            return near, True
        whole = _whole(raw)
        return (near, True) if len(near) < len(whole) else (whole, False)
    return _whole(raw), False


def patch(raw: bytes, base: bytes) -> bytes:
    """Return `raw` as a frame that needs `base`, whatever it costs."""
    return compress(
        raw, _SMALL_LEVEL if len(raw) <= _SMALL else _PATCH_LEVEL, base, far=len(base) > MIN_LONG_DISTANCE_BYTES
    )


def decode(frame: bytes, raw_len: int, base: bytes | None = None, *, crc: int | None = None) -> bytes:
    """Return the bytes of `frame`, which are `raw_len` long. Raises ArchiveError where they are not."""
    if crc is not None and crc != zlib.crc32(frame):
        raise _damaged()
    decoder = zstd.ZstdDecompressor(**_prefix(base))
    try:
        # One more than expected: a frame that holds more is as wrong as one that holds less.
        raw: bytes = decoder.decompress(frame, max_length=raw_len + 1)
    except zstd.ZstdError as error:
        raise _damaged() from error
    if len(raw) != raw_len or not decoder.eof:
        raise _damaged()
    return raw


def _damaged() -> ArchiveError:
    return ArchiveError("a stored frame is damaged", hint="run writethru verify to see what is damaged")


def _whole(raw: bytes) -> bytes:
    return compress(raw, _SMALL_LEVEL if len(raw) <= _SMALL else _WHOLE_LEVEL)


def compress(raw: bytes, level: int, base: bytes | None = None, *, far: bool = False) -> bytes:
    """Return `raw` as a frame of one of zstd's levels, 1 to 22, that needs `base` where there is one.

    With `far`, zstd also looks for what both share at a distance.
    """
    size = len(raw) + len(base or b"")
    window = min(max(size.bit_length(), _WINDOW[0]), _WINDOW[1])
    compressor = zstd.ZstdCompressor(options=_options(level, window, far=far), **_prefix(base))
    data: bytes = compressor.compress(raw, zstd.ZstdCompressor.FLUSH_FRAME)
    return data


@cache
def _options(level: int, window: int, *, far: bool) -> dict[int, int]:
    return {
        int(zstd.CompressionParameter.compression_level): level,
        int(zstd.CompressionParameter.window_log): window,
        int(zstd.CompressionParameter.checksum_flag): 1,
        int(zstd.CompressionParameter.enable_long_distance_matching): int(far),
    }


def _prefix(base: bytes | None) -> Mapping[str, Any]:
    if base is None or len(base) < MIN_BASE_BYTES:
        return {}
    return {"zstd_dict": zstd.ZstdDict(base, is_raw=True).as_prefix}
