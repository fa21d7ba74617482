"""Bytes that were lately read or written, by their hash: most pages are coded against bytes that were just there.

They are found by what they are, not by where they stand, so that no rollback and no takedown can make them wrong.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Final

_MOST: Final = 16 << 20
_LONGEST: Final = 1 << 20


class Recent:
    """Keeps what was used last, up to *most* bytes. Any thread may call it."""

    def __init__(self, most: int = _MOST) -> None:
        self._most: Final = most
        self._bytes = 0
        self._kept: Final[OrderedDict[str, bytes]] = OrderedDict()
        self._lock: Final = Lock()

    def get(self, sha256: str) -> bytes | None:
        """Return the bytes of that hash, None where they are not kept."""
        with self._lock:
            found = self._kept.get(sha256)
            if found is not None:
                self._kept.move_to_end(sha256)
            return found

    def put(self, sha256: str, raw: bytes) -> None:
        """Keep *raw*, whose hash is *sha256*, and let go of what was not used for longest."""
        if len(raw) > min(_LONGEST, self._most):
            return
        with self._lock:
            if sha256 in self._kept:
                self._kept.move_to_end(sha256)
                return
            self._kept[sha256] = raw
            self._bytes += len(raw)
            while self._bytes > self._most:
                self._bytes -= len(self._kept.popitem(last=False)[1])


RECENT: Final = Recent()
