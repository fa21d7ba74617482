"""Fetch captures from a web archive, oldest first, so that they can be imported as history."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tracker.errors import PageError
from tracker.exchange.warc_read import Found
from tracker.model.capture import Capture, Failure, FailureKind, FetchResult

if TYPE_CHECKING:
    from tracker.exchange.cdx_listing import ArchivedPage

_TOO_MANY_REQUESTS: Final = 429


@dataclass
class ArchivedCaptures:
    """The captures that a listing names; `skipped` counts those that the archive does not have, or not as a page.

    Attributes:
        pages: the captures, oldest first.
        fetch: fetches an address, with a pause between two requests.
        is_known: whether the capture of an address at a time need not be fetched, since newer ones are stored.
    """

    pages: Iterable[ArchivedPage]
    fetch: Callable[[str], Awaitable[FetchResult]]
    is_known: Callable[[str, datetime], bool]
    skipped: int = 0

    async def captures(self) -> AsyncIterator[Found]:
        """Yield the captures, as made at their time, of the page's own address; the archive's is named as a hop.

        Raises PageError if the archive cannot be reached or refuses: history is only added at the end, so what comes
        later must wait.
        """
        for page in self.pages:
            if self.is_known(page.url, page.at):
                continue
            found = await self.fetch(page.address)
            if isinstance(found, Capture):
                hops = (page.address, *found.hops)
                yield Found(replace(found, url=page.url, final_url=page.url, fetched_at=page.at, hops=hops))
            elif isinstance(found, Failure) and not _is_missing(found):
                raise PageError(
                    f"the web archive gave no answer: {found.reason}",
                    resource=page.address,
                    hint="run the command again later; what is imported already is not fetched again",
                )
            else:
                self.skipped += 1


def _is_missing(found: Failure) -> bool:
    """Say whether the archive answered that it does not have or give this capture, now or later."""
    is_refused = found.status is not None and 400 <= found.status < 500 and found.status != _TOO_MANY_REQUESTS
    return (found.kind is FailureKind.STATUS and is_refused) or found.kind is FailureKind.TOO_LARGE
