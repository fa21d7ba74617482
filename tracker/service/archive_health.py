"""Whether the archive can be written to; a full disk or an unreachable server pauses the whole service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.archive.archive import Archive
from tracker.errors import ArchiveError
from tracker.jobs.crawl import probe
from tracker.observe import logs

if TYPE_CHECKING:
    from tracker.archive.thread import ArchiveThread

_log = logs.get("service")


class ArchiveHealth:
    """Tracks whether the archive is writable. `error` is the current error message, empty if there is none."""

    def __init__(self, archive: ArchiveThread) -> None:
        self._archive = archive
        self.error = ""

    def record(self, error: ArchiveError) -> None:
        """Record an error. Only the first is logged, until the archive works again."""
        if not self.error:
            _log.error(
                "archive",
                detail=str(error),
                hint=error.hint or "checks and alerts are paused until the archive is writable again; nothing is lost",
            )
        self.error = str(error)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record an ArchiveError raised in the block, which then ends quietly."""
        try:
            yield
        except ArchiveError as error:
            self.record(error)

    async def is_writable(self, now: datetime) -> bool:
        """Return whether the archive is usable and locked; after an error, try a small write to find out."""
        try:
            await self._archive.run(Archive.require_lock)
            if not self.error:
                return True
            await probe(self._archive, now)
        except ArchiveError as error:
            self.record(error)
            return False
        _log.info("archive", detail="the archive is writable again; resuming")
        self.error = ""
        return True
