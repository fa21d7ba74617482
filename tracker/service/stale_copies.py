"""The alert rule `stale_copy`: outlets that still carry text which its origin has corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker.alerts.matching import in_scope
from tracker.alerts.payload import stale_copy_alerts
from tracker.archive.outbox import enqueue_alerts
from tracker.archive.stories import get_story_book_of
from tracker.archive.summaries import list_summaries
from tracker.archive.versions import get_version, latest_version
from tracker.model.labels import CORRECTIONS, LabelKind
from tracker.model.version import VersionQuery
from tracker.stories.current_stories import current_stories
from tracker.stories.propagation import stale_copies

from .story_timelines import gather

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.config.root import Config
    from tracker.config.rules import RuleConfig
    from tracker.model.alert import Alert
    from tracker.stories.propagation import Propagation

MAX_CORRECTION_AGE: Final = timedelta(days=30)
"""Corrections older than this are not looked at: an alert about them was sent long ago."""

MAX_CHECKED_STORIES: Final = 100


def stale_alerts(archive: Archive, config: Config, now: datetime) -> list[Alert]:
    """Return alerts for all current stale copies. Their keys are stable, so the outbox accepts each only once."""
    rules = [rule for rule in config.rules if rule.stale_copy is not None]
    if not rules:
        return []
    # From the corrections to the stories: most stories have none, and gathering one reads all its texts.
    query = VersionQuery(kinds=CORRECTIONS, since=now - MAX_CORRECTION_AGE, changes_only=True)
    corrected = list_summaries(archive, query)
    if not corrected:
        return []
    settled = current_stories(get_story_book_of(archive, {each.article for each in corrected}))
    stories = dict.fromkeys(story for each in corrected for story in settled.of_article.get(each.article, ()))
    alerts: list[Alert] = []
    for story in list(stories)[:MAX_CHECKED_STORIES]:
        places = gather(archive, settled, story)
        for rule in rules:
            alerts += _alerts_of(archive, config, rule, places, now)
    return alerts


def enqueue_stale_alerts(archive: Archive, config: Config, now: datetime) -> int:
    """Put the alerts of `stale_alerts` into the outbox; return how many are new."""
    alerts = stale_alerts(archive, config, now)
    return enqueue_alerts(archive, alerts, now) if alerts else 0


def _alerts_of(
    archive: Archive, config: Config, rule: RuleConfig, places: Propagation, now: datetime
) -> Sequence[Alert]:
    assert rule.stale_copy is not None
    alerts: list[Alert] = []
    for stale in stale_copies(places, now, rule.stale_copy):
        if rule.labels and LabelKind(stale.notice.kind.value) not in rule.labels:
            continue
        copy = latest_version(archive, stale.article)
        if copy is None:
            continue
        # With the story it was found in among its stories, so that rules for the story apply.
        copy = replace(copy, stories=tuple(dict.fromkeys((*copy.stories, places.title or stale.story))))
        if not in_scope(rule, copy):
            continue
        alerts += stale_copy_alerts(
            rule,
            copy,
            key=stale.key,
            notice=(stale.notice.kind.value, stale.notice.text),
            origin=get_version(archive, stale.origin, stale.notice.version),
            hours=stale.hours,
            link=config.service.link,
            at=now,
        )
    return alerts
