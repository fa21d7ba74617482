"""Assign stored versions to stories, some time after they were committed.

A version is unread until there is a row for it, and the result of reading it is one transaction. After a crash in
between, the version is read again (docs/adr/0007).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final

from tracker.archive.articles import get_article
from tracker.archive.stories import (
    list_decisions,
    list_homes,
    list_postings,
    newest_versions,
    recent_versions,
    save_reading,
    unread_versions,
)
from tracker.errors import ArchiveError, ArchiveFull, ArchiveLocked, ArchiveUnreachable
from tracker.observe import logs
from tracker.stories import CurrentDecisions, StoryIndex, copies, placing, signature
from tracker.stories.clusters import WINDOW
from tracker.stories.decisions import current_decisions, is_ident

from .followed_links import follow
from .runtime import utc_now
from .stale_copies import enqueue_stale_alerts

if TYPE_CHECKING:
    from tracker.archive.thread import ArchiveThread
    from tracker.config import Config
    from tracker.model.check import Tracked
    from tracker.model.story import CopyPair, Decision, Home, StoryPosting
    from tracker.model.version import Version
    from tracker.stories.shingles import Signature

    from .runtime import Runtime

MAX_RECENT_ARTICLES: Final = 1_000
"""Recent articles that a text is compared with to find its story; each takes about 110 kB of memory."""

STORY_INTERVAL: Final = timedelta(seconds=10)
MAX_TURN_SECONDS: Final = 3.0
"""Limit on reading in each turn, so that stories do not delay checks."""

STALE_COPY_INTERVAL: Final = timedelta(minutes=5)
MAX_BATCH_VERSIONS: Final = 25
MAX_COMPARED_VERSIONS: Final = 12
_log = logs.get("stories")


@dataclass(slots=True)
class _Memory:
    index: StoryIndex = field(default_factory=StoryIndex)
    stories: dict[str, tuple[str, ...]] = field(default_factory=dict)
    homes: dict[str, Home] = field(default_factory=dict)
    decisions: CurrentDecisions = field(default_factory=CurrentDecisions)

    def around(self, config: Config, version: Version, elsewhere: frozenset[str]) -> placing.StoryContext:
        home = self.homes.get(version.article)
        alone = home is None or (home.story == version.article and self._members(home.story) <= 1)
        return placing.StoryContext(
            index=self.index,
            stories={**self.stories, version.article: version.stories},
            decisions=self.decisions,
            names=frozenset(config.story_names) | {each for each in version.stories if not is_ident(each)},
            elsewhere=elsewhere,
            home=home,
            alone=alone,
        )

    def _members(self, story: str) -> int:
        return sum(1 for home in self.homes.values() if home.story == story)


class StoryWorker:
    """Reads unread versions. The index of recent articles is kept in memory and built on first use.

    `followed` counts the articles put under watch because a story follows its links.
    """

    def __init__(self, archive: ArchiveThread) -> None:
        self._archive = archive
        self._memory: _Memory | None = None
        self._decisions: list[Decision] = []
        self.followed = 0
        self._last_stale_check = datetime(1970, 1, 1, tzinfo=UTC)

    async def catch_up(self, config: Config, now: datetime, seconds: float) -> int:
        """Read unread versions for about *seconds* and return how many were read. Raises ArchiveError."""
        ends = monotonic() + seconds
        count = 0
        while monotonic() < ends:
            unread: list[Version] = await self._archive.run(unread_versions, MAX_BATCH_VERSIONS)
            if not unread:
                break
            memory = await self._current_memory(now)
            for version in unread:
                await self._read(memory, config, version, now)
                count += 1
                if monotonic() >= ends:
                    break
        return count

    async def turn(
        self, runtime: Runtime, leads: Callable[[], bool] = lambda: True, seconds: float = MAX_TURN_SECONDS
    ) -> None:
        """Read unread versions and check for stale copies, if this process *leads*.

        An ArchiveError is logged, and the next turn tries again.
        """
        if not leads():
            return
        now = utc_now()
        try:
            count = await self.catch_up(runtime.config, now, seconds)
            if now - self._last_stale_check >= STALE_COPY_INTERVAL:
                self._last_stale_check = now
                await self._archive.run(enqueue_stale_alerts, runtime.config, now)
        except (ArchiveFull, ArchiveLocked, ArchiveUnreachable) as error:
            self._memory = None
            runtime.health.record(error)
            return
        except ArchiveError as error:
            self._memory = None
            _log.error("stories", detail=str(error), hint="the remaining versions are processed in the next turn")
            return
        if count:
            _log.debug("stories", read=count)

    async def _current_memory(self, now: datetime) -> _Memory:
        decisions: list[Decision] = await self._archive.run(list_decisions)
        if self._memory is None or decisions != self._decisions:
            self._memory = await self._load(now)
            self._memory.decisions = current_decisions(decisions)
            self._decisions = decisions
        self._memory.index.forget_before(now - WINDOW)
        return self._memory

    async def _load(self, now: datetime) -> _Memory:
        memory = _Memory()
        recent: list[Version] = await self._archive.run(recent_versions, now - WINDOW, MAX_RECENT_ARTICLES)
        for start in range(0, len(recent), MAX_BATCH_VERSIONS):
            await asyncio.to_thread(self._index, memory, recent[start : start + MAX_BATCH_VERSIONS])
        homes: list[Home] = await self._archive.run(list_homes, [each.article for each in recent])
        memory.homes = {home.article: home for home in homes}
        for version in recent:
            home = memory.homes.get(version.article)
            memory.stories[version.article] = version.stories or ((home.story,) if home else ())
        return memory

    @staticmethod
    def _index(memory: _Memory, versions: list[Version]) -> None:
        for version in versions:
            memory.index.add(placing.entry_of(version, version.seen))

    async def _read(self, memory: _Memory, config: Config, version: Version, now: datetime) -> None:
        tracked: Tracked = await self._archive.run(get_article, version.article)
        signed = await asyncio.to_thread(signature, version.content)
        postings: list[StoryPosting] = await self._archive.run(list_postings, signed.marks)
        links, elsewhere = await self._links(version, signed, postings)
        await self._load_homes(memory, version.article, links)
        around = memory.around(config, version, elsewhere)
        entry = await asyncio.to_thread(placing.entry_of, version, tracked.first_seen_at)
        reading = await asyncio.to_thread(placing.place, version, entry, signed, postings, links, around, now)
        memory.index.add(entry)
        self.followed += len(await self._archive.run(follow, config, version, now))
        await self._archive.run(save_reading, reading)
        if reading.home is not None:
            memory.homes[version.article] = reading.home
        home = memory.homes.get(version.article)
        named = tuple(dict.fromkeys((*version.stories, *reading.joins)))
        memory.stories[version.article] = named or ((home.story,) if home else ())

    async def _links(
        self, version: Version, signed: Signature, postings: list[StoryPosting]
    ) -> tuple[tuple[CopyPair, ...], frozenset[str]]:
        """Return the copies of a version, and those of the candidate articles that belong to other sources."""
        others = {}
        elsewhere = set()
        for candidate in copies.candidates(version.article, signed, postings):
            versions: list[Version] = await self._archive.run(newest_versions, candidate.article, MAX_COMPARED_VERSIONS)
            others[candidate.article] = [each.content for each in versions if not each.removed]
            if versions and versions[0].source != version.source:
                elsewhere.add(candidate.article)
        links = (
            await asyncio.to_thread(copies.confirm_copies, version.article, version.content, others) if others else ()
        )
        return links, frozenset(elsewhere)

    async def _load_homes(self, memory: _Memory, article: str, links: tuple[CopyPair, ...]) -> None:
        """Load the stories of older articles with the same text, as the memory contains recent articles only."""
        unknown = [each for link in links for each in (link.first, link.second) if each not in memory.homes]
        missing = [article, *unknown] if article not in memory.homes else unknown
        if not missing:
            return
        for home in await self._archive.run(list_homes, missing):
            memory.homes[home.article] = home
            tracked: Tracked = await self._archive.run(get_article, home.article)
            memory.stories.setdefault(home.article, tracked.stories or (home.story,))
