"""Assign stored versions to stories, some time after they were committed.

A version is unread until there is a row for it, and the result of reading it is one transaction. After a crash in
between, the version is read again (docs/adr/0007).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final

from tracker.addresses.urls import identity
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, find_articles, get_article, list_articles
from tracker.archive.captures import get_capture
from tracker.archive.stories import (
    homes_and_versions,
    list_copies,
    list_decisions,
    list_homes,
    list_postings,
    recent_versions,
    save_readings,
)
from tracker.archive.thread import ArchiveThread
from tracker.archive.versions import unread_versions
from tracker.config.root import Config
from tracker.errors import ArchiveError, ArchiveFull, ArchiveLocked, ArchiveUnreachable, NotKnown, PageError
from tracker.model.capture import Capture
from tracker.model.source import Target
from tracker.model.story import CopyPair, Decision, Home, StoryDecisionKind
from tracker.model.version import Version
from tracker.model.watch import WatchedArticle
from tracker.observe import logs
from tracker.sources.section_page import story_links
from tracker.stories import placing
from tracker.stories.clusters import StoryIndex
from tracker.stories.current_stories import CurrentDecisions, CurrentStories, current_decisions, is_ident
from tracker.stories.recent_texts import WINDOW

from .runtime import Runtime
from .story_alerts import combine_editions, enqueue_stale_alerts
from .story_list import decide


def links_of(archive: Archive, article: str, n: int) -> list[str]:
    """Return links from the text of a stored version to articles on the same host; none if its page was deleted."""
    try:
        page: Capture = get_capture(archive, article, n)
        return story_links(page.body, page.final_url)
    except (ArchiveLocked, ArchiveUnreachable):
        raise  # the page exists, but cannot be read now
    except (ArchiveError, NotKnown, PageError):
        return []


def follow(archive: Archive, config: Config, version: Version, now: datetime) -> list[WatchedArticle]:
    """Put the articles that `version` links to under watch, if its story follows links; return the new ones.

    Only articles named in the configuration are followed, so that links are never followed from linked pages.
    """
    key = identity(version.url)
    new: list[WatchedArticle] = []
    for story in config.stories:
        named = {identity(url) for url in story.urls}
        if not story.follow or key not in named:
            continue
        members = list_articles(archive, story=story.name)
        host = next((each.host for each in members if each.id == version.article), "")
        followed = {identity(each.url) for each in members if each.host == host} - named
        links = links_of(archive, version.article, version.n)
        unknown = [each for each in links if identity(each) not in named | followed]
        remaining = max(0, story.follow - len(followed))
        new += watch_links(archive, config, unknown[:remaining], (story.name,), now)
    return new


def links_of_story(archive: Archive, settled: CurrentStories, story: str, limit: int) -> list[str]:
    """Return at most `limit` links from the articles of a story to articles that are not part of it."""
    found: dict[str, None] = {}
    for ident in settled.stories[story]:
        tracked = get_article(archive, ident)
        if tracked.versions:
            found |= dict.fromkeys(links_of(archive, ident, tracked.versions))
    # An article that a person took out of the story is not brought back by a link.
    known = {article for (article, each), inside in settled.decisions.held.items() if each == story and not inside}
    known.update(settled.stories[story])
    pairs = zip(found, find_articles(archive, list(found)), strict=True)
    return [link for link, tracked in pairs if tracked is None or tracked.id not in known][:limit]


def follow_links(
    archive: Archive, config: Config, settled: CurrentStories, story: str, links: list[str], now: datetime, by: str
) -> None:
    """Put `links` under watch and add them to a story, as `by` decided."""
    watch_links(archive, config, links, (), now)
    if articles := [each.id for each in find_articles(archive, links) if each is not None]:
        decide(archive, settled, story, StoryDecisionKind.PIN, articles, at=now, by=by)


def watch_links(
    archive: Archive, config: Config, links: list[str], stories: tuple[str, ...], now: datetime
) -> list[WatchedArticle]:
    """Put `links` under watch as parts of `stories`; return the new articles."""
    new: list[WatchedArticle] = []
    for link in links:
        source = config.source_of(link).name
        new += add_targets(archive, source, [Target(link)], now, stories)
    return new


# Recent articles that a text is compared with to find its story; each takes about 25 kB of memory.
MAX_RECENT_ARTICLES: Final = 1_000

STORY_INTERVAL: Final = timedelta(seconds=10)
# Reading stops after this in each turn, so that stories do not delay checks.
MAX_TURN_SECONDS: Final = 3.0

STALE_COPY_INTERVAL: Final = timedelta(minutes=5)
MAX_BATCH_VERSIONS: Final = 25
MAX_COMPARED_VERSIONS: Final = 12
_log = logs.get("stories")


class StoryWorker:
    """Reads unread versions. The index of recent articles is kept in memory and built on first use.

    `followed` counts the articles put under watch because a story follows its links.
    """

    def __init__(self, archive: ArchiveThread) -> None:
        self._archive = archive
        self._index: StoryIndex | None = None
        self._decided = CurrentDecisions()
        self._decisions: list[Decision] = []
        self.followed = 0
        self._last_stale_check = datetime(1970, 1, 1, tzinfo=UTC)

    async def catch_up(self, config: Config, now: datetime, seconds: float) -> int:
        """Read unread versions for about `seconds` and return how many were read. Raises ArchiveError.

        Each batch is read from the archive in two turns, and its results are written at once. The index takes long to
        build, and most versions do without.
        """
        ends = monotonic() + seconds
        count = 0
        while monotonic() < ends:
            unread = await self._archive.run(unread_versions, MAX_BATCH_VERSIONS)
            if not unread:
                break
            signed = await asyncio.to_thread(placing.sign_all, unread)
            marks = sorted({mark for _, signature in signed for mark in signature})
            stored = await self._archive.run(list_postings, marks)
            prepared = placing.prepare(unread, signed, stored)
            candidates = sorted({article for each in prepared for article in each.candidates})
            articles = sorted({version.article for version in unread}.union(candidates))
            homes, compared = await self._archive.run(homes_and_versions, articles, candidates, MAX_COMPARED_VERSIONS)
            if self._index is None and not any(placing.needs_index(each, homes) for each in prepared):
                readings = [placing.leave(each, now) for each in prepared]
            else:
                index = await self._current_index(config, now)
                named = frozenset(config.story_names)
                readings = await asyncio.to_thread(
                    placing.place_all, prepared, index, self._decided, named, homes, compared, now
                )
            # Before the versions count as read: if a link cannot be put under watch, the next turn tries again.
            if any(story.follow for story in config.stories):
                for version in unread:
                    self.followed += len(await self._archive.run(follow, config, version, now))
            await self._archive.run(save_readings, readings)
            count += len(unread)
        return count

    async def turn(self, runtime: Runtime, now: datetime, seconds: float = MAX_TURN_SECONDS) -> None:
        """Read unread versions for at most `seconds`, and check for stale copies.

        An ArchiveError is logged, and the next turn tries again.
        """
        try:
            count = await self.catch_up(runtime.config, now, seconds)
            await self._archive.run(combine_editions, runtime.config, now)
            if abs(now - self._last_stale_check) >= STALE_COPY_INTERVAL:  # abs: the clock may be set back
                self._last_stale_check = now
                await self._archive.run(enqueue_stale_alerts, runtime.config, now)
        except (ArchiveFull, ArchiveLocked, ArchiveUnreachable) as error:
            # The index may hold versions whose reading was not stored; they are read again.
            self._index = None
            runtime.health.record(error)
            return
        except ArchiveError as error:
            self._index = None
            _log.error("stories", detail=str(error), hint="the remaining versions are processed in the next turn")
            return
        if count:
            _log.debug("stories", read=count)

    async def _current_index(self, config: Config, now: datetime) -> StoryIndex:
        """Return the recent articles in their stories, loaded at first and again after people decided something."""
        decisions = await self._archive.run(list_decisions)
        if self._index is None or decisions != self._decisions:
            recent = await self._archive.run(recent_versions, now - WINDOW, MAX_RECENT_ARTICLES)
            idents = [each.article for each in recent]
            homes = await self._archive.run(list_homes, idents)
            copies: defaultdict[str, list[CopyPair]] = defaultdict(list)
            for pair in await self._archive.run(list_copies, idents):
                for article in pair.articles:
                    copies[article].append(pair)
            self._decided, self._decisions = current_decisions(decisions), decisions
            index = StoryIndex(self._decided)
            known = {home.article: home for home in homes}
            # The index drops the articles that were added first.
            oldest_first = recent[::-1]
            for start in range(0, len(oldest_first), MAX_BATCH_VERSIONS):
                part = oldest_first[start : start + MAX_BATCH_VERSIONS]
                await asyncio.to_thread(_load, index, config, self._decided, part, known, copies)
            self._index = index
        return self._index


def _load(
    index: StoryIndex,
    config: Config,
    decisions: CurrentDecisions,
    versions: Sequence[Version],
    homes: Mapping[str, Home],
    copies: Mapping[str, Sequence[CopyPair]],
) -> None:
    """Enter articles into the index where they are; those in a story with a name, or held by people, stay there."""
    for version in versions:
        article = version.article
        named = tuple(story for story in version.stories if story in config.story_names or not is_ident(story))
        held = decisions.held_in(article) or named
        home = Home(article, held[0]) if held else homes.get(article, Home(article, article))
        placing.enter(version, home, copies.get(article, ()), index, held=bool(held))
