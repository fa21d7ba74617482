"""Store the decision of one check in one transaction: the storm guard, the check itself, the change of layout.

The storm guard: nobody edits half of their articles within ten minutes, but a new page template that changes what can
be extracted looks like that. Versions are stored as always; only alerts are held. The storm of a source is stored in
the archive, so that all processes that work on the archive see it.

A change of layout: many pages of a source have new markup but the same words. The extractor finds the same text, so no
version is made; the change is recorded for the source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets
from tracker.archive.checks import source_activity
from tracker.archive.commits import commit_check
from tracker.archive.outbox import reschedule_storm
from tracker.archive.sources import get_layout, get_storm, save_layout, save_storm
from tracker.model.alert import Batch, Delivery, DeliveryState
from tracker.model.source import Layout, Storm, Target
from tracker.model.watch import CheckOutcome, Committed, Intent, Remark, WatchedArticle

from .decision_context import NOT_FOUND

# If no article moved for this long, the next one belongs to another change of layout.
MAX_LAYOUT_PAUSE: Final = timedelta(days=1)
WINDOW: Final = timedelta(minutes=10)
# This share of the articles that were checked within the window must have changed.
MIN_CHANGED_SHARE: Final = 0.4
# How many times the changes usual in a window, by the day before, must have been found.
MIN_TIMES_USUAL: Final = 5
# Held alerts are sent when nothing has looked like a storm for this long.
QUIET_BEFORE_RELEASE: Final = timedelta(minutes=30)
# Nothing is held for longer, and a source that a person released is not held again for this long.
MAX_HOLD: Final = timedelta(days=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of one committed check: the intent as carried out, and a storm or layout change that it revealed."""

    tracked: WatchedArticle
    intent: Intent
    committed: Committed
    storm: Storm | None = None
    layout: Layout | None = None

    @property
    def possibly_gone_since(self) -> datetime | None:
        """The first 404 of a page that was seen before, if it is not sure yet that the page was taken down."""
        check = self.intent.check
        is_unsure = check.status == NOT_FOUND and check.outcome is CheckOutcome.FAILED and bool(self.tracked.versions)
        return (self.tracked.possibly_gone_since or check.at) if is_unsure else None

    @property
    def is_still_published(self) -> bool:
        """Whether the page, which was possibly taken down, was not."""
        return self.tracked.possibly_gone_since is not None and self.intent.check.outcome.saw_page


def settle(archive: Archive, tracked: WatchedArticle, intent: Intent, storm_threshold: int) -> CheckReport:
    """Carry out `intent`, holding its alerts while there is a storm at the article's source.

    The reads that judge the source and the writes about it are in one transaction, and the source is locked if there
    are any, so that checks of two hosts of one source cannot lose each other's updates.

    `storm_threshold` is how many articles must change within ten minutes for a storm; 0 for never.
    """
    source, now = tracked.source, intent.check.at
    with archive.write() as connection:
        if intent.alerts or intent.check.remark is Remark.LAYOUT:
            archive.serialise(connection, f"source status|{source}")
        storm = layout = None
        if intent.alerts:
            intent, storm = hold_in_storm(archive, source, intent, storm_threshold, now)
        committed = commit_check(archive, intent)
        if intent.check.remark is Remark.LAYOUT:
            # Note that the markup around the article changed, and report it when it has just become sure.
            before = get_layout(archive, source)
            if before is None or now - before.last > MAX_LAYOUT_PAUSE:
                after = Layout(source, now, now, (intent.article,))
            else:
                # Once it is sure, more articles change nothing: a source may have a hundred thousand.
                articles = tuple(dict.fromkeys([*before.articles, intent.article]))
                after = Layout(source, before.began, now, before.articles if before.is_sure else articles)
            save_layout(archive, after)
            is_new = before is None or before.began != after.began or not before.is_sure
            layout = after if after.is_sure and is_new else None
        return CheckReport(tracked, intent, committed, storm, layout)


def settle_redirect(
    archive: Archive,
    tracked: WatchedArticle,
    intent: Intent,
    storm_threshold: int,
    targets: Sequence[Target],
    first: Callable[[Archive, WatchedArticle], Intent | None],
) -> CheckReport:
    """Carry out `intent` of an address that leads elsewhere, and put `targets`, where it leads, under watch.

    If that is new, `first` decides which version of it the check stores, in the same transaction: an address that leads
    elsewhere is not checked again. Return the report of that version, or of `tracked` if there is none.
    """
    with archive.write():
        new = add_targets(archive, tracked.source, targets, intent.check.at, tracked.stories)
        report = settle(archive, tracked, intent, storm_threshold)
        for article in new:
            decided = first(archive, article)
            if decided is not None and decided.version is not None:
                report = settle(archive, article, decided, storm_threshold)
        return report


def held_source(delivery: Delivery, now: datetime) -> str:
    """Return the source whose storm holds `delivery`; empty if none does."""
    waits = delivery.state is DeliveryState.PENDING and delivery.due_at > now
    return delivery.batch.storm if waits and delivery.batch else ""


def hold_in_storm(
    archive: Archive, source: str, intent: Intent, threshold: int, now: datetime
) -> tuple[Intent, Storm | None]:
    """Return `intent`, its alerts held if there is a storm, and the storm when it begins with this intent.

    `threshold` is how many articles must have changed within the window at least; 0 never holds anything.
    """
    if not (threshold and intent.alerts and intent.check.outcome is CheckOutcome.CHANGED):
        return intent, None
    before = get_storm(archive, source)
    if before is not None and max(before.until, before.spared or before.until) > now + MAX_HOLD:
        before = None  # No storm ends so late: it was stored while the clock was wrong.
    if before is not None and before.spared is not None and now < before.spared:
        return intent, None
    window = source_activity(archive, source, now - WINDOW, now)
    # This change is not stored yet.
    window = replace(window, changed=window.changed + 1, seen=max(window.seen, window.changed + 1))
    storm = before if before is not None and before.holds(now) else None
    if window.changed >= threshold:
        day = source_activity(archive, source, now - WINDOW - _DAY, now - WINDOW)
        usual = day.changes * (WINDOW / _DAY)
        if window.changed >= max(MIN_TIMES_USUAL * usual, MIN_CHANGED_SHARE * window.seen):
            began = before.began if before is not None and now < before.until + WINDOW else now
            until = min(now + QUIET_BEFORE_RELEASE, began + MAX_HOLD)
            storm = Storm(source, began, until, window.changed, window.seen)
            save_storm(archive, storm)
            reschedule_storm(archive, source, storm.until)
    if storm is None or not storm.holds(now):
        return intent, None
    # The alerts of a digest wait for their digest; the others until the storm is over.
    alerts = tuple(
        alert
        if alert.batch and not alert.batch.alone
        else replace(alert, batch=Batch(f"{alert.rule}|storm|{source}", storm=source), due_at=storm.until)
        for alert in intent.alerts
    )
    is_new = before is None or before.began != storm.began
    return replace(intent, alerts=alerts), storm if is_new else None


def release_storm(archive: Archive, source: str, now: datetime) -> int:
    """Send the held alerts of `source` now, hold none of it for a day, and return how many were held."""
    with archive.write() as connection:
        archive.serialise(connection, f"source status|{source}")  # as `settle` does
        storm = get_storm(archive, source) or Storm(source, now, now, 0, 0)
        save_storm(archive, replace(storm, until=now, spared=now + MAX_HOLD))
        return reschedule_storm(archive, source, now)
