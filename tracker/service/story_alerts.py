"""The alert rules `stale_copy`, on outlets that still carry text which its origin has corrected, and `story`.

A rule with `story` sends one alert for all copies of an edition, and a note on the copies that lag. Each alert is made
with its version, in one transaction, and waits for two minutes. While it waits, the copies that were found are named in
it, and the alerts about these copies are deleted. If the service is too late, it is sent unchanged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tracker.alerts.matching import in_scope
from tracker.alerts.payload import EDITIONS, LaggingCopy, is_lagging, lagging_alert, stale_copy_alerts, with_copies
from tracker.archive.archive import Archive
from tracker.archive.outbox import deliveries_about, enqueue_alerts, rewrite_deliveries, waiting_deliveries
from tracker.archive.stories import get_story_book_of
from tracker.archive.summaries import list_summaries
from tracker.archive.versions import get_version, latest_version
from tracker.config.root import Config
from tracker.config.tables import RuleConfig
from tracker.model.alert import Alert, Delivery, Payload
from tracker.model.change import CORRECTIONS, LabelKind
from tracker.model.version import VersionQuery
from tracker.stories.current_stories import current_stories
from tracker.stories.editions import by_edition, editions, lagging, without_note
from tracker.stories.propagation import Propagation, Timeline, stale_copies

from .story_timelines import copies_of, gather

# Corrections older than this are not looked at: an alert about them was sent long ago.
MAX_CORRECTION_AGE: Final = timedelta(days=30)

MAX_CHECKED_STORIES: Final = 100


def enqueue_stale_alerts(archive: Archive, config: Config, now: datetime) -> int:
    """Put alerts for all current stale copies into the outbox; return how many are new.

    Their keys are stable, so the outbox accepts each only once.
    """
    rules = [rule for rule in config.rules if rule.stale_copy is not None]
    if not rules:
        return 0
    # Start from the corrections: most stories have none, and gathering a story reads all its texts.
    query = VersionQuery(kinds=CORRECTIONS, since=now - MAX_CORRECTION_AGE, changes_only=True)
    corrected = list_summaries(archive, query)
    if not corrected:
        return 0
    settled = current_stories(get_story_book_of(archive, {each.article for each in corrected}))
    stories = dict.fromkeys(story for each in corrected for story in settled.of_article.get(each.article, ()))
    alerts: list[Alert] = []
    for story in list(stories)[:MAX_CHECKED_STORIES]:
        places = gather(archive, settled, story)
        for rule in rules:
            alerts += _alerts_of(archive, config, rule, places, now)
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


LAGGING_AFTER: Final = timedelta(hours=1)
# Alerts that wait long are updated once more when they are due within this time.
LAST_LOOK: Final = timedelta(minutes=1)
FIRST_LOOKS: Final = timedelta(minutes=5)


def combine_editions(archive: Archive, config: Config, now: datetime) -> int:
    """Bring waiting alerts of rules with `story = true` up to date; return how many were rewritten or deleted."""
    rules = {rule.name: rule for rule in config.rules if rule.story}
    waiting = waiting_deliveries(archive, list(rules)) if rules else []
    # New alerts, and alerts that are about to be sent.
    ready = [
        each
        for each in waiting
        if each.payload.get("type") in EDITIONS
        and (each.due_at <= now + LAST_LOOK or (now - each.created_at <= FIRST_LOOKS and not is_lagging(each)))
    ]
    decided: dict[int, tuple[Payload | None, Alert | None]] = {}
    for article in dict.fromkeys(each.article for each in ready):
        if printed := copies_of(archive, article):
            known = deliveries_about(archive, [each.article for each in (printed[0], *printed[1])], list(rules))
            for each in ready:
                if each.article == article and (combined := _combine(each, rules[each.rule], printed, known)):
                    decided[each.id] = combined
    # All together: an alert that names copies and the alerts about these copies must not both be sent.
    if decided:
        payloads = {id_: payload for id_, (payload, _) in decided.items() if payload is not None}
        rewrite_deliveries(archive, payloads, sorted(decided.keys() - payloads.keys()))
        enqueue_alerts(archive, [note for _, note in decided.values() if note], now)
    return len(decided)


def _combine(
    delivery: Delivery, rule: RuleConfig, printed: tuple[Timeline, list[Timeline]], known: Sequence[Delivery]
) -> tuple[Payload | None, Alert | None] | None:
    """Return the new text of a waiting alert, None if another one names its copies, and a note about copies that lag.

    Return None if its edition is not known, so that it stays as it is.
    """
    origin, copies = printed
    taken = editions(origin, copies)
    edition = taken.get((delivery.article, delivery.version))
    if edition is None:
        return None
    # The other versions of the edition, grouped under the version that the alert is about.
    versions = [version for each in (origin, *copies) for version in each.versions]
    of_edition = [version for version in versions if taken.get((version.article, version.n)) == edition]
    about = (delivery.article, delivery.version)
    together = dict.fromkeys(((each.article, each.n) for each in of_edition), about)
    ((_, named),) = by_edition(of_edition, together, without_note(origin, copies, taken))
    behind = [
        LaggingCopy(each.article, each.source, each.url, runs, each.confirmed)
        for each, runs in lagging(origin, copies, edition[1])
    ]
    if is_lagging(delivery):
        return (with_copies(delivery.payload, rule, named, behind) if behind else None), None
    same = [
        each
        for each in known
        if (each.rule, each.target) == (delivery.rule, delivery.target)
        and taken.get((each.article, each.version)) == edition
        and not is_lagging(each)
    ]
    # The alert to send: one that was tried already, or that of the original, or the first.
    head = min(same, key=lambda each: (each.attempts == 0, (each.article, each.version) != edition, each.id))
    if head.id != delivery.id:
        return None, None
    note = lagging_alert(delivery, rule, named, behind, LAGGING_AFTER) if behind else None
    return with_copies(delivery.payload, rule, named, behind), note
