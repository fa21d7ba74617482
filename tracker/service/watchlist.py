"""Make the archive watch what the configuration names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.addresses.urls import untracked
from tracker.archive.articles import add_targets, find_articles, list_articles, plan_checks
from tracker.archive.sources import list_sources, retire_source, sync_source
from tracker.archive.state import get_named
from tracker.config.tables import SourceConfig
from tracker.model.check import CheckOutcome
from tracker.model.hub import Hub, HubKind
from tracker.model.listing import Target
from tracker.pipeline.targets import may_claim
from tracker.sources.source_names import name_for

from .schedule_store import load_schedule
from .unwatched import changed, moved, pause_unnamed

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.config.root import Config
    from tracker.model.check import Tracked


def sync(archive: Archive, config: Config, now: datetime) -> None:
    """Make the archive watch exactly what the configuration names; what it no longer names is kept but not checked.

    If the filters of a source changed, its hubs are read in full once, even if their hosts report no change. If its
    interval changed, the checks of its articles are planned again.
    """
    before = get_named(archive)
    for source in config.sources:
        # The lists of a paused source stay too, with how they fared; none of them is due.
        sync_source(archive, source.name, hubs_of(source), now, paused=source.paused, anew=changed(before, source))
        _watch(archive, config, source, source.urls, now)
        if moved(before, source):
            _plan_again(archive, source)
    named = {source.name for source in config.sources}
    for story in config.stories:
        for url in story.urls:
            source = source_of(config, url)
            if source.name not in named:
                sync_source(archive, source.name, [], now)
                named.add(source.name)
            _watch(archive, config, source, [url], now)
    for name in list_sources(archive):
        if name not in named:
            retire_source(archive, name, now)
    pause_unnamed(archive, config, before, now)


def configured_names(config: Config) -> set[str]:
    """Return the names of the sources that the configuration watches, those of single addresses of a story included."""
    named = {source.name for source in config.sources}
    return named | {source_of(config, url).name for story in config.stories for url in story.urls}


def _watch(archive: Archive, config: Config, source: SourceConfig, urls: Sequence[str], now: datetime) -> None:
    for url, tracked in zip(urls, find_articles(archive, urls), strict=True):
        target = Target(untracked(url))
        claimed = [tracked.id] if tracked and may_claim(config, source.name, url, tracked) else []
        add_targets(archive, source.name, [target], now, config.stories_of(source, url), claimed)


def _plan_again(archive: Archive, source: SourceConfig) -> None:
    """Plan the next check of each article from its last one; one that failed is tried again as it was planned."""
    from tracker.pipeline.decide import CheckVerdict  # only here: commands that never check a page import this module

    schedule = load_schedule(archive)
    plans: list[tuple[Tracked, datetime | None]] = []
    for tracked in list_articles(archive, source=source.name):
        last = tracked.last_check_at
        if tracked.next_check_at is None or last is None or tracked.failures:
            continue
        plans.append((tracked, schedule.next_check(source, tracked, last, CheckVerdict(CheckOutcome.UNCHANGED))))
    plan_checks(archive, plans)


def hubs_of(source: SourceConfig) -> list[Hub]:
    """Return the hubs of a source in the order of its configuration."""
    feeds = [Hub(source.name, HubKind.FEED, url) for url in source.feeds]
    maps = [Hub(source.name, HubKind.SITEMAP, url) for url in source.sitemaps]
    pages = [Hub(source.name, HubKind.PAGE, page.url, page.selector, page.pattern) for page in source.pages]
    return [*feeds, *maps, *pages]


def source_of(config: Config, url: str) -> SourceConfig:
    """Return the first source that has a hub or article on the site of `url`, or a new one named after the host."""
    known = config.source(next(iter(config.owners(url)), ""))
    return known or SourceConfig(name=name_for("", url))
