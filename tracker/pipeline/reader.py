"""What reads pages: the pool of child processes, as the pipeline sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tracker.pipeline import size_limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tracker.model.article import Reading
    from tracker.model.capture import Capture, Failure
    from tracker.model.check import Tracked

    Forward = Callable[[Tracked, datetime], datetime | None]


class Reader(Protocol):
    """What reads a page: the extractor's pool of children, or a fake."""

    async def read(self, capture: Capture, *, prefer: str = "") -> Reading | Failure:
        """Return what the page says; a Failure where it could not be read."""
        ...


class Pool(Reader, size_limits.Runner, Protocol):
    """What reads pages, and does what else takes long, in children."""
