"""Store what one check decided in one transaction: the storm guard, the check itself, the layout note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.archive.commits import commit_check

from .decide import MOVED

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model.check import Tracked
    from tracker.model.intent import Committed, Intent
    from tracker.model.layout import Layout
    from tracker.model.storm import Storm


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
        # Most checks have nothing to do with either, and need neither module.
        if intent.alerts:
            from .storm import hold_in_storm

            intent, storm = hold_in_storm(archive, source, intent, storm_threshold, now)
        committed = commit_check(archive, intent)
        if intent.check.detail == MOVED:
            from .layout import note_layout

            layout = note_layout(archive, source, intent.article, now)
        return CheckReport(tracked, intent, committed, storm, layout)
