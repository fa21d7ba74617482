"""Make the archive watch what the configuration names.

The archive records what the configuration named before, so that editing the file is all that is needed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from tracker.addresses.urls import identity, untracked
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, find_articles, list_articles, plan_checks, set_article_state
from tracker.archive.sources import list_sources, retire_source, sync_source
from tracker.archive.state import NamedBefore, get_named, save_named
from tracker.config.root import Config
from tracker.config.tables import SourceConfig
from tracker.model.source import Hub, HubKind, Target
from tracker.model.watch import ArticleState, CheckOutcome, Tracked
from tracker.pipeline.targets import may_claim, wanted
from tracker.sources.source_names import name_for

from .schedule_store import load_schedule


def sync(archive: Archive, config: Config, now: datetime) -> None:
    """Make the archive watch exactly what the configuration names; what it no longer names is kept but not checked.

    If the filters of a source changed, its hubs are read in full once, even if their hosts report no change. If its
    interval changed, the checks of its articles are planned again.
    """
    before = get_named(archive)
    for source in config.sources:
        # The lists of a paused source stay too, with how they fared; none of them is due.
        sync_source(
            archive, source.name, hubs_of(source), now, paused=source.paused, anew=_has_new_filters(before, source)
        )
        _watch(archive, config, source, source.urls, now)
        if before.intervals.get(source.name, _interval(source)) != _interval(source):
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
    _pause_unnamed(archive, config, before, now)


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


def _has_new_filters(before: NamedBefore, source: SourceConfig) -> bool:
    return before.filters.get(source.name, _hash_filters(source)) != _hash_filters(source)


def _pause_unnamed(archive: Archive, config: Config, before: NamedBefore, now: datetime) -> None:
    """Pause articles that are no longer named, resume those named again, and record what is named now.

    A URL removed from `urls` stays under watch while a hub lists it.
    """
    single = [url for source in config.sources for url in source.urls]
    single += [url for story in config.stories for url in story.urls]
    urls = {identity(url): url for url in single}
    left = dict(before.left)
    for tracked in _known(archive, set(before.urls) - set(urls.values())):
        # An address that is only written otherwise, or that a list still names, stays under watch.
        if identity(tracked.url) not in urls and not (tracked.listed_until and tracked.listed_until > now):
            _pause(archive, tracked, left, "urls")
    for tracked in _known(archive, urls.values()):
        if tracked.id in left:
            _resume(archive, tracked, left)
    for source in config.sources:
        if _has_new_filters(before, source):
            _apply_filters(archive, source, set(urls), left)
    filters = {source.name: _hash_filters(source) for source in config.sources}
    intervals = {source.name: _interval(source) for source in config.sources}
    named = NamedBefore(tuple(sorted(urls.values())), intervals, filters, left)
    if named != before:
        save_named(archive, named)


def _interval(source: SourceConfig) -> float:
    return source.every.total_seconds() if source.every else 0.0


def _hash_filters(source: SourceConfig) -> str:
    return hashlib.sha256(json.dumps([source.include, source.exclude, source.limit]).encode()).hexdigest()[:16]


def _apply_filters(archive: Archive, source: SourceConfig, urls: set[str], left: dict[str, str]) -> None:
    for tracked in list_articles(archive, source=source.name):
        passes = identity(tracked.url) in urls or bool(wanted(source, [Target(tracked.url)]))
        if not passes and tracked.state is ArticleState.ACTIVE:
            _pause(archive, tracked, left, "filters")
        elif passes and left.get(tracked.id) == "filters":
            _resume(archive, tracked, left)


def _known(archive: Archive, urls: Iterable[str]) -> list[Tracked]:
    return [tracked for tracked in find_articles(archive, sorted(urls)) if tracked is not None]


def _pause(archive: Archive, tracked: Tracked, left: dict[str, str], why: str) -> None:
    # One that is paused already, as by a takedown, is not noted, so that naming its address again does not resume it.
    if tracked.state is not ArticleState.PAUSED:
        set_article_state(archive, tracked.id, ArticleState.PAUSED)
        left[tracked.id] = why


def _resume(archive: Archive, tracked: Tracked, left: dict[str, str]) -> None:
    del left[tracked.id]
    if tracked.state is ArticleState.PAUSED:
        set_article_state(archive, tracked.id, ArticleState.ACTIVE)
