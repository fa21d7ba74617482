"""A cache of recently used blobs by hash, because most pages are encoded against a recent one.

Keys are content hashes, not row ids, so neither a rollback nor a takedown can make an entry wrong.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Final

MAX_CACHE_BYTES: Final = 16 << 20
MAX_CACHED_BLOB_BYTES: Final = 1 << 20


class Recent:
    """Keeps what was used last, up to *most* bytes. Any thread may call it."""

    def __init__(self, most: int = MAX_CACHE_BYTES) -> None:
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
        """Cache *raw*, whose hash is *sha256*, and evict the least recently used entries."""
        if len(raw) > min(MAX_CACHED_BLOB_BYTES, self._most):
            return
        with self._lock:
            if sha256 in self._kept:
                self._kept.move_to_end(sha256)
                return
            # A copy: what orjson returns stays in a buffer of several kilobytes, however short it is.
            self._kept[sha256] = bytes(memoryview(raw))
            self._bytes += len(raw)
            while self._bytes > self._most:
                self._bytes -= len(self._kept.popitem(last=False)[1])


RECENT: Final = Recent()
