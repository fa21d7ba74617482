"""One visit to one article, or one reading of one hub: the only code that knows every stage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from tracker.config import SourceConfig
from tracker.extraction import EXTRACTOR
from tracker.model import (
    ArticleState,
    Capture,
    CheckOutcome,
    Committed,
    Failure,
    FailureKind,
    HubKind,
    HubPoll,
    Intent,
    Listing,
    NotModified,
    Request,
)

from . import layout, quarantine, size_limits, storm
from .decide import CheckPolicy
from .decision_context import DecisionContext, read_before, recall, recall_missing
from .failures import shelved, shelved_poll
from .filters import wanted
from .hubs import advertised, in_thread
from .media import refusal
from .mentions import heard, listed, mention
from .reread import read_again

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta

    from tracker.config import Config
    from tracker.model import (
        Check,
        FetchResult,
        Habit,
        HostState,
        HubState,
        Mention,
        Push,
        Reading,
        Target,
        Tracked,
        Version,
    )

    from .decide import Schedule
    from .hubs import ListingReader
    from .layout import Layout
    from .politeness import HostSession
    from .storm import Storm

    Forward = Callable[[Tracked, datetime], datetime | None]

_ACCEPT_HUB = (
    "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,text/html;q=0.8,*/*;q=0.5"
)
NOT_FOUND = 404
UNCONDITIONAL_EVERY = 20
"""Every so many checks and readings the validators are left out: there are servers whose ETag never changes."""


class Reader(Protocol):
    """What reads a page: the extractor's pool of children, or a fake."""

    async def read(self, capture: Capture, *, prefer: str = "") -> Reading | Failure:
        """Return what the page says; a Failure where it could not be read."""
        ...


class Pool(Reader, size_limits.Runner, Protocol):
    """What reads pages, and does what else takes long, in children."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What one check came to, after it was committed; *storm* and *layout* of its source where it showed them first."""

    tracked: Tracked
    intent: Intent
    committed: Committed
    storm: Storm | None = None
    layout: Layout | None = None


