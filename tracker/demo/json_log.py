"""A log of JSON objects, kept in memory and optionally written to a file, one object a line."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

LogEntry = dict[str, Any]


class JsonLog:
    """Keep log entries in order; thread-safe.

    Args:
        path: file that each entry is appended to, if any.
        on_entry: called with each entry, in the thread that wrote it.
    """

    def __init__(self, path: Path | None = None, on_entry: Callable[[LogEntry], None] | None = None) -> None:
        self._path = path
        self._on_entry = on_entry
        self._entries: list[LogEntry] = []
        self._lock = threading.Lock()

    def write(self, **entry: Any) -> None:  # noqa: ANN401 - any JSON value
        """Add one entry."""
        with self._lock:
            self._entries.append(entry)
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        if self._on_entry is not None:
            self._on_entry(entry)

    def entries(self) -> list[LogEntry]:
        """Return a copy of all entries so far, oldest first."""
        with self._lock:
            return list(self._entries)
