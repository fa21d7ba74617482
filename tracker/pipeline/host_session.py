"""One visit to a host: its robots.txt, the pauses between requests, and the state to keep afterwards."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from tracker.addresses.urls import host_of, is_loopback
from tracker.archive.archive import Archive
from tracker.archive.sources import get_host, save_host
from tracker.archive.thread import ArchiveThread
from tracker.fetch import politeness, robots
from tracker.model.capture import Failure, FailureKind, FetchResult, HostState, NotModified, PageFetcher, Request


@dataclass(frozen=True, slots=True)
class Politeness:
    """The limits on requests: `delay` is the minimum pause in seconds, `slow` says that no contact is set.

    With `no_pace`, hosts on loopback get no pause at all, not even one that they ask for.
    """

    delay: float = 2.0
    slow: bool = False
    no_pace: bool = False


@dataclass(slots=True)
class HostSession:
    """The state of a host during one visit; it changes with every answer and is saved with each commit.

    `source` is the source whose list or article is visited now: robots.txt is fetched the way its pages are.
    """

    state: HostState
    fetcher: PageFetcher
    archive: ArchiveThread
    politeness: Politeness
    clock: Callable[[], datetime]
    browser: PageFetcher | None = None
    source: str = ""
    _is_new: bool = field(init=False)

    def __post_init__(self) -> None:
        self._is_new = self.state.robots is None

    async def refresh_robots(self, url: str) -> None:
        """Fetch the host's robots.txt if the stored one is stale; it counts as a request like any other."""
        fresh = await self._with_robots(self.state, url)
        if fresh is not self.state:
            self.state = fresh
            await self.archive.run(save_host, fresh)

    async def allow(self, url: str) -> Failure | None:
        """Return why `url` must not be requested, or None: robots.txt, or a pause that another host asked for.

        A redirect may lead to another host. Its ordinary pause is waited for, but not a longer one.
        """
        host = host_of(url)
        if host == self.state.host:
            self.state = await self._with_robots(self.state, url)
            return robots.verdict(self.state.robots, url) if self.state.robots else None
        other: HostState = await self.archive.run(get_host, host)
        if 0 < self._pause(other, url) <= politeness.MAX_PAUSE_SECONDS:
            # The ordinary pause, because its own pages are being checked: no check should fail for that.
            await asyncio.sleep(self._pause(other, url))
            other = await self.archive.run(get_host, host)
        if wait := round(self._pause(other, url)):
            return Failure(
                FailureKind.HOST_WAITS, f"{host} asked for a pause; {wait} s are left", url, retry_after=wait
            )
        now = self.clock()
        if robots.is_stale(other.robots, now):
            found = await self._fetch_robots(url)
            other = await self.archive.run(_update_host, host, lambda known: self._with_record(known, found, now))
        return robots.verdict(other.robots, url) if other.robots else None

    def refused(self, url: str) -> bool:
        """Return whether no request to this host's `url` would be made, so that there is nothing to wait for."""
        return self.state.robots is not None and robots.verdict(self.state.robots, url) is not None

    async def answered(self, result: FetchResult, *, is_list: bool = False) -> None:
        """Update the state of the host that answered; after a redirect to another host, a failure is that host's.

        Args: result: of a fetch. is_list: whether it is a feed or another list. After the first list of a new host, its
        first article is requested after the configured delay, even without a contact.
        """
        is_page = not (is_list and self._is_new)
        self._is_new = False
        now, final = self.clock(), result.final_url
        if not isinstance(result, Failure) or not final or host_of(final) == self.state.host:
            self.state = self._paced(self.state, result, now, is_page=is_page)
            return
        # This host answered too, with the redirect.
        self.state = self._paced(self.state, NotModified(result.url, result.url, elapsed=result.elapsed), now)
        refusal = replace(result, url=final)

        def rested(known: HostState) -> HostState:
            # A failure that is not the host's, such as a page that is gone, changes nothing.
            after = self._paced(known, refusal, now)
            return after if after.last_failure_at == now else known

        await self.archive.run(_update_host, host_of(final), rested)

    def _paced(self, state: HostState, result: FetchResult, now: datetime, *, is_page: bool = True) -> HostState:
        """Return the state of a host after an answer, with the time before which it is not asked again."""
        if self.politeness.no_pace and is_loopback(result.url):
            return state
        delay = robots.crawl_delay(state.robots) if state.robots else None
        return politeness.next_state(
            state,
            result,
            now,
            delay=self.politeness.delay,
            crawl_delay=delay,
            slow=self.politeness.slow and is_page,
            jitter=random.uniform(-1, 1),  # noqa: S311 - not used for security
        )

    def wait(self, now: datetime) -> float:
        """Return the seconds until this host may be asked again."""
        return _seconds_left(self.state, now)

    def _pause(self, other: HostState, url: str) -> float:
        return 0.0 if self.politeness.no_pace and is_loopback(url) else _seconds_left(other, self.clock())

    async def _with_robots(self, state: HostState, url: str) -> HostState:
        now = self.clock()
        if not robots.is_stale(state.robots, now):
            return state
        return self._with_record(state, await self._fetch_robots(url), now)

    async def _fetch_robots(self, url: str) -> FetchResult:
        request = Request(robots.robots_url(url), accept="text/plain,*/*;q=0.5", source=self.source)
        return await self.fetcher.fetch(request, self.clock())

    def _with_record(self, state: HostState, result: FetchResult, now: datetime) -> HostState:
        # Without a contact, only pages are slow: the first one need not wait 30 s after the robots.txt.
        return self._paced(replace(state, robots=robots.record(result, now)), result, self.clock(), is_page=False)


def _seconds_left(state: HostState, now: datetime) -> float:
    return max((state.not_before - now).total_seconds(), 0.0) if state.not_before else 0.0


def _update_host(archive: Archive, host: str, change: Callable[[HostState], HostState]) -> HostState:
    """Change the stored state of a host that others may be visiting; its stored pause is never shortened."""
    with archive.write():
        known = get_host(archive, host)
        changed = change(known)
        if known.not_before and changed.not_before:
            changed = replace(changed, not_before=max(known.not_before, changed.not_before))
        if changed != known:
            save_host(archive, changed)
        return changed
