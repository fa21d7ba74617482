"""Whether the archive and our own network work; if not, the whole service pauses.

A full disk or an unreachable server is not the fault of a page, and an outage of our network not that of a host.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from tracker.addresses.urls import host_of
from tracker.archive.archive import Archive
from tracker.archive.thread import ArchiveThread
from tracker.errors import ArchiveError, ArchiveUnreachable, NetworkDown
from tracker.fetch.guard import Guard
from tracker.jobs.crawl import probe
from tracker.model.capture import Allow, Capture, Failure, FailureKind, FetchResult, PageFetcher, Request
from tracker.observe import logs, metrics

# With fewer known hosts, an outage of our network cannot be told from one of a host.
MIN_OTHER_HOSTS: Final = 2
MAX_ASKED_HOSTS: Final = 4
MAX_KNOWN_HOSTS: Final = 50
MAX_CONNECT_SECONDS: Final = 3.0
# Longer than SQLite waits for a lock.
MAX_ANSWER_SECONDS: Final = 40.0
_UNREACHED: Final = frozenset({FailureKind.DNS, FailureKind.CONNECT, FailureKind.TIMEOUT})
_log = logs.get("service")

Place = tuple[str, int]
"""A host and a port."""


class ArchiveHealth:
    """Tracks whether the archive is writable. `error` is the current error message, empty if there is none."""

    def __init__(self, archive: ArchiveThread) -> None:
        self._archive = archive
        self._is_logged = False
        self.error = ""

    def record(self, error: ArchiveError) -> None:
        """Record an error. Only the first is logged, until the archive works again."""
        if not self._is_logged:
            paused = "checks and alerts are paused until the archive is writable again; nothing is lost"
            _log.error("archive", detail=str(error), hint=error.hint or paused)
        self._is_logged = True
        self.error = str(error)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record an ArchiveError raised in the block, which then ends quietly."""
        try:
            yield
        except ArchiveError as error:
            self.record(error)

    def record_silence(self) -> None:
        """Record an error if the archive has not answered for a long time: a frozen server refuses nothing."""
        if self._archive.busy_seconds > MAX_ANSWER_SECONDS:
            message = f"the archive has not answered for {MAX_ANSWER_SECONDS:g} s"
            self.record(ArchiveUnreachable(message, hint="check the database and its disk"))

    async def is_writable(self, now: datetime, offer: Callable[[Sequence[str]], Awaitable[int]]) -> bool:
        """Return whether the archive is usable and locked; after an error, try a small write and `offer`."""
        try:
            await self._archive.run(Archive.require_lock, ping=True)
            if self.error:
                await probe(self._archive, now)
                await offer(())
        except ArchiveError as error:
            self.record(error)
            return False
        # A full disk may have room for the small write but not for a page: it is over if nothing failed since.
        if self._is_logged and not self.error:
            _log.info("archive", detail="the archive is writable again; resuming")
            self._is_logged = False
        self.error = ""
        return True


