"""Decide the consequences of a poll of a hub: its next poll, the targets to watch, their sources, hints of updates.

A hub may report when articles were updated, and is expected to list them for some time. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tracker.addresses.urls import identity
from tracker.config.root import Config
from tracker.config.tables import SourceConfig
from tracker.durations import backoff
from tracker.model.capture import Failure, FailureKind, FetchResult, HostState, NotModified
from tracker.model.source import Listing, Target
from tracker.model.watch import CheckOutcome, HubPoll, HubState, Mention, WatchedArticle
from tracker.patterns import found as matches

Forward = Callable[[SourceConfig, WatchedArticle, datetime], datetime | None]

# How long a hub is expected to list an article: if it gives no dates, and at most.
MIN_LISTED_DURATION: Final = timedelta(days=1)
MAX_LISTED_DURATION: Final = timedelta(days=30)


def listed(targets: Sequence[Target], now: datetime, poll: timedelta) -> tuple[Target, ...]:
    """Return the targets with the time until which their hub is expected to list them.

    A hub is expected to reach as far back tomorrow as it does today; `poll` is how often it is read.
    """
    # A date in the future says nothing about how far back the hub reaches.
    dated = [at for target in targets if (at := target.published or target.updated) is not None and at <= now]
    reach = min(now - min(dated), MAX_LISTED_DURATION) if dated else MIN_LISTED_DURATION

    def until(target: Target) -> datetime:
        return max(min(target.published or target.updated or now, now) + reach, now + poll)

    return tuple(replace(each, listed_until=until(each)) for each in targets)


def mention(tracked: WatchedArticle, target: Target, now: datetime) -> Mention | None:
    """Return the news about an article in one reading of a hub; None if there is none.

    An update that the hub dates after the last one it reported, and after we last saw the page, is a hint to check.
    """
    updated, known = target.updated, tracked.listing_updated_at
    is_later = updated is not None and known is not None and updated > known
    seen = tracked.last_seen_at
    hinted_at = now if updated and is_later and (seen is None or updated > seen) else tracked.update_hinted_at
    until = tracked.listed_until
    renewed = target.listed_until is not None and (until is None or until <= now or is_later)
    before = Mention(tracked.id, tracked.published_at, known, tracked.update_hinted_at, until, None)
    latest = max(updated, known) if updated and known else updated or known
    published, until = tracked.published_at or target.published, target.listed_until if renewed else until
    found = Mention(tracked.id, published, latest, hinted_at, until, None)
    return None if found == before else found


def apply_mention(tracked: WatchedArticle, news: Mention) -> WatchedArticle:
    """Return the article with the news that its hub has about it."""
    return replace(
        tracked,
        published_at=news.published_at,
        listing_updated_at=news.listing_updated_at,
        update_hinted_at=news.update_hinted_at,
        listed_until=news.listed_until,
    )


def followed_hint(tracked: WatchedArticle, outcome: CheckOutcome, now: datetime) -> bool | None:
    """Return whether a check followed a hint of a hub; None if it shows nothing about how reliable the hub is.

    That is so if no hub reports the article's updates, or if the check could not see whether there was one.
    """
    if not outcome.compared:
        return None
    if tracked.update_hinted_at is not None:
        return True
    until = tracked.listed_until
    is_reported = tracked.listing_updated_at is not None and until is not None and until > now
    return False if is_reported else None


def filter_targets(source: SourceConfig, targets: Sequence[Target]) -> tuple[Target, ...]:
    """Return the targets that pass a source's include and exclude patterns, in order, at most its limit."""
    kept = (
        target
        for target in targets
        if (not source.include or any(matches(each, target.url) for each in source.include))
        and not any(matches(each, target.url) for each in source.exclude)
    )
    # Counted after filtering: targets that are filtered out must not use up the limit.
    return tuple(target for _, target in zip(range(source.limit), kept, strict=False))


