"""The part of the archive in memory that knows stories."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.fake_outbox import to_milliseconds
from tracker.errors import NotKnown
from tracker.model import Home, StoryBook, StoryPosting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tests.fake_state import State
    from tracker.model import CopyPair, Decision, StoryReading, Version


@dataclass
class Shelf:
    """What is remembered of stories."""

    read: set[tuple[str, int]] = field(default_factory=set)
    homes: dict[str, Home] = field(default_factory=dict)
    least: dict[str, int] = field(default_factory=dict)
    marks: set[tuple[int, str]] = field(default_factory=set)
    pairs: dict[tuple[str, str], CopyPair] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    out: set[tuple[str, str]] = field(default_factory=set)

    def copy(self) -> Shelf:
        held = (self.read.copy(), self.homes.copy(), self.least.copy(), self.marks.copy(), self.pairs.copy())
        return Shelf(*held, self.decisions, self.out.copy())


class FakeStories:
    """Readings, homes, copies, decisions."""

    _now: State

    def story_unread(self, limit: int = 50) -> list[Version]:
        unread = [each for each in self._now.versions if (each.article, each.n) not in self._now.shelf.read]
        return [self._told(each) for each in unread if not each.removed][:limit]

    def story_recent(self, since: datetime, limit: int) -> list[Version]:
        articles = [
            each
            for each in self._now.articles.values()
            if each.id in self._now.shelf.homes and each.first_seen_at >= since and each.versions
        ]
        articles.sort(key=lambda each: each.first_seen_at)
        newest = articles[::-1][:limit]
        return [self._told(self._numbered(each.id, each.versions)) for each in newest]

    def story_postings(self, marks: Sequence[int]) -> list[StoryPosting]:
        shelf = self._now.shelf
        return [StoryPosting(mark, article, shelf.least[article]) for mark, article in shelf.marks if mark in marks]

    def keep_story(self, reading: StoryReading) -> bool:
        self._numbered(reading.article, reading.version)
        shelf = self._now.shelf
        if (reading.article, reading.version) in shelf.read:
            return False
        shelf.read.add((reading.article, reading.version))
        if reading.home is not None or reading.article not in shelf.homes:
            shelf.homes[reading.article] = reading.home or Home(reading.article, reading.article)
        shelf.least[reading.article] = min(shelf.least.get(reading.article, reading.size), reading.size)
        shelf.marks |= {(mark, reading.article) for mark in reading.marks}
        shelf.pairs |= {(pair.first, pair.second): pair for pair in reading.copies}
        for name in reading.joins:
            self._join(reading.article, name)
        return True

    def story_book(self) -> StoryBook:
        shelf = self._now.shelf
        counts = Counter(home.story for home in shelf.homes.values())
        homes = [shelf.homes[ident] for ident in self._now.articles if ident in shelf.homes]
        return StoryBook(
            homes=tuple(home for home in homes if counts[home.story] > 1),
            named=tuple((each.id, name) for each in self._now.articles.values() for name in each.stories),
            decisions=shelf.decisions,
        )

    def story_homes(self, articles: Sequence[str]) -> list[Home]:
        homes = self._now.shelf.homes
        return [homes[ident] for ident in self._now.articles if ident in articles and ident in homes]

    def story_decisions(self) -> list[Decision]:
        return list(self._now.shelf.decisions)

    def story_versions(self, article: str, limit: int) -> list[Version]:
        mine = [each for each in self._now.versions if each.article == article]
        return [self._told(each) for each in mine[::-1][:limit]]

    def story_copies(self, articles: Sequence[str]) -> list[CopyPair]:
        pairs = self._now.shelf.pairs
        return [pairs[key] for key in sorted(pairs) if not set(key).isdisjoint(articles)]

    def decide_story(
        self, said: Decision, joins: Sequence[tuple[str, str]] = (), leaves: Sequence[tuple[str, str]] = ()
    ) -> None:
        for ident, _ in (*joins, *leaves):
            if ident not in self._now.articles:
                raise NotKnown("no such article", resource=ident, hint="writethru log lists what is kept")
        shelf = self._now.shelf
        shelf.decisions += (replace(said, at=to_milliseconds(said.at)),)
        for ident, name in leaves:
            shelf.out.add((ident, name))
            known = self._now.articles[ident]
            self._now.articles[ident] = replace(known, stories=tuple(each for each in known.stories if each != name))
        for ident, name in joins:
            shelf.out.discard((ident, name))
            self._join(ident, name)

    def _join(self, ident: str, name: str) -> None:
        if (ident, name) not in self._now.shelf.out:
            known = self._now.articles[ident]
            self._now.articles[ident] = replace(known, stories=tuple(dict.fromkeys((*known.stories, name))))

    def _numbered(self, article: str, n: int) -> Version:
        for each in self._now.versions:
            if each.article == article and each.n == n:
                return each
        raise NotKnown("no such version", resource=f"{article}@{n}")

    def _told(self, version: Version) -> Version:
        raise NotImplementedError
