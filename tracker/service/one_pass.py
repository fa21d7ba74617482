"""One pass over due articles and hubs: `writethru check` for the command line and cron."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tracker.addresses.urls import host_of
from tracker.alerts.channels import usable_notifiers
from tracker.alerts.delivery_worker import DeliveryWorker
from tracker.archive.articles import force_due, get_article, list_articles
from tracker.archive.outbox import has_due_deliveries, list_deliveries
from tracker.archive.sources import list_hubs, list_sources
from tracker.archive.state import due_hosts
from tracker.archive.versions import unread_versions
from tracker.config.root import Config
from tracker.errors import ConfigError, unknown
from tracker.jobs.crawl import MAX_TURN_DURATION, Listener
from tracker.model.alert import DeliveryState
from tracker.model.watch import ArticleState, CheckOutcome, HubState, WatchedArticle
from tracker.pipeline.check import Report, announce
from tracker.pipeline.settle import CheckReport

from .checkpoint_publisher import CheckpointPublisher
from .page_saver import PageSaver
from .runtime import Runtime, open_runtime, utc_now

MAX_COUNTED_ALERTS: Final = 10_000
# Counted apart from failures: the first answers of 404 of a page that was seen before.
POSSIBLY_GONE: Final = "possibly gone"


@dataclass(frozen=True, slots=True)
class UnusableTarget:
    """A target to which no alert can be sent, why, and how many alerts wait for it."""

    name: str
    error: ConfigError
    waiting: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The result of one pass: checks and polls by outcome, and the number of `new` articles found.

    `unusable` are the targets to which no alert can be sent.
    """

    outcomes: dict[str, int] = field(default_factory=dict)
    hubs: dict[str, int] = field(default_factory=dict)
    new: int = 0
    unusable: tuple[UnusableTarget, ...] = ()

    @property
    def changed(self) -> int:
        """The number of new versions of articles that were known before."""
        return self.outcomes.get(CheckOutcome.CHANGED, 0)

    @property
    def failed(self) -> int:
        """The number of checks and polls that will be repeated; that a page is gone is a result."""
        bad = (CheckOutcome.REFUSED, CheckOutcome.FAILED)
        return sum(counts.get(outcome, 0) for counts in (self.outcomes, self.hubs) for outcome in bad)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The selection of one pass: named articles, one source, everything, or, if all are empty, everything due."""

    articles: tuple[str, ...] = ()
    source: str | None = None
    everything: bool = False


async def check_once(
    config: Config,
    selection: Wanted,
    *,
    config_path: Path | None = None,
    no_pace: bool = False,
    migrate: bool = False,
    listener: Listener | None = None,
) -> Summary:
    """Visit the requested articles and hubs once, and the articles they lead to; then deliver due alerts.

    A pass over everything, or everything due, also makes and publishes a due checkpoint. Alerts to a target that
    cannot be used, for instance because its secret is not set, wait: checking needs no target.

    `no_pace` requests pages of loopback hosts without a delay, `migrate` brings an archive of an earlier release up to
    date first. The site rules are next to `config_path`.

    Raises the errors of `open_runtime`, NotKnown for an unknown article or source, and NetworkDown if no host can be
    reached.
    """
    visited: set[str] = set()
    outcomes: Counter[str] = Counter()
    hubs: Counter[str] = Counter()
    new = 0

    def on_report(report: Report) -> None:
        nonlocal new
        announce(report)
        if isinstance(report, CheckReport):
            visited.add(report.tracked.id)
            outcomes[POSSIBLY_GONE if report.possibly_gone_since else str(report.intent.check.outcome)] += 1
        else:
            visited.add(report.poll.hub.url)
            hubs[str(report.poll.outcome)] += 1
            new += len(report.new)
        if listener is not None:
            listener(report)

    async with AsyncExitStack() as stack:
        runtime = await open_runtime(
            stack, config, migrate=migrate, no_pace=no_pace, listener=on_report, config_path=config_path
        )
        # Made first: it raises ConfigError, for instance for a certificate that cannot be read.
        publisher = CheckpointPublisher(config.archive, runtime.archive, runtime.fetcher, resume=True)
        await runtime.clock_went_back(utc_now())
        await runtime.sync()
        await runtime.schedule.price(config, utc_now())
        if selection.articles:
            await _visit(runtime, [], [await runtime.archive.run(get_article, ident) for ident in selection.articles])
        elif selection.source is not None:
            known = await runtime.archive.run(list_sources)
            if selection.source not in known:
                raise unknown("source", selection.source, known)
            # Lists first: the articles that they put under watch are then visited too.
            await _visit(runtime, await runtime.archive.run(list_hubs, selection.source), [])
            await _visit(runtime, [], await runtime.archive.run(list_articles, source=selection.source))
        else:
            if selection.everything:
                await runtime.archive.run(force_due, utc_now())
            await _pass(runtime, visited)
        await _read_stories(runtime, None if selection.articles or selection.source else visited)
        if not (selection.articles or selection.source):
            now = utc_now()
            await publisher.make(now)
            await publisher.publish(now)
            await PageSaver(lambda: runtime.config, runtime.archive, runtime.fetcher).save(now)
        unusable = await _deliver_alerts(runtime)
        await runtime.save_host_time()
        # Last: what was checked before the network failed is stored, and alerts may reach targets on this machine.
        runtime.network.require()
    return Summary(dict(outcomes), dict(hubs), new, unusable)


async def _read_stories(runtime: Runtime, visited: set[str] | None) -> None:
    """Assign new versions to stories; unless `visited` is None, also crawl articles watched because of them."""
    of_stories = any(rule.story or rule.stale_copy is not None for rule in runtime.config.rules)
    if not of_stories and not await runtime.archive.run(unread_versions, limit=1):
        return
    # Its imports take a tenth of a second, and most passes find no new version.
    from .story_worker import StoryWorker

    stories = StoryWorker(runtime.archive)
    await stories.turn(runtime, utc_now(), MAX_TURN_DURATION.total_seconds())
    if stories.followed and visited is not None:
        await _pass(runtime, visited)
        await stories.turn(runtime, utc_now(), MAX_TURN_DURATION.total_seconds())


async def _deliver_alerts(runtime: Runtime) -> tuple[UnusableTarget, ...]:
    """Deliver due alerts for at most a minute; the rest is left for the next pass. Return the unusable targets."""
    is_any_due: bool = await runtime.archive.run(has_due_deliveries, utc_now())
    if not (runtime.config.targets or is_any_due):
        return ()
    usable, unusable = usable_notifiers(runtime.config, runtime.fetcher)
    if is_any_due:
        worker = DeliveryWorker(runtime.archive, usable, rules=runtime.config.rules, unusable=unusable)
        ends = utc_now() + MAX_TURN_DURATION
        try:
            while utc_now() < ends and await worker.deliver_due(utc_now()):
                pass
        finally:
            await worker.aclose()
    if not unusable:
        return ()
    pending = await runtime.archive.run(list_deliveries, DeliveryState.PENDING, MAX_COUNTED_ALERTS)
    waiting = Counter(delivery.target for delivery in pending)
    return tuple(UnusableTarget(name, error, waiting[name]) for name, error in unusable.items())


async def _visit(runtime: Runtime, hubs: Sequence[HubState], articles: Sequence[WatchedArticle]) -> None:
    by_host: dict[str, tuple[list[HubState], list[WatchedArticle]]] = {}
    for hub in hubs:
        by_host.setdefault(host_of(hub.hub.url), ([], []))[0].append(hub)
    for tracked in articles:
        if tracked.state is not ArticleState.PAUSED:
            by_host.setdefault(tracked.host, ([], []))[1].append(tracked)
    await asyncio.gather(*(runtime.crawler.visit(host, *due) for host, due in by_host.items()))


async def _pass(runtime: Runtime, visited: set[str]) -> None:
    """Crawl due hosts until a round visits nothing new.

    Hosts whose pause ends within one turn are waited for; those that asked for a longer pause are left for later.
    """
    before = -1
    while len(visited) > before:
        before = len(visited)
        await runtime.queue.offer(await runtime.archive.run(due_hosts, utc_now() + MAX_TURN_DURATION))
        await runtime.queue.join()
