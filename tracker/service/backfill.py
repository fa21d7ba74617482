"""Import history: captures, from files or from a web archive, go through the pipeline as if they were fetched then."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from tracker.addresses.same_article import onward_address
from tracker.addresses.urls import fetchable
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, find_articles, get_article
from tracker.archive.commits import commit_check
from tracker.archive.verdicts import save_verdict
from tracker.archive.versions import get_version
from tracker.config.root import Config
from tracker.config.tables import SourceConfig
from tracker.errors import PageError, UsageError
from tracker.exchange.cdx import TIMESTAMP, WAYBACK_MACHINE, ArchivedPage, distinct_pages, listed_captures
from tracker.exchange.jsonl import Recorded, read_verdict
from tracker.exchange.store_records import ImportResult, store_records
from tracker.exchange.warc_read import Found
from tracker.extraction.pool import ExtractPool
from tracker.jobs.cadence import Schedule
from tracker.model.article import Reading
from tracker.model.capture import Capture, Failure, FailureKind, FetchResult, NotModified
from tracker.model.source import Target
from tracker.model.watch import CheckOutcome, CheckVerdict, WatchedArticle
from tracker.pipeline.decide import CheckPolicy, decide
from tracker.pipeline.decision_context import DecisionContext, recall

Progress = Callable[["ImportResult"], None]

_SILENT: Final = CheckPolicy()


def import_records(
    archive: Archive, records: Iterable[Recorded], config: Config, now: datetime, progress: Progress | None = None
) -> ImportResult:
    """Store versions as recorded in a file; the next check of each article follows its source's schedule."""
    again = partial(_schedule, config, verdict=CheckVerdict(CheckOutcome.CHANGED))
    return store_records(archive, records, now, again=again, progress=progress)


@dataclass(slots=True)
class Backfill:
    """Takes captures, oldest first, through extract, decide and settle; no alerts are made.

    New articles belong to `source` if given, else to a configured source: that named in the file, or that of their
    site. Where none is configured, they belong to the one named in the file, or one named after their host. `added`
    counts them by source.
    """

    archive: Archive
    reader: ExtractPool
    config: Config
    now: datetime
    source: str = ""
    history: ImportResult = field(default_factory=ImportResult)
    added: Counter[str] = field(default_factory=Counter)

    async def run(
        self, captures: Iterable[Found] | AsyncIterable[Found], progress: Progress | None = None
    ) -> ImportResult:
        """Import all `captures`. Those already in the archive are skipped, so an interrupted import can be repeated."""
        async for found in captures if isinstance(captures, AsyncIterable) else _each(captures):
            await self._take(found)
            if progress is not None:
                progress(self.history)
        return self.history

    def is_known(self, url: str, at: datetime) -> bool:
        """Return whether a capture of `url` made at `at` is not newer than the stored ones, so that it is skipped."""
        return _is_stored(self._known(url), at)

    def is_before_first(self, url: str, at: datetime) -> bool:
        """Return whether a capture of `url` made at `at` is older than the first version that is stored of it."""
        tracked = self._known(url)
        if tracked is None or not tracked.versions:
            return False
        return at < get_version(self.archive, tracked.id, 1).seen

    async def _take(self, found: Found) -> None:
        url, at = found.note("url") or found.capture.url, found.capture.fetched_at
        try:
            fetchable(url)
        except UsageError as error:
            self.history.refuse(url, error.message)
            return
        tracked = self._known(url)
        if _is_stored(tracked, at):
            self.history.known += 1
            return
        reading = await self.reader.read(found.capture, prefer=tracked.signature if tracked else "")
        if isinstance(reading, Failure):
            self.history.unreadable += 1
        elif not reading.is_article:
            self.history.other += 1
        else:
            # As in a check, the page that a redirect led to is a separate article.
            if onward := "" if tracked and tracked.versions else onward_address(url, found.capture, reading, None):
                url, tracked = onward, self._known(onward)
            if _is_stored(tracked, at):
                self.history.known += 1
            else:
                self._decide(tracked or self._new(found, url), found, reading)

    def _decide(self, tracked: WatchedArticle, found: Found, reading: Reading) -> None:
        context = recall(self.archive, tracked, found.capture, reading, found.capture.fetched_at)
        latest, seen, last_seen = context.latest, found.previous_seen, tracked.last_seen_at
        if latest and seen and last_seen and last_seen < seen < found.capture.fetched_at:
            # The file says that the last version was still current then, so store a check that found no change.
            self._commit(tracked, NotModified(tracked.url, tracked.url), None, seen, DecisionContext(latest))
            tracked = get_article(self.archive, tracked.id)
        # The headline the feed gave at the time, which the file records for each version.
        tracked = replace(tracked, feed_title=found.note("feed-title") or tracked.feed_title)
        context = recall(self.archive, tracked, found.capture, reading, found.capture.fetched_at)
        # A file names the article of each capture itself.
        context = replace(context, watched="")
        if self._commit(tracked, found.capture, reading, found.capture.fetched_at, context):
            self.history.kept += 1
            for text in found.notes_of("verdict"):
                try:
                    verdict = read_verdict(json.loads(text))
                except (ValueError, KeyError, TypeError, RecursionError):
                    self.history.refuse(f"verdict on {tracked.url}", "it cannot be read")
                else:
                    made = replace(verdict, article=tracked.id, version=tracked.versions + 1)
                    save_verdict(self.archive, made, imported_at=self.now)
        else:
            self.history.unchanged += 1

    def _commit(
        self,
        tracked: WatchedArticle,
        found: FetchResult,
        reading: Reading | None,
        at: datetime,
        context: DecisionContext,
    ) -> bool:
        schedule = partial(_schedule, self.config)
        intent = decide(tracked, found, reading, at, policy=_SILENT, schedule=schedule, context=context)
        return commit_check(self.archive, replace(intent, imported_at=self.now)).version is not None

    def _known(self, url: str) -> WatchedArticle | None:
        return find_articles(self.archive, [url])[0]

    def _new(self, found: Found, url: str) -> WatchedArticle:
        own, named = self.config.source_of(url), found.note("source")
        # Another archive may have other names for its sources: a configured source of the site takes precedence.
        is_named = named and (self.config.source(named) or not self.config.source(own.name))
        name = self.source or (named if is_named else own.name)
        stories = found.notes_of("story") or self.config.stories_of(self.config.source(name) or own, url)
        target = Target(url, found.note("feed-title"))
        (tracked,) = add_targets(self.archive, name, [target], found.capture.fetched_at, stories, imported_at=self.now)
        self.added[name] += 1
        return tracked


