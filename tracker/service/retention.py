"""Retention: how long the stored pages of a source, single checks and delivered alerts are kept."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from tracker.archive.archive import Archive, shrink
from tracker.archive.checks import count_old_checks, oldest_check
from tracker.archive.outbox import forget_delivered, forget_texts
from tracker.archive.state import get_host_time
from tracker.archive.takedowns import prune_in_steps
from tracker.archive.thread import ArchiveThread
from tracker.config.root import Config
from tracker.config.tables import SourceConfig
from tracker.observe import logs, metrics
from tracker.render.times import span

MAX_CLOCK_DIFFERENCE: Final = timedelta(hours=1)
CLOCK_RETRY_SECONDS: Final = 1.0
MIN_TRIES_LOGGED: Final = 10
PROGRESS_SECONDS: Final = 60.0
_log = logs.get("service")


@dataclass(frozen=True, slots=True)
class Terms:
    """Pages seen before `seen_before` (None: all) are deleted, except the newest `keep` of each article."""

    seen_before: datetime | None
    keep: int


@dataclass(frozen=True, slots=True)
class Deleted:
    """What one step of retention deleted: `what` is pages (of `source`), checks, alert_texts, alerts or file_pages."""

    what: str
    count: int
    source: str = ""


def terms_of(source: SourceConfig, now: datetime) -> Terms | None:
    """Return the retention terms of a source; None if its pages are kept forever."""
    if source.keep_for is None and source.keep_newest is None:
        return None
    before = None if source.keep_for is None else now - source.keep_for
    # If only an age is set, the newest page is kept, however old: it is the evidence of the current text.
    return Terms(before, 1 if source.keep_newest is None else source.keep_newest)


def delete_expired(archive: Archive, config: Config, now: datetime) -> Iterator[Deleted]:
    """Delete stored pages, single checks and delivered alerts that the configuration does not keep any longer.

    Each step is one short transaction: others can write between two steps, and the caller may stop at any time.
    """
    for source in config.sources:
        terms = terms_of(source, now)
        if terms is not None:
            pages = prune_in_steps(archive, source.name, now, seen_before=terms.seen_before, keep=terms.keep)
            yield from (Deleted("pages", count, source.name) for count in pages)
    yield from delete_old_records(archive, config, now)
    yield from (Deleted("file_pages", count) for count in shrink(archive))
    archive.truncate_log()


def delete_old_records(archive: Archive, config: Config, now: datetime) -> Iterator[Deleted]:
    """Count old checks by day, and delete old alerts and their texts, as [archive] says; steps as `delete_expired`."""
    kept = config.archive
    yield from (Deleted("checks", count) for count in count_old_checks(archive, now - kept.keep_checks))
    yield from (Deleted("alert_texts", count) for count in forget_texts(archive, now - kept.keep_alert_texts))
    yield from (Deleted("alerts", count) for count in forget_delivered(archive, now - kept.keep_alerts))


def has_old_records(archive: Archive, config: Config, now: datetime) -> bool:
    """Return whether `delete_old_records` may find anything: alerts are no older than the first check."""
    kept, oldest = config.archive, oldest_check(archive)
    return oldest is not None and now - oldest > min(kept.keep_checks, kept.keep_alert_texts, kept.keep_alerts)


def clock_problem(host_time: tuple[datetime, datetime] | None, now: datetime) -> str:
    """Return why the system clock, which says `now`, is wrong; empty if nothing shows that.

    `host_time` is when the newest answer of a host came, and the time that the host gave in it.
    """
    if host_time is None:
        return ""
    at, said = host_time
    if at - now > MAX_CLOCK_DIFFERENCE:
        return f"the system clock is {span(at - now)} behind the newest check"
    if abs(at - said) > MAX_CLOCK_DIFFERENCE:
        return f"the system clock was {span(abs(at - said))} {'ahead of' if at > said else 'behind'} the hosts' clocks"
    return ""


def reason_to_wait(host_time: tuple[datetime, datetime] | None, now: datetime) -> str:
    """Return why nothing may be deleted by age now; empty if a host has confirmed the system clock within an hour."""
    if host_time is None:
        return "no host has confirmed the system clock yet"
    if now - host_time[0] > MAX_CLOCK_DIFFERENCE:
        return f"the newest check was {span(now - host_time[0])} ago, and no host has confirmed the system clock since"
    return clock_problem(host_time, now)


@dataclass(frozen=True, slots=True)
class RetentionWorker:
    """Applies retention in the service, step by step, so that checks take their turn on the archive's thread.

    Args: save_host_time: saves the time that hosts reported. is_wanted: False once this process is to stop or another
    one leads. clock: returns the current time.
    """

    archive: ArchiveThread
    save_host_time: Callable[[], Awaitable[None]]
    is_wanted: Callable[[], bool]
    clock: Callable[[], datetime]

    async def apply(self, config: Config) -> None:
        """Wait until hosts have confirmed the system clock, then delete what has expired."""
        if not await self._is_clock_confirmed():
            return
        counts: Counter[tuple[str, str]] = Counter()
        logged = monotonic()
        steps = await self.archive.run(delete_expired, config, self.clock())
        with metrics.RETENTION_RUNNING.track_inprogress():
            while self.is_wanted() and (deleted := await self.archive.run(lambda _: next(steps, None))) is not None:
                counts[deleted.source, deleted.what] += deleted.count
                if deleted.what == "pages":
                    metrics.PRUNED.labels(deleted.source).inc(deleted.count)
                if monotonic() - logged > PROGRESS_SECONDS:
                    logged = monotonic()
                    _log.info("pruning", source=deleted.source, **{deleted.what: counts[deleted.source, deleted.what]})
        for (source, what), count in counts.items():
            if count:
                _log.info("pruned", **({"source": source} if source else {}), **{what: count})

    async def _is_clock_confirmed(self) -> bool:
        """Wait until hosts have confirmed the system clock; return False if retention is not wanted any longer."""
        tries, logged = 0, ""
        while self.is_wanted():
            await self.save_host_time()
            problem = reason_to_wait(await self.archive.run(get_host_time), self.clock())
            metrics.RETENTION_WAITING.set(bool(problem))
            if not problem:
                return True
            # Not at once: after a start, the first answer comes within seconds.
            if tries >= MIN_TRIES_LOGGED and problem != logged:
                logged = problem
                _log.warning("retention", detail=f"nothing is deleted: {problem}", hint="check the system clock")
            tries += 1
            await asyncio.sleep(CLOCK_RETRY_SECONDS)
        return False
