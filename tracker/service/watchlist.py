"""Make the archive watch what the configuration names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.archive.articles import add_targets
from tracker.archive.idle import IDLE_MEMO
from tracker.archive.memos import save_memo
from tracker.archive.sources import list_sources, sync_source
from tracker.config import SourceConfig
from tracker.model.source import Hub, HubKind, Target
from tracker.stories import stories_of
from tracker.urls import hostname_of, untracked

from .unwatched import named_before, pause_unnamed

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.config import Config


def sync(archive: Archive, config: Config, now: datetime) -> None:
    """Make the archive watch exactly what the configuration names; what it no longer names is kept but not checked.

    If the filters of a source changed, its hubs are read in full once, even if their hosts report no change.
    """
    save_memo(archive, IDLE_MEMO, "", now)  # it holds for the settings that the archive was last given
    before = named_before(archive)
    for source in config.sources:
        hubs = [] if source.paused else hubs_of(source)
        sync_source(archive, source.name, hubs, now, paused=source.paused, anew=before.changed(source))
        _watch(archive, config, source, source.urls, now)
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
            sync_source(archive, name, [], now, paused=True)
    pause_unnamed(archive, config, before, now)


def _watch(archive: Archive, config: Config, source: SourceConfig, urls: Sequence[str], now: datetime) -> None:
    for url in urls:
        add_targets(archive, source.name, [Target(untracked(url))], now, stories_of(config, source, url))


def hubs_of(source: SourceConfig) -> list[Hub]:
    """Return the hubs of a source in the order of its configuration."""
    feeds = [Hub(source.name, HubKind.FEED, url) for url in source.feeds]
    maps = [Hub(source.name, HubKind.SITEMAP, url) for url in source.sitemaps]
    pages = [Hub(source.name, HubKind.PAGE, page.url, page.selector, page.pattern) for page in source.pages]
    return [*feeds, *maps, *pages]


def source_of(config: Config, url: str) -> SourceConfig:
    """Return the source with a hub or article on the host of *url*, or a new one named after the host."""
    host = hostname_of(url)
    for source in config.sources:
        named = [*source.urls, *(hub.url for hub in hubs_of(source))]
        if any(hostname_of(each) == host for each in named):
            return source
    return SourceConfig(name=host.removeprefix("www.")[:80])
