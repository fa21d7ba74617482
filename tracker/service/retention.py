"""Retention: how long the stored pages of a source, single checks and delivered alerts are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracker.archive.archive import Archive, shrink
from tracker.archive.checks import count_old_checks
from tracker.archive.outbox import forget_delivered
from tracker.archive.takedowns import prune_pages
from tracker.config.root import Config
from tracker.config.tables import SourceConfig


@dataclass(frozen=True, slots=True)
class Terms:
    """Pages seen before `seen_before` (None: all) are deleted, except the newest `keep` of each article."""

    seen_before: datetime | None
    keep: int


def terms_of(source: SourceConfig, now: datetime) -> Terms | None:
    """Return the retention terms of a source, or None if its pages are kept forever."""
    if source.keep_for is None and source.keep_newest is None:
        return None
    before = None if source.keep_for is None else now - source.keep_for
    # Where only an age is set, the newest page stays, however old: it is the evidence of the current text.
    return Terms(before, 1 if source.keep_newest is None else source.keep_newest)


def forget_old(archive: Archive, config: Config, now: datetime) -> dict[str, int]:
    """Count old checks by day, and delete old alerts and their texts, as [archive] in the configuration says.

    Returns how many `checks`, `alert_texts` and `alerts` there were.
    """
    terms = config.archive
    checks = count_old_checks(archive, now - terms.keep_checks)
    texts, alerts = forget_delivered(
        archive, slim_before=now - terms.keep_alert_texts, drop_before=now - terms.keep_alerts
    )
    shrink(archive)
    return {"checks": checks, "alert_texts": texts, "alerts": alerts}


def prune_expired(archive: Archive, config: Config, now: datetime) -> dict[str, int]:
    """Delete the pages that are past retention and return the number deleted for each source with terms."""
    deleted: dict[str, int] = {}
    for source in config.sources:
        terms = terms_of(source, now)
        if terms is not None:
            deleted[source.name] = prune_pages(
                archive, source.name, now, seen_before=terms.seen_before, keep=terms.keep
            )
    return deleted