@dataclass(frozen=True, slots=True)
class PollReport:
    """What one reading of a hub came to, after it was committed; *push* is the WebSub hub that it names."""

    poll: HubPoll
    new: tuple[Tracked, ...]
    push: Push | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The way of one article: fetch, extract, decide, commit. Holds no state of its own.

    *schedule* says when to look again, *forward* when to look now that a hub told of an update (`jobs.cadence`).
    *listing* reads what a hub answered.
    """

    config: Config
    reader: Pool
    schedule: Callable[[SourceConfig], Schedule]
    forward: Callable[[SourceConfig], Forward] = lambda _: _as_planned
    listing: ListingReader = in_thread

    async def check(self, tracked: Tracked, visit: HostSession) -> CheckReport:
        """Visit one article and keep what it left behind, in one transaction."""
        source = self._source(tracked.source)
        now = visit.clock()
        fetcher = visit.browser if source.render and visit.browser else visit.fetcher
        found = await fetcher.fetch(_request(tracked), now, visit.allow)
        visit.seen(found, visit.clock())
        latest, habits = await _standing(visit, tracked, found)
        reading: Reading | None = None
        if isinstance(found, Capture):
            read = read_before(found, latest, EXTRACTOR) or await self._read(found, tracked, visit, now)
            if isinstance(read, Failure):
                found = read
            else:
                reading = read
        if latest is not None and reading is not None and latest.extractor != reading.extractor:
            latest = await self._brought_up(latest, reading.extractor, visit, now)
        intent = await size_limits.decided(
            self.reader,
            visit,
            tracked,
            latest,
            found,
            reading,
            now,
            brief=CheckPolicy(
                self.config.rules, self.config.service.link, source.raw, first=self.config.match == "first"
            ),
            schedule=self.schedule(source),
            memory=await _recall(visit, tracked, latest, found, reading, habits, now),
        )
        intent, began = await storm.guarded(visit.call, source.name, intent, self.config.service.storm, now)
        committed: Committed = await visit.call("commit", intent)
        return CheckReport(tracked, intent, committed, began, await layout.noted(visit.call, source.name, intent, now))

    async def _brought_up(self, latest: Version, extractor: str, visit: HostSession, now: datetime) -> Version:
        """Return the newest version as this extractor reads it: two readings of one page must not look like an edit."""
        if not await visit.call("outdated", extractor, article=latest.article):
            return latest
        await read_again(visit.call, self.reader, latest.article, extractor, now)
        again: Version = await visit.call("version", latest.article, latest.n)
        return again

    async def _read(self, found: Capture, tracked: Tracked, visit: HostSession, now: datetime) -> Reading | Failure:
        if why := refusal(found):
            return Failure(FailureKind.UNREADABLE, why, found.url, found.status, final_url=found.final_url)
        read = await self.reader.read(found, prefer=tracked.signature)
        if isinstance(read, Failure):
            return await quarantine.keep(visit.call, tracked.id, found, read, now)
        return size_limits.refused(found, read) or read

    async def shelve(self, tracked: Tracked, error: Exception, visit: HostSession) -> CheckReport:
        """Put off an article whose check ended in an exception; after two in a row for a day."""
        checks: list[Check] = await visit.call("checks", tracked.id, 1)
        intent = shelved(tracked, checks[0] if checks else None, error, visit.clock(), visit.state)
        return CheckReport(tracked, intent, await visit.call("commit", intent))

    async def shelve_poll(self, known: HubState, error: Exception, visit: HostSession) -> PollReport:
        """Put off a hub whose reading ended in an exception."""
        poll = shelved_poll(known, error, visit.clock(), self._backoff(known), visit.state)
        return PollReport(poll, tuple(await visit.call("commit_poll", poll)))

    async def poll(self, known: HubState, visit: HostSession) -> PollReport:
        """Read one hub and put what it names under watch, in one transaction."""
        hub = known.hub
        now = visit.clock()
        accept = _ACCEPT_HUB if hub.kind is not HubKind.PAGE else Request(hub.url).accept
        etag, last_modified = _hub_validators(known, now, self._source(hub.source).poll)
        request = Request(hub.url, etag, last_modified, accept)
        found = await visit.fetcher.fetch(request, now, visit.allow)
        visit.seen(found, visit.clock())
        listing: Listing | None = None
        push: Push | None = None
        if isinstance(found, Capture):
            read = await self.listing(hub, found)
            if isinstance(read, Failure):
                found = await quarantine.keep(visit.call, hub.url, found, read, now)
            else:
                listing, push = read, advertised(found) if hub.kind is HubKind.FEED else None
        poll = self._decide_poll(known, found, listing, now, visit.state)
        if poll.targets:
            known_here: list[Tracked | None] = await visit.call("known", [target.url for target in poll.targets])
            poll = replace(poll, mentions=self._mentions(poll.targets, known_here, now))
        new: list[Tracked] = await visit.call("commit_poll", poll)
        return PollReport(poll, tuple(new), push)

    def _decide_poll(
        self, known: HubState, found: FetchResult, listing: Listing | None, now: datetime, host: HostState
    ) -> HubPoll:
        source = self._source(known.hub.source)
        if isinstance(found, Failure):
            refused = found.kind in {FailureKind.ROBOTS, FailureKind.BLOCKED_ADDRESS}
            outcome = CheckOutcome.REFUSED if refused else CheckOutcome.FAILED
            return HubPoll(known.hub, now, now + self._backoff(known), outcome, found.reason, host=host)
        if isinstance(found, NotModified):
            return HubPoll(
                known.hub,
                now,
                now + source.poll,
                CheckOutcome.NOT_MODIFIED,
                etag=known.etag,
                last_modified=known.last_modified,
                host=host,
            )
        assert listing is not None
        targets = listed(wanted(source, listing.targets), now, source.poll)
        return HubPoll(
            known.hub,
            now,
            now + source.poll,
            CheckOutcome.UNCHANGED,
            detail="; ".join(listing.warnings),
            etag=found.header("etag"),
            last_modified=found.header("last-modified"),
            targets=targets,
            stories=(source.story,) if source.story else (),
            host=host,
        )

    def _mentions(
        self, targets: Sequence[Target], known: Sequence[Tracked | None], now: datetime
    ) -> tuple[Mention, ...]:
        mentions = []
        for target, tracked in zip(targets, known, strict=True):
            told = mention(tracked, target, now) if tracked else None
            if tracked is None or told is None:
                continue
            if told.touched_at == now:
                source = self._source(tracked.source)
                told = replace(told, next_check_at=self.forward(source)(heard(tracked, told), now))
            mentions.append(told)
        return tuple(mentions)

    def _backoff(self, known: HubState) -> timedelta:
        times: int = min(1 << min(known.failures, 6), 48)
        return self._source(known.hub.source).poll * times

    def _source(self, name: str) -> SourceConfig:
        return self.config.source(name) or SourceConfig(name=name)


def _as_planned(tracked: Tracked, _now: datetime) -> datetime | None:
    return tracked.next_check_at


def _hub_validators(known: HubState, now: datetime, poll: timedelta) -> tuple[str, str]:
    # Polls are not counted: the first one of every stretch of twenty is the one that asks for the whole list.
    stretch = UNCONDITIONAL_EVERY * poll.total_seconds()
    last = known.last_poll_at
    if last is None or last.timestamp() // stretch != now.timestamp() // stretch:
        return "", ""
    return known.etag, known.last_modified


def _request(tracked: Tracked) -> Request:
    if tracked.checks and tracked.checks % UNCONDITIONAL_EVERY == 0:
        return Request(tracked.url)
    return Request(tracked.url, tracked.etag, tracked.last_modified)


async def _standing(visit: HostSession, tracked: Tracked, found: FetchResult) -> tuple[Version | None, Sequence[Habit]]:
    """Return the newest version, and the habits of the source where a page came.

    A 304 says that nothing is to be compared, and most checks are one.
    """
    if isinstance(found, NotModified) and tracked.state is not ArticleState.GONE:
        return None, ()
    if not isinstance(found, Capture):
        return await visit.call("latest", tracked.id), ()
    standing: tuple[Version | None, list[Habit]] = await visit.call("standing", tracked.id, tracked.source)
    return standing


async def _recall(
    visit: HostSession,
    tracked: Tracked,
    latest: Version | None,
    found: FetchResult,
    reading: Reading | None,
    habits: Sequence[Habit],
    now: datetime,
) -> DecisionContext:
    if reading is not None:
        return await recall(visit.call, tracked, latest, reading.article, habits)
    if isinstance(found, Failure) and found.status == NOT_FOUND:
        return await recall_missing(visit.call, tracked, now)
    return DecisionContext()
