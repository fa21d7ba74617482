"""Store what one check decided in one transaction: the storm guard, the check itself, the change of layout.

A change of layout: many pages of a source have new markup but the same words. The extractor finds the same text, so no
version is made; the change is recorded for the source.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker.archive.commits import commit_check
from tracker.archive.source_status import get_layout, save_layout
from tracker.model.check import Remark
from tracker.model.source_status import Layout

from .storm import hold_in_storm

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model.check import Tracked
    from tracker.model.intent import Committed, Intent
    from tracker.model.source_status import Storm


MAX_PAUSE: Final = timedelta(days=1)
"""When no article moved for this long, the next one belongs to another change of layout."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The result of one committed check: the intent as carried out, and a storm or layout change that it revealed."""

    tracked: Tracked
    intent: Intent
    committed: Committed
    storm: Storm | None = None
    layout: Layout | None = None


def settle(archive: Archive, tracked: Tracked, intent: Intent, storm_threshold: int) -> CheckReport:
    """Carry out `intent`, holding its alerts while there is a storm at the article's source.

    What is read to judge the source and what is written about it are in one transaction, so that checks of two hosts
    of one source cannot lose each other's updates.

    Args:
        archive: the open archive.
        tracked: the article as it was when it fell due.
        intent: what `decide` returned.
        storm_threshold: changed articles within ten minutes from which a storm is possible; 0 for never.
    """
    source, now = tracked.source, intent.check.at
    with archive.write() as connection:
        archive.serialise(connection, f"source status|{source}")
        storm = layout = None
        if intent.alerts:
            intent, storm = hold_in_storm(archive, source, intent, storm_threshold, now)
        committed = commit_check(archive, intent)
        if intent.check.remark is Remark.LAYOUT:
            layout = note_layout(archive, source, intent.article, now)
        return CheckReport(tracked, intent, committed, storm, layout)


def add_article(before: Layout | None, source: str, article: str, now: datetime) -> Layout:
    """Return the layout change with one more article."""
    if before is None or now - before.last > MAX_PAUSE:
        return Layout(source, now, now, (article,))
    # Once it is sure, more articles change nothing: a source may have a hundred thousand.
    articles = before.articles if before.is_sure else tuple(dict.fromkeys([*before.articles, article]))
    return Layout(source, before.began, now, articles)


def note_layout(archive: Archive, source: str, article: str, now: datetime) -> Layout | None:
    """Note that the markup around an article changed; return the layout change when it has just become sure."""
    before = get_layout(archive, source)
    after = add_article(before, source, article, now)
    save_layout(archive, after)
    is_new = before is None or before.began != after.began or not before.is_sure
    return after if after.is_sure and is_new else None
