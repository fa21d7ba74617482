"""Pause articles that the configuration no longer names, and resume those it names again.

The archive records what the configuration named before, so that editing the file is all that is needed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.addresses.urls import identity
from tracker.archive.articles import find_articles, list_articles, set_article_state
from tracker.archive.state import NamedBefore, save_named
from tracker.model.check import ArticleState, Tracked
from tracker.model.listing import Target
from tracker.pipeline.targets import wanted

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.config.root import Config
    from tracker.config.tables import SourceConfig


def changed(before: NamedBefore, source: SourceConfig) -> bool:
    """Return whether the filters of a source have changed since they were last read."""
    return before.filters.get(source.name, _hash_filters(source)) != _hash_filters(source)


def moved(before: NamedBefore, source: SourceConfig) -> bool:
    """Return whether the interval of a source has changed since it was last read."""
    return before.intervals.get(source.name, _interval(source)) != _interval(source)


def pause_unnamed(archive: Archive, config: Config, before: NamedBefore, now: datetime) -> None:
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
        if changed(before, source):
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
