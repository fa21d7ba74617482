"""Stories, kept up with: every stored version is read once for its story, some time after it was committed.

A version is read where there is no row that says so, and what reading came to is one transaction: whoever is killed in
between leaves a version that is read again (docs/adr/0007).
"""

from __future__ import annotations

import asyncio
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
from tracker.errors import ArchiveError
from tracker.observe import logs
from tracker.stories import CurrentDecisions, StoryIndex, copies, placing, signature
from tracker.stories.clusters import WINDOW
from tracker.stories.decisions import current_decisions, is_ident

from .followed_links import follow
from .runtime import utc_now
from .stale_copies import look

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.archive.thread import ArchiveThread
    from tracker.config import Config
    from tracker.model import Decision, Home, StoryPosting, Tracked, Version
    from tracker.stories.copies import CopyLink
    from tracker.stories.shingles import Signature

    from .runtime import Runtime

REMEMBERED: Final = 1_000
"""Articles of the last two weeks that a text is compared with for its story; 110 kB each."""

TURN_EVERY: Final = timedelta(seconds=10)
TURN_SECONDS: Final = 3.0
"""So much of every turn may go into reading: stories must not keep the service from its visits."""

LOOK_EVERY: Final = timedelta(minutes=5)
AT_ONCE: Final = 25
MOST_VERSIONS: Final = 12
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
    """Reads what is unread; holds the recent articles in memory, made when the first version is to be read.

    *followed* counts the articles put under watch because a story follows its links.
    """

    def __init__(self, archive: ArchiveThread) -> None:
        self._archive = archive
        self._memory: _Memory | None = None
        self._said: list[Decision] = []
        self.followed = 0
        self._looked_at = datetime(1970, 1, 1, tzinfo=UTC)

    async def catch_up(self, config: Config, now: datetime, seconds: float) -> int:
        """Read unread versions for at most *seconds* and return how many were read. Raises ArchiveError."""
        ends = monotonic() + seconds
        count = 0
        while monotonic() < ends:
            unread: list[Version] = await self._archive.run(unread_versions, AT_ONCE)
            if not unread:
                break
            memory = await self._remember(now)
            for version in unread:
                await self._read(memory, config, version, now)
                count += 1
                if monotonic() >= ends:
                    break
        return count

    async def turn(
        self, room: Runtime, leads: Callable[[], bool] = lambda: True, seconds: float = TURN_SECONDS
    ) -> None:
        """Catch up and look for stale copies where this process *leads*; what goes wrong is tried at the next turn."""
        if not leads():
            return
        now = utc_now()
        try:
            count = await self.catch_up(room.config, now, seconds)
            if now - self._looked_at >= LOOK_EVERY:
                self._looked_at = now
                await self._archive.run(look, room.config, now)
        except ArchiveError as error:
            self._memory = None
            _log.error("stories", detail=str(error), hint="they are caught up with at the next turn")
            return
        if count:
            _log.debug("stories", read=count)

    async def _remember(self, now: datetime) -> _Memory:
        said: list[Decision] = await self._archive.run(list_decisions)
        if self._memory is None or said != self._said:
            self._memory = await self._load(now)
            self._memory.decisions = current_decisions(said)
            self._said = said
        self._memory.index.forget_before(now - WINDOW)
        return self._memory

    async def _load(self, now: datetime) -> _Memory:
        memory = _Memory()
        recent: list[Version] = await self._archive.run(recent_versions, now - WINDOW, REMEMBERED)
        for start in range(0, len(recent), AT_ONCE):
            await asyncio.to_thread(self._index, memory, recent[start : start + AT_ONCE])
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
        await self._know(memory, version.article, links)
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
    ) -> tuple[tuple[CopyLink, ...], frozenset[str]]:
        """Return the copies of a version, and which articles among the candidates are other outlets'."""
        others = {}
        elsewhere = set()
        for candidate in copies.candidates(version.article, signed, postings):
            held: list[Version] = await self._archive.run(newest_versions, candidate.article, MOST_VERSIONS)
            others[candidate.article] = [each.content for each in held if not each.removed]
            if held and held[0].source != version.source:
                elsewhere.add(candidate.article)
        links = (
            await asyncio.to_thread(copies.confirm_copies, version.article, version.content, others) if others else ()
        )
        return links, frozenset(elsewhere)

    async def _know(self, memory: _Memory, article: str, links: tuple[CopyLink, ...]) -> None:
        """Learn where older articles are that hold the same text: only recent ones are remembered."""
        strangers = [each for link in links for each in (link.first, link.second) if each not in memory.homes]
        wanted = [article, *strangers] if article not in memory.homes else strangers
        if not wanted:
            return
        for home in await self._archive.run(list_homes, wanted):
            memory.homes[home.article] = home
            tracked: Tracked = await self._archive.run(get_article, home.article)
            memory.stories.setdefault(home.article, tracked.stories or (home.story,))
