"""Findings about the archive: its schema, disk and growth, and how watching goes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tracker.archive.counts import count_all
from tracker.archive.hubs import list_hubs
from tracker.archive.ledger.logcheck import frames_without_base
from tracker.archive.opening import open_archive
from tracker.archive.outbox import list_deliveries
from tracker.archive.sources import summarise_sources
from tracker.archive.watch_state import watch_state
from tracker.errors import SchemaMismatch, TrackerError
from tracker.model.alert import DeliveryState
from tracker.render.text import counted, one_line
from tracker.render.times import span

from . import Finding, State

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model.counts import Counts
    from tracker.model.watch_state import WatchState

# Below the first, there is time to act; below the second, SQLite may soon be unable to write its log.
MIN_FREE_BYTES_OK: Final = 2_000_000_000
MIN_FREE_BYTES_WARNING: Final = 200_000_000
# One or two failures in a row are usual and go away on their own.
MIN_FAILURES_REPORTED: Final = 3
# After a restart or a busy hour, a service that works has caught up by then.
MAX_OK_LAG: Final = timedelta(minutes=15)
MAX_NAMED_PAGES: Final = 5


def archive_findings(database: str, now: datetime) -> list[Finding]:
    """Open the archive at the URL `database` and return what it says about itself; if it cannot be opened, say why."""
    try:
        with open_archive(database, readonly=True) as archive:
            return [*_contents(archive, database, now)]
    except SchemaMismatch as error:
        return [Finding("archive", "broken", str(error), error.hint or "writethru db upgrade"), *_disk(database)]
    except TrackerError as error:
        return [Finding("archive", "broken", str(error), error.hint or "see WRITETHRU_DB"), *_disk(database)]


def _contents(archive: Archive, database: str, now: datetime) -> Iterator[Finding]:
    counts = count_all(archive)
    stored = f"{counted(counts.articles, 'article')}, {counted(counts.versions, 'version')}"
    name, file = one_line(database.rpartition("@")[2]), archive.url.path
    if file is None or (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)):
        yield Finding("archive", "ok", f"{name}: {stored}")
    else:
        detail = f"{name}: {stored}; this user can read it, but not write to the file and its folder"
        yield Finding("archive", "warning", detail, "run the service as their owner, or change their permissions")
    yield from _disk(database)
    yield from watch_findings(archive, counts, now)
    if counts.dead_alerts:
        dead = f"{counts.dead_alerts} could not be delivered"
        yield Finding("alerts", "warning", dead, "to see why: writethru alerts list --state dead")
    for hub in list_hubs(archive):
        if hub.failures >= MIN_FAILURES_REPORTED:
            detail = f"failed {hub.failures} times in a row: {hub.last_error}"
            yield Finding(f"list {hub.hub.url}", "warning", detail, f"writethru sources test {hub.hub.url}")


def _disk(database: str) -> list[Finding]:
    scheme, _, name = database.partition(":///")
    if scheme != "sqlite":
        return []  # the disk is the database server's
    folder = Path(name or ".").absolute().parent
    if not folder.exists():
        return [Finding("disk", "broken", f"{folder} does not exist", f"mkdir -p {folder}")]
    free = shutil.disk_usage(folder).free
    state: State = "ok" if free > MIN_FREE_BYTES_OK else "warning" if free > MIN_FREE_BYTES_WARNING else "broken"
    return [Finding("disk", state, f"{free / 1e9:.1f} GB free in {folder}", "" if state == "ok" else "free some space")]


def watch_findings(archive: Archive, counts: Counts, now: datetime) -> Iterator[Finding]:
    """Yield what an open archive says about how watching goes."""
    state = watch_state(archive, now)
    yield _lag(state)
    yield from _sources(archive, now)
    yield from _waiting_alerts(archive, state)
    if state.quarantined:
        named = ", ".join(state.quarantined[:MAX_NAMED_PAGES])
        detail = f"{counted(len(state.quarantined), 'page is', 'pages are')} set aside as unreadable: {named}"
        yield Finding("pages", "warning", detail, "writethru show ID --quarantined")
    else:
        yield Finding("pages", "ok", "none is set aside as unreadable")
    with archive.read() as connection:
        damage = frames_without_base(connection)
    for each in damage[:MAX_NAMED_PAGES]:
        remedy = "writethru verify names everything that is damaged"
        yield Finding("damage", "broken", f"{each.what}: {each.how}", remedy)
    yield _growth(counts, state, now)


def _lag(state: WatchState) -> Finding:
    lag = timedelta(seconds=state.lag_seconds)
    if not state.overdue:
        return Finding("lag", "ok", "no article is overdue")
    detail = f"{counted(state.overdue, 'article is', 'articles are')} overdue, the first for {span(lag)}"
    if lag <= MAX_OK_LAG:
        return Finding("lag", "ok", detail)
    remedy = "is the service running? If it is, raise service.concurrency, or see what is slow: writethru sources list"
    return Finding("lag", "warning", detail, remedy)


def _sources(archive: Archive, now: datetime) -> Iterator[Finding]:
    for each in summarise_sources(archive, now=now):
        if not each.paused and (each.failing or each.hubs_failing):
            failing = (
                f"{each.failing:,} of {each.articles:,} articles and {each.hubs_failing} of {each.hubs} lists fail"
            )
            seen = "never read" if each.last_ok is None else f"last read {span(now - each.last_ok)} ago"
            detail = f"{failing}, {seen}: {each.error}"
            yield Finding(f"source {each.name}", "warning", detail, f"writethru sources show '{each.name}'")


def _waiting_alerts(archive: Archive, state: WatchState) -> Iterator[Finding]:
    waiting = [target for target, kind in state.waiting if kind == "pending"]
    pending = list_deliveries(archive, DeliveryState.PENDING, 1000) if waiting else []
    for target in sorted(waiting):
        failed = next((each for each in pending if each.target == target and each.last_error), None)
        if failed is not None:
            count = state.waiting[target, "pending"]
            detail = f"{counted(count, 'alert')} waiting: {failed.last_error}"
            remedy = f"fix the target, then: writethru alerts retry --target '{target}'"
            yield Finding(f"alerts to {target}", "warning", detail, remedy)


def _growth(counts: Counts, state: WatchState, now: datetime) -> Finding:
    """Estimate growth from the share of versions that is a week old at most, or from all in a younger archive."""
    size = f"{counts.bytes / 1e6:,.1f} MB"
    age = timedelta(0) if state.began is None else now - state.began
    if age < timedelta(days=1):
        return Finding("growth", "ok", f"{size} on the first day")
    days = min(age, timedelta(days=7)) / timedelta(days=1)
    daily = counts.bytes * state.versions_last_week / max(counts.versions, 1) / days
    period = "in the last week" if age >= timedelta(days=7) else "so far"
    return Finding("growth", "ok", f"{size}, about {daily / 1e6:,.1f} MB a day {period}")
