"""What a poll of a hub decides: when it is read again, and what it says about the articles that it lists. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker.backoff import backoff
from tracker.model.capture import Failure, FailureKind, FetchResult, HostState, NotModified
from tracker.model.check import CheckOutcome, Tracked
from tracker.model.hub_poll import HubPoll, HubState, Mention

from .targets import heard, listed, may_claim, mention, owner_of, wanted

if TYPE_CHECKING:
    from tracker.config.root import Config
    from tracker.config.tables import SourceConfig
    from tracker.model.listing import Listing, Target

    Forward = Callable[[SourceConfig, Tracked, datetime], datetime | None]

UNCONDITIONAL_EVERY: Final = 20
"""Validators are omitted every this many checks and polls, because some servers' ETags never change."""


def decide_poll(
    config: Config, known: HubState, found: FetchResult, listing: Listing | None, now: datetime, host: HostState
) -> HubPoll:
    """Return what a poll decides before anything is known about the articles that the hub lists.

    Args:
        config: the configuration.
        known: the hub as it was when it fell due.
        found: what the fetch returned.
        listing: what was read from a Capture.
        now: the time of the poll.
        host: what is known of the host after the fetch.
    """
    source = config.settings_of(known.hub.source)
    poll = HubPoll(known.hub, now, now + source.poll, CheckOutcome.NOT_MODIFIED, host=host)
    if isinstance(found, Failure):
        refused = found.kind in {FailureKind.ROBOTS, FailureKind.BLOCKED_ADDRESS}
        outcome = CheckOutcome.REFUSED if refused else CheckOutcome.FAILED
        return replace(poll, next_poll_at=now + retry_wait(config, known), outcome=outcome, detail=found.reason)
    if isinstance(found, NotModified):
        return replace(poll, etag=known.etag, last_modified=known.last_modified)
    assert listing is not None
    return replace(
        poll,
        outcome=CheckOutcome.UNCHANGED,
        detail="; ".join(listing.warnings),
        etag=found.header("etag"),
        last_modified=found.header("last-modified"),
        targets=listed(wanted(source, listing.targets), now, source.poll),
        stories=(source.story,) if source.story else (),
    )


def with_known(
    config: Config, poll: HubPoll, known: Sequence[Tracked | None], now: datetime, forward: Forward
) -> HubPoll:
    """Return the poll with what it says about articles already watched: those of its source, or of its site.

    A source speaks for its own articles alone: what it says about another's, the headline too, is left out.

    Args:
        config: the configuration.
        poll: the poll, with its targets.
        known: the article under watch for each of them, or None.
        now: the time of the poll.
        forward: decides when to check an article of which the hub reports an update.
    """
    name = poll.hub.source
    pairs = [(target, tracked) for target, tracked in zip(poll.targets, known, strict=True) if tracked is not None]
    claimed = {tracked.id for target, tracked in pairs if may_claim(config, name, target.url, tracked)}
    own = [(target, tracked) for target, tracked in pairs if tracked.source == name or tracked.id in claimed]
    foreign = {target.url for target in poll.targets if owner_of(config, name, target.url) != name}
    return replace(
        poll,
        targets=tuple(replace(each, title="") if each.url in foreign else each for each in poll.targets),
        mentions=_mentions(config, own, now, forward),
        claimed=tuple(sorted(claimed)),
    )


def retry_wait(config: Config, known: HubState) -> timedelta:
    """Return how long to wait after another failed poll: twice as long each time, up to `fetch.max_backoff`."""
    poll = config.settings_of(known.hub.source).poll
    return max(poll, backoff(poll, known.failures + 1, config.fetch.max_backoff))


def validators(known: HubState, now: datetime, poll: timedelta) -> tuple[str, str]:
    """Return the ETag and Last-Modified to ask with, "" where the hub is to be read in full."""
    # Polls are not counted, so the time decides: the first poll in every twenty intervals omits the validators.
    stretch = UNCONDITIONAL_EVERY * poll.total_seconds()
    last = known.last_poll_at
    if last is None or last.timestamp() // stretch != now.timestamp() // stretch:
        return "", ""
    return known.etag, known.last_modified


def _mentions(
    config: Config, known: Sequence[tuple[Target, Tracked]], now: datetime, forward: Forward
) -> tuple[Mention, ...]:
    mentions = []
    for target, tracked in known:
        told = mention(tracked, target, now)
        if told is None:
            continue
        # Only a hint of this very poll moves a check; an older one has moved it already.
        if told.touched_at == now:
            told = replace(told, next_check_at=forward(config.settings_of(tracked.source), heard(tracked, told), now))
        mentions.append(told)
    return tuple(mentions)
