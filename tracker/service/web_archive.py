"""Fetch captures from a web archive, oldest first, so that they can be imported as history."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from tracker.errors import PageError
from tracker.exchange.cdx import TIMESTAMP, WAYBACK_MACHINE, ArchivedPage, distinct_pages, listed_captures
from tracker.exchange.warc_read import Found
from tracker.model.capture import Capture, Failure, FailureKind, FetchResult

MAX_LISTED_CAPTURES: Final = 5000
"""Captures asked for at once."""
_RUN_AGAIN: Final = "run the command again later; what is imported already is not fetched again"


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
                    f"the web archive gave no usable answer: {found.reason}",
                    resource=page.address,
                    hint=_RUN_AGAIN,
                )
            else:
                self.skipped += 1


def server_of(archive: str) -> str:
    """Return the address of the CDX server of a web archive, from what comes before the time stamp in its addresses.

    That of pywb is next to the captures of a collection, that of the Wayback Machine elsewhere.
    """
    if archive.rstrip("/") == WAYBACK_MACHINE.rstrip("/"):
        return "https://web.archive.org/cdx/search/cdx"
    return f"{archive.rstrip('/')}/cdx"


@dataclass(frozen=True, slots=True)
class CdxServer:
    """A server that lists the captures of a web archive: the Wayback Machine's, or pywb's.

    Attributes:
        address: of the server.
        archive: what comes before the time stamp in the addresses of captures.
        fetch: fetches an address, with a pause between two requests.
    """

    address: str
    archive: str
    fetch: Callable[[str], Awaitable[FetchResult]]

    async def pages_of(self, url: str, since: datetime | None, until: datetime | None) -> list[ArchivedPage]:
        """Return the captures of a page made since a time and before another, oldest first.

        Raises PageError if the server does not answer, or not with a listing.
        """
        listed: dict[tuple[str, str], Mapping[str, str]] = {}
        begin = since.strftime(TIMESTAMP) if since else ""
        # `until` is not included, but a server includes the last second that it is asked for.
        end = (until - timedelta(seconds=1)).strftime(TIMESTAMP) if until else ""
        while True:
            # Only parameters that both kinds of server have; what is not a page is left out afterwards.
            asked = {"url": url, "from": begin, "to": end, "limit": MAX_LISTED_CAPTURES}
            query = urlencode({name: value for name, value in asked.items() if value})
            found = await self.fetch(f"{self.address}?{query}")
            if isinstance(found, Failure) and found.status == HTTPStatus.NOT_FOUND:
                break  # so pywb says that it has none
            if not isinstance(found, Capture):
                reason = found.reason if isinstance(found, Failure) else "the answer is empty"
                raise PageError(
                    f"the CDX server gave no usable answer: {reason}", resource=self.address, hint=_RUN_AGAIN
                )
            rows = list(listed_captures(found.body.splitlines(), self.address))
            listed |= {(row["url"], row["timestamp"]): row for row in rows}
            last = max((row["timestamp"] for row in rows), default=begin)
            if len(rows) < MAX_LISTED_CAPTURES or last == begin:
                break
            begin = last  # those of the same second are asked for again
        return distinct_pages(listed.values(), self.archive)


def _is_missing(found: Failure) -> bool:
    """Return whether the archive answered that it does not have or give this capture, now or later."""
    is_refused = found.status is not None and 400 <= found.status < 500 and found.status != HTTPStatus.TOO_MANY_REQUESTS
    return (found.kind is FailureKind.STATUS and is_refused) or found.kind is FailureKind.TOO_LARGE
