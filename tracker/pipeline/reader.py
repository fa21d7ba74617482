"""What reads pages: the pool of child processes, as the pipeline sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from tracker.model.article import Reading, SamePage
    from tracker.model.capture import Capture, Failure

T = TypeVar("T")


class Reader(Protocol):
    """What reads a page: the extractor's pool of children, or a fake."""

    async def read(self, capture: Capture, *, prefer: str = "") -> Reading | Failure:
        """Return what the page says; a Failure where it could not be read."""
        ...


class Pool(Reader, Protocol):
    """What reads pages, and does what else takes long, in children that can be killed."""

    async def read_unless_same(
        self, capture: Capture, fingerprint: str, *, prefer: str = ""
    ) -> Reading | SamePage | Failure:
        """Return SamePage where the page has the fingerprint of an earlier reading, else what `read` returns."""
        ...

    async def run(
        self, returns: tuple[type[T], ...], function: Callable[..., T], *arguments: object, about: Capture
    ) -> T | Failure:
        """Return what `function` returns, of one of the types `returns`, or why it could not."""
        ...
