"""What `writethru doctor` reads from the archive: failing sources and targets, lag, pages set aside, damage, growth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from tracker.archive.ledger.bases import frames_without_base
from tracker.archive.outbox import list_deliveries
from tracker.archive.source_summaries import summarise_sources
from tracker.archive.watch_state import watch_state
from tracker.cli.findings import Finding
from tracker.model.alert import DeliveryState
from tracker.render.times import span

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model.counts import Counts, WatchState

MAX_OK_LAG: Final = timedelta(minutes=15)
MAX_NAMED_PAGES: Final = 5


def archive_findings(store: Archive, counts: Counts, now: datetime) -> Iterator[Finding]:
    """Yield what an open archive says of how watching goes."""
    state = watch_state(store, now)
    yield _lag(state)
    yield from _sources(store, now)
    yield from _targets(store, state)
    if state.quarantined:
        named = ", ".join(state.quarantined[:MAX_NAMED_PAGES])
        detail = f"{len(state.quarantined)} hung or crashed extraction and are set aside: {named}"
        yield Finding("pages", "warning", detail, "writethru show ID --quarantined")
    with store.database.read() as connection:
        damage = frames_without_base(connection)
    for each in damage[:MAX_NAMED_PAGES]:
        yield Finding(
            "damage", "broken", f"{each.what}: {each.how}", "writethru verify names everything that is damaged"
        )
    yield _growth(counts, state)
    yield from _learning(counts)


def _learning(counts: Counts) -> Iterator[Finding]:
    """Yield a warning if there is enough to learn check times from, and not what it takes."""
    from tracker.jobs.fit import MIN_FITTED_ARTICLES

    if counts.articles >= MIN_FITTED_ARTICLES and find_spec("scipy") is None:
        what = "check times are not learned from your archive, because scipy is not installed; defaults are used"
        yield Finding("cadence", "warning", what, "pip install 'writethru[fit]'")


def _lag(state: WatchState) -> Finding:
    lag = timedelta(seconds=state.lag_seconds)
    if not state.overdue:
        return Finding("lag", "ok", "no article is overdue")
    detail = f"{state.overdue:,} articles are overdue, the first for {span(lag)}"
    if lag <= MAX_OK_LAG:
        return Finding("lag", "ok", detail)
    remedy = "is the service running? If it is, raise service.concurrency, or see which hosts are slow"
    return Finding("lag", "warning", detail, remedy)


def _sources(store: Archive, now: datetime) -> Iterator[Finding]:
    for each in summarise_sources(store, now=now):
        if not each.paused and (each.failing or each.hubs_failing):
            failing = (
                f"{each.failing:,} of {each.articles:,} articles and {each.hubs_failing} of {each.hubs} lists fail"
            )
            seen = "never read" if each.last_ok is None else f"last read {span(now - each.last_ok)} ago"
            detail = f"{failing}, {seen}: {each.error}"
            yield Finding(f"source {each.name}", "warning", detail, f"writethru sources show '{each.name}'")


def _targets(store: Archive, state: WatchState) -> Iterator[Finding]:
    waiting = [target for target, kind in state.waiting if kind == "pending"]
    pending = list_deliveries(store, DeliveryState.PENDING, 1000) if waiting else []
    for target in sorted(waiting):
        failed = next((each for each in pending if each.target == target and each.last_error), None)
        if failed is not None:
            count = state.waiting[target, "pending"]
            detail = f"{count} alerts wait: {failed.last_error}"
            remedy = f"repair it, then: writethru alerts retry --target '{target}'"
            yield Finding(f"alerts to {target}", "warning", detail, remedy)


def _growth(counts: Counts, state: WatchState) -> Finding:
    """Estimate growth from the share of versions that is a week old at most."""
    daily = counts.bytes * state.versions_last_week / max(counts.versions, 1) / 7
    return Finding("growth", "ok", f"{counts.bytes / 1e6:,.1f} MB, about {daily / 1e6:,.1f} MB a day in the last week")
