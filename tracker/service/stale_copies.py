"""The rule `stale_copy`: who still prints what the origin has corrected, looked for now and then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tracker.alerts import in_scope, stale_copy_alerts
from tracker.archive.outbox import enqueue_alerts
from tracker.archive.stories import get_story_book
from tracker.archive.summaries import list_summaries
from tracker.archive.versions import get_version, latest_version
from tracker.model import LabelKind, Version, VersionQuery
from tracker.model.labels import CORRECTIONS
from tracker.service.story_timelines import gather
from tracker.stories import stale_copies
from tracker.stories.current_stories import current_stories

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tracker.archive.archive import Archive
    from tracker.config import Config, RuleConfig
    from tracker.model import Alert, VersionSummary
    from tracker.stories import StaleCopy
    from tracker.stories.propagation import Propagation

LOOKED_BACK: Final = timedelta(days=30)
"""A copy that has not followed for so long will not: it was told of before."""

MOST_STORIES: Final = 100


def stale_alerts(archive: Archive, config: Config, now: datetime) -> list[Alert]:
    """Return what is to be told of stale copies now; telling it again has the same keys, so that it is told once."""
    rules = [rule for rule in config.rules if rule.stale_copy is not None]
    if not rules:
        return []
    said: list[VersionSummary] = list_summaries(
        archive, VersionQuery(kinds=CORRECTIONS, since=now - LOOKED_BACK, changes_only=True)
    )
    if not said:
        return []
    settled = current_stories(get_story_book(archive))
    stories = dict.fromkeys(story for each in said for story in settled.of_article.get(each.article, ()))
    told: list[Alert] = []
    for story in list(stories)[:MOST_STORIES]:
        places = gather(archive, settled, story)
        for rule in rules:
            told += _tell(archive, config, rule, places, now)
    return told


def look(archive: Archive, config: Config, now: datetime) -> int:
    """Put what `stale_alerts` found into the outbox; return how many alerts are new."""
    told = stale_alerts(archive, config, now)
    count: int = enqueue_alerts(archive, told, now) if told else 0
    return count


def _tell(archive: Archive, config: Config, rule: RuleConfig, places: Propagation, now: datetime) -> Sequence[Alert]:
    assert rule.stale_copy is not None
    told: list[Alert] = []
    for stale in stale_copies(places, now, rule.stale_copy):
        if rule.labels and LabelKind(stale.notice.kind.value) not in rule.labels:
            continue
        copy: Version | None = latest_version(archive, stale.article)
        if copy is None or not in_scope(rule, _in_story(copy, places, stale)):
            continue
        told += stale_copy_alerts(
            rule,
            _in_story(copy, places, stale),
            key=stale.key,
            notice=(stale.notice.kind.value, stale.notice.text),
            origin=get_version(archive, stale.origin, stale.notice.version),
            hours=stale.hours,
            link=config.service.link,
            at=now,
        )
    return told


def _in_story(copy: Version, places: Propagation, stale: StaleCopy) -> Version:
    """Return the copy as part of the story it was found in, whether a person named that or not."""
    names = dict.fromkeys((*copy.stories, places.title or stale.story))
    return replace(copy, stories=tuple(names))
