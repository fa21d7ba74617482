"""Trouble with the archive as one state of the service: a full disk, a server that is gone. Said once, probed, over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.errors import ArchiveError
from tracker.jobs.crawl import probe
from tracker.observe import logs

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.archive.thread import ArchiveThread

_log = logs.get("service")


class ArchiveHealth:
    """Whether the archive takes what it is given; *now* says what is wrong, and is empty where nothing is."""

    def __init__(self, archive: ArchiveThread) -> None:
        self._archive = archive
        self.now = ""

    def met(self, error: ArchiveError) -> None:
        """Take note of an error; only the first one is logged."""
        if not self.now:
            _log.error(
                "archive",
                detail=str(error),
                hint=error.hint or "nothing is visited or sent until the archive can be written again; nothing is lost",
            )
        self.now = str(error)

    async def over(self, now: datetime) -> bool:
        """Say whether all is well, trying to write something where it was not."""
        if not self.now:
            return True
        try:
            await probe(self._archive, now)
        except ArchiveError as error:
            self.met(error)
            return False
        _log.info("archive", detail="it can be written again; going on")
        self.now = ""
        return True
