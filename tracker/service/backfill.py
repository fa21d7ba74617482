"""Import history from files: captures go through the pipeline in order of time, as if they were fetched then."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from tracker.addresses.same_article import onward_address
from tracker.addresses.urls import fetchable
from tracker.archive.articles import add_targets, get_article
from tracker.archive.commits import commit_check
from tracker.archive.verdicts import save_verdict
from tracker.archive.versions import get_version
from tracker.config.tables import SourceConfig
from tracker.errors import NotKnown, UsageError
from tracker.exchange.record import Recorded, read_verdict
from tracker.exchange.store_records import ImportResult, store_records
from tracker.jobs.cadence import Schedule
from tracker.model.capture import Failure, FetchResult, NotModified
from tracker.model.check import CheckOutcome, Tracked
from tracker.model.listing import Target
from tracker.pipeline.decide import CheckPolicy, CheckVerdict, decide
from tracker.pipeline.decision_context import DecisionContext, recall

from .watchlist import source_of

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.config.root import Config
    from tracker.exchange.warc_read import Found
    from tracker.model.article import Reading
    from tracker.pipeline.reader import Reader

    Progress = Callable[["ImportResult"], None]

_SILENT: Final = CheckPolicy()


def import_records(
    archive: Archive,
    records: Iterable[Recorded],
    config: Config,
    now: datetime,
    progress: Progress | None = None,
) -> ImportResult:
    """Store versions as recorded in a file; the next check of each article follows its source's schedule."""

    def again(tracked: Tracked, at: datetime) -> datetime | None:
        return _schedule(config, tracked, at, CheckVerdict(CheckOutcome.CHANGED))

    return store_records(archive, records, now, again=again, progress=progress)


@dataclass(slots=True)
class Backfill:
    """Takes captures, oldest first, through extract, decide and settle; no alerts are made.

    New articles belong to `source` if given, else to the source named in the file, else to that of their host.
    """

    archive: Archive
    reader: Reader
    config: Config
    now: datetime
    source: str = ""
    history: ImportResult = field(default_factory=ImportResult)

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
        """Return whether a capture of `url` made at `at` is not newer than what is stored, so that it is skipped."""
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
        elif onward := "" if tracked and tracked.versions else onward_address(url, found.capture, reading, None):
            # As when it is fetched: what the redirect led to is an article of its own.
            target = self._known(onward) or self._new(found, onward)
            if _is_stored(target, at):
                self.history.known += 1
            else:
                self._decide(target, found, reading)
        else:
            self._decide(tracked or self._new(found, url), found, reading)

    def _decide(self, tracked: Tracked, found: Found, reading: Reading) -> None:
        context = recall(self.archive, tracked, found.capture, reading, found.capture.fetched_at)
        latest = context.latest
        seen = found.previous_seen
        last_seen = tracked.last_seen_at
        if (
            latest is not None
            and seen is not None
            and last_seen is not None
            and last_seen < seen < found.capture.fetched_at
        ):
            # The file says that the last version was still there then, as a check that found no change would.
            self._commit(tracked, NotModified(tracked.url, tracked.url), None, seen, DecisionContext(latest))
            tracked = get_article(self.archive, tracked.id)
        # The headline the feed gave at the time, which the file records for each version.
        tracked = replace(tracked, feed_title=found.note("feed-title") or tracked.feed_title)
        context = recall(self.archive, tracked, found.capture, reading, found.capture.fetched_at)
        # A file says itself which article each capture is of.
        context = replace(context, watched="")
        if self._commit(tracked, found.capture, reading, found.capture.fetched_at, context):
            self.history.kept += 1
            self._take_verdicts(tracked, found)
        else:
            self.history.unchanged += 1

    def _commit(
        self,
        tracked: Tracked,
        found: FetchResult,
        reading: Reading | None,
        at: datetime,
        context: DecisionContext,
    ) -> bool:
        schedule = partial(_schedule, self.config)
        intent = decide(tracked, found, reading, at, policy=_SILENT, schedule=schedule, context=context)
        return commit_check(self.archive, replace(intent, imported_at=self.now)).version is not None

    def _take_verdicts(self, tracked: Tracked, found: Found) -> None:
        """Store the verdicts that the file has on the version that was just stored."""
        for text in found.notes_of("verdict"):
            try:
                verdict = read_verdict(json.loads(text))
            except (ValueError, KeyError, TypeError, RecursionError):
                self.history.refuse(f"verdict on {tracked.url}", "it cannot be read")
            else:
                made = replace(verdict, article=tracked.id, version=tracked.versions + 1)
                save_verdict(self.archive, made, imported_at=self.now)

    def _known(self, url: str) -> Tracked | None:
        try:
            return get_article(self.archive, url)
        except NotKnown:
            return None

    def _new(self, found: Found, url: str) -> Tracked:
        own = source_of(self.config, url)
        name = self.source or found.note("source") or own.name
        stories = found.notes_of("story") or self.config.stories_of(self.config.source(name) or own, url)
        target = Target(url, found.note("feed-title"))
        (tracked,) = add_targets(self.archive, name, [target], found.capture.fetched_at, stories)
        return tracked


async def _each(captures: Iterable[Found]) -> AsyncIterator[Found]:
    for found in captures:
        yield found


def _is_stored(tracked: Tracked | None, at: datetime) -> bool:
    """Return whether the stored history of an article goes beyond a time; captures are only appended."""
    return bool(tracked and tracked.versions and tracked.last_seen_at is not None and tracked.last_seen_at >= at)


def _schedule(config: Config, tracked: Tracked, at: datetime, verdict: CheckVerdict) -> datetime | None:
    # Files of others name sources as no configuration may; only the default times matter here.
    source = config.source(tracked.source) or SourceConfig(name="not configured")
    return Schedule().next_check(source, tracked, at, verdict)
