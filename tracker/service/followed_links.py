"""Following the links of a story's articles: one step, the same host, a limited number, nothing fetched here.

What is found is put under watch and visited in its turn, at the host's pace and by its robots.txt.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tracker.errors import ArchiveError, NotKnown, PageError
from tracker.model import Target
from tracker.sources.story_links import story_links
from tracker.urls import identity

from .watchlist import source_of

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.config import Config, StoryConfig
    from tracker.model import Capture, Tracked, Version
    from tracker.pipeline.archive_thread import Call


async def links_of(call: Call, article: str, n: int) -> list[str]:
    """Return the articles of the same host that the text of a stored version links to; none where its page is gone."""
    try:
        page: Capture = await call("capture", article, n)
        return await asyncio.to_thread(story_links, page.body, page.final_url)
    except (ArchiveError, NotKnown, PageError):
        return []


async def follow(call: Call, config: Config, version: Version, now: datetime) -> list[Tracked]:
    """Put under watch what *version* links to, where its story says so; return the articles that are new.

    Only the addresses that the configuration names are followed, so that one link leads to no second.
    """
    key = identity(version.url)
    new: list[Tracked] = []
    for story in config.stories:
        if story.follow and any(identity(url) == key for url in story.urls):
            new += await _follow(call, config, story, version, now)
    return new


async def watch_links(
    call: Call, config: Config, links: list[str], stories: tuple[str, ...], now: datetime
) -> list[Tracked]:
    """Put *links* under watch as parts of *stories*; return the articles that are new."""
    new: list[Tracked] = []
    for link in links:
        source = source_of(config, link).name
        new += await call("add_targets", source, [Target(link)], now, stories)
    return new


async def _follow(call: Call, config: Config, story: StoryConfig, version: Version, now: datetime) -> list[Tracked]:
    members: list[Tracked] = await call("articles", story=story.name)
    named = {identity(url) for url in story.urls}
    host = next((each.host for each in members if each.id == version.article), "")
    followed = {identity(each.url) for each in members if each.host == host} - named
    links = [
        each for each in await links_of(call, version.article, version.n) if identity(each) not in named | followed
    ]
    room = max(0, story.follow - len(followed))
    return await watch_links(call, config, links[:room], (story.name,), now)
