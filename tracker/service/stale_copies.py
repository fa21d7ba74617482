"""The rule `stale_copy`: who still prints what the origin has corrected, looked for now and then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tracker.alerts import fits_place, tell_stale
from tracker.model import CORRECTIONS, LabelKind, Version, VersionQuery
from tracker.stories import stale_copies
from tracker.stories.current_stories import current_stories
from tracker.stories.gather import gather

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tracker.config import Config, RuleConfig
    from tracker.model import Alert, VersionSummary
    from tracker.pipeline.archive_thread import Call
    from tracker.stories import StaleCopy
    from tracker.stories.propagation import Propagation

LOOKED_BACK: Final = timedelta(days=30)
"""A copy that has not followed for so long will not: it was told of before."""

MOST_STORIES: Final = 100


async def stale_alerts(call: Call, config: Config, now: datetime) -> list[Alert]:
    """Return what is to be told of stale copies now; telling it again has the same keys, so that it is told once."""
    rules = [rule for rule in config.rules if rule.stale_copy is not None]
    if not rules:
        return []
    said: list[VersionSummary] = await call(
        "glance", VersionQuery(kinds=CORRECTIONS, since=now - LOOKED_BACK, changes_only=True)
    )
    if not said:
        return []
    settled = current_stories(await call("story_book"))
    stories = dict.fromkeys(story for each in said for story in settled.of_article.get(each.article, ()))
    told: list[Alert] = []
    for story in list(stories)[:MOST_STORIES]:
        places = await gather(call, settled, story)
        for rule in rules:
            told += await _tell(call, config, rule, places, now)
    return told


async def look(call: Call, config: Config, now: datetime) -> int:
    """Put what `stale_alerts` found into the outbox; return how many alerts are new."""
    told = await stale_alerts(call, config, now)
    count: int = await call("enqueue", told, now) if told else 0
    return count


async def _tell(call: Call, config: Config, rule: RuleConfig, places: Propagation, now: datetime) -> Sequence[Alert]:
    assert rule.stale_copy is not None
    told: list[Alert] = []
    for stale in stale_copies(places, now, rule.stale_copy):
        if rule.labels and LabelKind(stale.notice.kind.value) not in rule.labels:
            continue
        copy: Version | None = await call("latest", stale.article)
        if copy is None or not fits_place(rule, _in_story(copy, places, stale)):
            continue
        told += tell_stale(
            rule,
            _in_story(copy, places, stale),
            key=stale.key,
            notice=(stale.notice.kind.value, stale.notice.text),
            origin=await call("version", stale.origin, stale.notice.version),
            hours=stale.hours,
            link=config.service.link,
            at=now,
        )
    return told


def _in_story(copy: Version, places: Propagation, stale: StaleCopy) -> Version:
    """Return the copy as part of the story it was found in, whether a person named that or not."""
    names = dict.fromkeys((*copy.stories, places.title or stale.story))
    return replace(copy, stories=tuple(names))