async def _each(captures: Iterable[Found]) -> AsyncIterator[Found]:
    for found in captures:
        yield found


def _is_stored(tracked: WatchedArticle | None, at: datetime) -> bool:
    """Return whether the stored history of an article goes beyond a time; captures are only appended."""
    return bool(tracked and tracked.versions and tracked.last_seen_at is not None and tracked.last_seen_at >= at)


def _schedule(config: Config, tracked: WatchedArticle, at: datetime, verdict: CheckVerdict) -> datetime | None:
    # A file may have source names that no configuration accepts; only the default times matter here.
    source = config.source(tracked.source) or SourceConfig(name="not configured")
    return Schedule().next_check(source, tracked, at, verdict)


# Captures in one listing of the server.
MAX_LISTED_CAPTURES: Final = 5000
_RUN_AGAIN: Final = "run the command again later; captures imported already are not fetched again"


@dataclass
class ArchivedCaptures:
    """The captures of a listing, oldest first; `skipped` counts those that the web archive does not give as a page.

    `fetch` pauses between two requests; `is_known` says by address and time whether a capture is already stored.
    """

    pages: Iterable[ArchivedPage]
    fetch: Callable[[str], Awaitable[FetchResult]]
    is_known: Callable[[str, datetime], bool]
    skipped: int = 0

    async def captures(self) -> AsyncIterator[Found]:
        """Yield the captures with the page's own address and their time; the web archive's address is named as a hop.

        Raises PageError if the web archive cannot be reached or refuses: history is only added at the end, so later
        captures must wait.
        """
        for page in self.pages:
            if self.is_known(page.url, page.at):
                continue
            found = await self.fetch(page.address)
            if isinstance(found, Capture):
                hops = (page.address, *found.hops)
                yield Found(replace(found, url=page.url, final_url=page.url, fetched_at=page.at, hops=hops))
                continue
            if isinstance(found, Failure):
                # With these statuses the web archive does not have this capture, or will never give it.
                is_refused = found.status is not None and 400 <= found.status < 500
                is_missing = is_refused and found.status != HTTPStatus.TOO_MANY_REQUESTS
                if found.kind is not FailureKind.TOO_LARGE and not (found.kind is FailureKind.STATUS and is_missing):
                    why = f"the web archive gave no usable answer: {found.reason}"
                    raise PageError(why, resource=page.address, hint=_RUN_AGAIN)
            self.skipped += 1


@dataclass(frozen=True, slots=True)
class CdxServer:
    """The server that lists the captures of a web archive: the Wayback Machine's, or pywb's.

    `archive` is the part of the addresses of captures before the time stamp; `fetch` pauses between two requests.
    `address` is that of the server; by default the usual one of this archive.
    """

    archive: str
    fetch: Callable[[str], Awaitable[FetchResult]]
    address: str = ""

    async def pages_of(self, url: str, since: datetime | None, until: datetime | None) -> list[ArchivedPage]:
        """Return the captures of a page made since a time and before another, oldest first.

        Raises PageError if the server does not answer, or not with a listing.
        """
        server = self.address
        if not server:
            # pywb's server is next to the captures of a collection, the Wayback Machine's at another address.
            collection = self.archive.rstrip("/")
            is_wayback = collection == WAYBACK_MACHINE.rstrip("/")
            server = "https://web.archive.org/cdx/search/cdx" if is_wayback else f"{collection}/cdx"
        listed: dict[tuple[str, str], Mapping[str, str]] = {}
        begin = since.strftime(TIMESTAMP) if since else ""
        # `until` is not included, but a server includes the last second that it is asked for.
        end = (until - timedelta(seconds=1)).strftime(TIMESTAMP) if until else ""
        while True:
            # Only parameters that both kinds of server have; captures of other files are left out afterwards.
            asked = {"url": url, "from": begin, "to": end, "limit": MAX_LISTED_CAPTURES}
            query = urlencode({name: value for name, value in asked.items() if value})
            found = await self.fetch(f"{server}?{query}")
            if isinstance(found, Failure) and found.status == HTTPStatus.NOT_FOUND:
                break  # pywb's answer if it has no captures
            if not isinstance(found, Capture):
                reason = found.reason if isinstance(found, Failure) else "the answer is empty"
                raise PageError(f"the CDX server gave no usable answer: {reason}", resource=server, hint=_RUN_AGAIN)
            rows = list(listed_captures(found.body.splitlines(), server))
            listed |= {(row["url"], row["timestamp"]): row for row in rows}
            last = max((row["timestamp"] for row in rows), default=begin)
            if len(rows) < MAX_LISTED_CAPTURES or last == begin:
                break
            begin = last  # captures of this second are listed again
        return distinct_pages(listed.values(), self.archive)
