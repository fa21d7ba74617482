"""The alert rule `story`: one alert for all copies of an edition, and a note on the copies that lag.

Each alert is made with its version, in one transaction, and waits for two minutes. While it waits, the copies that were
found are named in it, and the alerts about these copies are deleted. If nothing does that in time, it is sent as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker.alerts.payload import LaggingCopy, is_edition, is_lagging, lagging_alert, with_copies
from tracker.archive.outbox import deliveries_about, enqueue_alerts, rewrite_deliveries, waiting_deliveries
from tracker.stories.editions import VersionKey, by_edition, editions, lagging

from .story_editions import copies_of

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.config.root import Config
    from tracker.config.rules import RuleConfig
    from tracker.model.alert import Alert, Delivery, Payload
    from tracker.stories.propagation import Timeline
    from tracker.views.edition import EditionCopy

LAGGING_AFTER: Final = timedelta(hours=1)
LAST_LOOK: Final = timedelta(minutes=1)
"""Alerts that wait for long are brought up to date again when they are due within this time."""
FIRST_LOOKS: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class _Combined:
    """What becomes of a waiting alert.

    Attributes:
        payload: what it says now, with the copies of its edition; None if it is deleted, as another one names them.
        note: an alert of its own about the copies that lag behind.
    """

    payload: Payload | None
    note: Alert | None = None


def combine_editions(archive: Archive, config: Config, now: datetime) -> int:
    """Bring waiting alerts of rules with `story = true` up to date; return how many were rewritten or deleted."""
    rules = {rule.name: rule for rule in config.rules if rule.story}
    waiting = [each for each in waiting_deliveries(archive, list(rules)) if is_edition(each)] if rules else []
    ready = [each for each in waiting if _changes(each, now)]
    decided: dict[int, _Combined] = {}
    for article in dict.fromkeys(each.article for each in ready):
        if printed := copies_of(archive, article):
            known = deliveries_about(archive, [each.article for each in (printed[0], *printed[1])], list(rules))
            for each in ready:
                if each.article == article and (combined := _combine(each, rules[each.rule], printed, known)):
                    decided[each.id] = combined
    # All in one go: one that names copies and those that it makes superfluous must not both be sent.
    if decided:
        payloads = {id_: each.payload for id_, each in decided.items() if each.payload is not None}
        rewrite_deliveries(archive, payloads, sorted(decided.keys() - payloads.keys()))
        enqueue_alerts(archive, [each.note for each in decided.values() if each.note], now)
    return len(decided)


def _changes(delivery: Delivery, now: datetime) -> bool:
    """Return whether a waiting alert is to be brought up to date now: it is new, or it is about to be sent."""
    is_new = now - delivery.created_at <= FIRST_LOOKS and not is_lagging(delivery)
    return is_new or delivery.due_at <= now + LAST_LOOK


def _combine(
    delivery: Delivery,
    rule: RuleConfig,
    printed: tuple[Timeline, list[Timeline]],
    known: Sequence[Delivery],
) -> _Combined | None:
    """Decide what becomes of one waiting alert; None if its edition is not known, so that it stays as it is."""
    origin, copies = printed
    taken = editions(origin, copies)
    edition = taken.get((delivery.article, delivery.version))
    if edition is None:
        return None
    named = _copies(printed, taken, edition, delivery)
    behind = [
        LaggingCopy(each.article, each.source, each.url, runs, each.confirmed)
        for each, runs in lagging(origin, copies, edition[1])
    ]
    if is_lagging(delivery):
        return _Combined(with_copies(delivery.payload, rule, named, behind) if behind else None)
    same = [
        each
        for each in known
        if (each.rule, each.target) == (delivery.rule, delivery.target)
        and taken.get((each.article, each.version)) == edition
        and not is_lagging(each)
    ]
    # One that was tried stands for the edition; else that of the original; else the first.
    head = min(same, key=lambda each: (each.attempts == 0, (each.article, each.version) != edition, each.id))
    if head.id != delivery.id:
        return _Combined(None)
    note = lagging_alert(delivery, rule, named, behind, LAGGING_AFTER) if behind else None
    return _Combined(with_copies(delivery.payload, rule, named, behind), note)


def _copies(
    printed: tuple[Timeline, list[Timeline]],
    taken: dict[VersionKey, VersionKey],
    edition: VersionKey,
    delivery: Delivery,
) -> Sequence[EditionCopy]:
    """Return the other versions of an edition, as they are named with the one that an alert is about."""
    found = [
        version
        for each in (printed[0], *printed[1])
        for version in each.versions
        if taken.get((version.article, version.n)) == edition
    ]
    about = (delivery.article, delivery.version)
    ((_, named),) = by_edition(found, dict.fromkeys(((each.article, each.n) for each in found), about))
    return named