class NetworkHealth:
    """Tells an outage of our own network from one of a host. `error` is the current message, empty if there is none.

    A host that cannot be reached is compared with the hosts that answered last: a connection is opened to some of
    them, nothing is requested. If none can be reached, our network is down, and nothing is recorded about any host.
    For a host behind a proxy, the connection is opened to the proxy instead.

    Args: private: whether hosts may have private addresses; a proxy may in any case. proxy_for: returns the proxy's
    address for a URL and the name of the source it belongs to (may be empty), or "".
    """

    def __init__(self, *, private: bool, proxy_for: Callable[[str, str], str]) -> None:
        self.error = ""
        self._guard = Guard(private=private)
        self._proxy_guard = Guard(private=True)  # a proxy is named by the operator, never by a page
        self._proxy_for = proxy_for
        self._answered_at = 0.0
        self._answered: OrderedDict[Place, Place | None] = OrderedDict()
        self._asking: asyncio.Task[bool] | None = None
        self._times: dict[str, tuple[datetime, datetime]] = {}

    def remember(self, urls: Iterable[str], source: str = "") -> None:
        """Note addresses that have answered before, the latest last."""
        for url in urls:
            if (place := _place(url)) is not None:
                self._answered[place] = _place(self._proxy_for(url, source))
                self._answered.move_to_end(place)
        while len(self._answered) > MAX_KNOWN_HOSTS:
            self._answered.popitem(last=False)

    async def is_up(self) -> bool:
        """Return whether requests can be made; after an outage, ask the hosts that answered last."""
        if not self.error:
            return True
        if not await self._is_any_reached(None, MAX_KNOWN_HOSTS):
            return False
        _log.info("network", detail="hosts can be reached again; checks resume")
        self.error = ""
        return True

    def require(self) -> None:
        """Raise NetworkDown if our own network is down."""
        if self.error:
            raise NetworkDown(self.error, hint="check the network and its DNS")

    def note_time(self, result: FetchResult, now: datetime) -> None:
        """Note the time that a host reported in its answer, which came at `now` by our clock."""
        if isinstance(result, Failure):
            return
        with suppress(ValueError, TypeError, OverflowError):
            # A cached answer has the date of the original answer, and an age in seconds.
            headers = {name.lower(): value for name, value in result.headers}
            host_time = parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
            self._times[host_of(result.url)] = (now, host_time + timedelta(seconds=int(headers.get("age", 0))))

    def take_host_time(self) -> tuple[datetime, datetime] | None:
        """Return the time of an answer by our clock and by the host's since the last call: the median of all hosts."""
        # The median, so that one host with a wrong clock does not count if others answered.
        by_difference = sorted(self._times.values(), key=lambda pair: pair[0] - pair[1])
        self._times = {}
        return by_difference[len(by_difference) // 2] if by_difference else None

    async def judge(self, result: FetchResult, began: float, source: str = "") -> None:
        """Take the result of a fetch for `source` into account that began at `began` by the monotonic clock.

        Raises NetworkDown if it failed because our own network is down. The network is up if a host has answered since.
        """
        if not isinstance(result, Failure):
            self._answered_at = monotonic()
            self.remember([result.url], source)
            return
        if result.kind not in _UNREACHED:
            return
        place = _place(result.url)
        others = {host for host, _ in self._answered if place is None or host != place[0]}
        # If some host answered during this fetch, our network works, and no other host need be asked.
        if len(others) < MIN_OTHER_HOSTS or self._answered_at > began:
            return
        if await self._is_any_reached(place, MAX_ASKED_HOSTS):
            self._answered_at = monotonic()
            return
        if not self.error:
            self.error = f"no host can be reached; the last was {result.url}: {result.reason}"
            hint = "checks are paused until the network works again; nothing is recorded about any host"
            _log.error("network", detail=self.error, hint=hint)
        self.require()

    async def _is_any_reached(self, apart_from: Place | None, most: int) -> bool:
        """Connect to the hosts that answered last, all at once; calls in the meantime get the same answer."""
        if self._asking is None or self._asking.done():
            others = [place for place in reversed(self._answered) if place != apart_from][:most]
            hosts = [place for place in others if self._answered[place] is None]
            proxies = {proxy for place in others if (proxy := self._answered[place]) is not None}
            connections = [(self._guard, place) for place in hosts] + [(self._proxy_guard, place) for place in proxies]
            self._asking = asyncio.create_task(_any_reached(connections), name="network")
        # Shielded: if one caller is cancelled, the others must still get the answer.
        return await asyncio.shield(self._asking)


@dataclass(frozen=True, slots=True)
class GuardedFetcher:
    """Raises NetworkDown where the `inner` fetcher fails because our own network is down."""

    inner: PageFetcher
    health: NetworkHealth

    async def fetch(self, request: Request, now: datetime, allow: Allow | None = None) -> FetchResult:
        """Fetch as `inner` does, and count the request."""
        began = monotonic()
        result = await self.inner.fetch(request, now, allow)
        outcome = "ok" if isinstance(result, Capture) else "not-modified"
        if isinstance(result, Failure):
            # The class of an error's status, as in "4xx", or why there was no answer.
            is_status = result.kind is FailureKind.STATUS
            outcome = f"{result.status // 100}xx" if result.status and is_status else str(result.kind)
        metrics.count_request(host_of(request.url), outcome)
        self.health.note_time(result, now)
        await self.health.judge(result, began, request.source)
        return result


async def _any_reached(connections: list[tuple[Guard, Place]]) -> bool:
    return any(await asyncio.gather(*(guard.can_connect(*place, MAX_CONNECT_SECONDS) for guard, place in connections)))


def _place(url: str) -> Place | None:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname else None
