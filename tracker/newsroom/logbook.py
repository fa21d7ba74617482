"""A log that can be read back: one JSON object a line on disk, and the same in memory."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Entry = dict[str, Any]


class Logbook:
    """Entries in the order they came, from any thread; kept in *path* too where one is given.

    *heard* is called with each entry, in the thread that wrote it.
    """

    def __init__(self, path: Path | None = None, heard: Callable[[Entry], None] | None = None) -> None:
        self._path = path
        self._heard = heard
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def write(self, **entry: Any) -> None:  # noqa: ANN401 - whatever JSON holds
        """Add one entry."""
        with self._lock:
            self._entries.append(entry)
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        if self._heard is not None:
            self._heard(entry)

    def entries(self) -> list[Entry]:
        """Return what was written so far."""
        with self._lock:
            return list(self._entries)