def may_claim(config: Config, source: str, url: str, tracked: WatchedArticle) -> bool:
    """Return whether `source`, which lists `url`, takes over the article that another source put under watch.

    It does if the site is its own and not the other's; on a site that both share, if the directory is its own and not
    the other's, or if the other found the article by a redirect and does not list it. An alias is never taken over.
    """
    if source == tracked.source or identity(url) != identity(tracked.url):
        return False
    owners = config.owners(url)
    if source not in owners or tracked.source not in owners:
        return source in owners
    if owners[source] != owners[tracked.source]:
        return owners[source]
    holder = config.source(tracked.source)
    return tracked.listed_until is None and holder is not None and url not in holder.urls


def owner_of(config: Config, source: str, url: str) -> str:
    """Return the source that `url` belongs to: `source` itself unless the site is only that of others."""
    owners = config.owners(url)
    return source if source in owners or not owners else next(iter(owners))


# Validators are omitted every this many checks and polls, because some servers' ETags never change.
UNCONDITIONAL_EVERY: Final = 20


def decide_poll(
    config: Config, known: HubState, found: FetchResult, listing: Listing | None, now: datetime, host: HostState
) -> HubPoll:
    """Return the decision of a poll that does not depend on the articles already under watch.

    `listing` is the reading of a Capture; `host` the state of the host after the fetch.
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
        targets=listed(filter_targets(source, listing.targets), now, source.poll),
        stories=(source.story,) if source.story else (),
    )


def with_known(
    config: Config, poll: HubPoll, known: Sequence[WatchedArticle | None], now: datetime, forward: Forward
) -> HubPoll:
    """Return the poll with its news about articles already watched: those of its source, or of its site.

    A source's news about articles of other sources is left out, their headlines too.

    `known` is the article under watch for each target, or None. `forward` decides when to check one of which the hub
    reports an update.
    """
    name = poll.hub.source
    pairs = [(target, tracked) for target, tracked in zip(poll.targets, known, strict=True) if tracked is not None]
    claimed = {tracked.id for target, tracked in pairs if may_claim(config, name, target.url, tracked)}
    own = [(target, tracked) for target, tracked in pairs if tracked.source == name or tracked.id in claimed]
    mentions = []
    for target, tracked in own:
        if tracked.id in claimed:
            # The move clears what the list of another outlet said of the article.
            tracked = replace(  # noqa: PLW2901 - as it is from now on
                tracked, published_at=None, listing_updated_at=None, update_hinted_at=None, listed_until=None
            )
        news = mention(tracked, target, now)
        if news is None:
            continue
        # Only a hint of this poll moves a check; an older one has moved it already.
        if news.update_hinted_at == now:
            next_check_at = forward(config.settings_of(tracked.source), apply_mention(tracked, news), now)
            news = replace(news, next_check_at=next_check_at)
        mentions.append(news)
    foreign = {target.url for target in poll.targets if owner_of(config, name, target.url) != name}
    return replace(
        poll,
        targets=tuple(replace(each, title="") if each.url in foreign else each for each in poll.targets),
        mentions=tuple(mentions),
        claimed=tuple(sorted(claimed)),
    )


def retry_wait(config: Config, known: HubState) -> timedelta:
    """Return how long to wait after another failed poll: twice as long each time, up to `fetch.max_backoff`."""
    poll = config.settings_of(known.hub.source).poll
    return max(poll, backoff(poll, known.failures + 1, config.fetch.max_backoff))


def validators(known: HubState, now: datetime, poll: timedelta) -> tuple[str, str]:
    """Return the ETag and Last-Modified to ask with, "" where the hub is to be read in full."""
    # Polls are not counted, so the time decides: the first poll in every twenty intervals omits the validators.
    period = UNCONDITIONAL_EVERY * poll.total_seconds()
    last = known.last_poll_at
    if last is None or last.timestamp() // period != now.timestamp() // period:
        return "", ""
    return known.etag, known.last_modified
