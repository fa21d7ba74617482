"""Pause articles that the configuration no longer names, and resume those it names again.

A memo in the archive records what the configuration named before, so that editing the file is all that is needed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tracker.archive.articles import find_articles, list_articles, set_article_state
from tracker.archive.memos import get_memo, save_memo
from tracker.model.check import ArticleState
from tracker.model.source import Target
from tracker.pipeline.filters import wanted
from tracker.urls import identity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tracker.archive.archive import Archive
    from tracker.config import Config, SourceConfig
    from tracker.model.check import Tracked

_MEMO: Final = "watchlist"


@dataclass(slots=True)
class Named:
    """What the configuration named when it was last read: single URLs, and a hash of each source's filters.

    `left` maps paused articles to the reason: "urls" or "filters".
    """

    urls: set[str] = field(default_factory=set)
    filters: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)

    def changed(self, source: SourceConfig) -> bool:
        """Return whether the filters of a source have changed since they were last read."""
        return self.filters.get(source.name, filters_of(source)) != filters_of(source)


def named_before(archive: Archive) -> Named:
    """Return what the configuration named before; empty the first time."""
    text = get_memo(archive, _MEMO)
    data: dict[str, Any] = json.loads(text) if text else {}
    return Named(set(data.get("urls", ())), data.get("filters", {}), data.get("left", {}))


def leave(archive: Archive, config: Config, before: Named, now: datetime) -> None:
    """Pause articles that are no longer named, resume those named again, and record what is named now.

    A URL removed from `urls` stays under watch while a hub lists it.
    """
    urls = {identity(url): url for url in addresses(config)}
    left = dict(before.left)
    gone = _known(archive, before.urls - set(urls.values()))
    for tracked in gone:
        if identity(tracked.url) not in urls and not (tracked.listed_until and tracked.listed_until > now):
            _pause(archive, tracked, left, "urls")
    for tracked in _known(archive, urls.values()):
        if tracked.id in left:
            _resume(archive, tracked, left)
    for source in config.sources:
        if before.changed(source):
            _filter(archive, source, set(urls), left)
    filters = {source.name: filters_of(source) for source in config.sources}
    found = {"urls": sorted(urls.values()), "filters": filters, "left": left}
    if found != {"urls": sorted(before.urls), "filters": before.filters, "left": before.left}:
        save_memo(archive, _MEMO, json.dumps(found), now)


def addresses(config: Config) -> list[str]:
    """Return all single URLs that the configuration names."""
    single = [url for source in config.sources for url in source.urls]
    return single + [url for story in config.stories for url in story.urls]


def filters_of(source: SourceConfig) -> str:
    """Return a hash of the settings that filter the URLs a hub lists."""
    return hashlib.sha256(json.dumps([source.include, source.exclude, source.limit]).encode()).hexdigest()[:16]


def _filter(archive: Archive, source: SourceConfig, urls: set[str], left: dict[str, str]) -> None:
    unlimited = source.model_copy(update={"limit": 1})
    for tracked in list_articles(archive, source=source.name):
        passes = identity(tracked.url) in urls or bool(wanted(unlimited, [Target(tracked.url)]))
        if not passes and tracked.state is ArticleState.ACTIVE:
            _pause(archive, tracked, left, "filters")
        elif passes and left.get(tracked.id) == "filters":
            _resume(archive, tracked, left)


def _known(archive: Archive, urls: Iterable[str]) -> list[Tracked]:
    found: list[Tracked | None] = find_articles(archive, sorted(urls))
    return [each for each in found if each is not None]


def _pause(archive: Archive, tracked: Tracked, left: dict[str, str], why: str) -> None:
    if tracked.state is not ArticleState.PAUSED:
        set_article_state(archive, tracked.id, ArticleState.PAUSED)
        left[tracked.id] = why


def _resume(archive: Archive, tracked: Tracked, left: dict[str, str]) -> None:
    del left[tracked.id]
    if tracked.state is ArticleState.PAUSED:
        set_article_state(archive, tracked.id, ArticleState.ACTIVE)
