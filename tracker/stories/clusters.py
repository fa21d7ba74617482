"""Same-story proposals: which story a text most likely belongs to, how surely, and why."""

from __future__ import annotations

import heapq
import statistics
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from .decisions import CurrentDecisions
from .similarity import Likeness, Vectors, Vocabulary, closeness, likeness, vectors

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .features import Features

JOIN: Final = 0.08
"""Score from which a text is proposed for a story."""

WINDOW: Final = timedelta(days=14)
"""Texts further apart are never compared; a running story goes on through those in between."""

NEAREST: Final = 12
_SUPPORT: Final = 3
_TELLING_TERMS: Final = 24
_CROWD: Final = 400
_DRIFT: Final = 1.2
_WITNESSES: Final = 16
_UNKNOWN: Final = 0.02
_MOST_USUAL: Final = 0.06
"""Where one story fills the archive, its likeness to itself must not pass for what is usual."""


@dataclass(frozen=True, slots=True)
class ClusterArticle:
    """An article that may be part of a story: what it tells of and when it appeared (first seen or published)."""

    article: str
    features: Features
    at: datetime


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An article that may tell of the same event."""

    article: str
    found: Likeness


@dataclass(frozen=True, slots=True)
class Proposal:
    """The story that *article* most likely belongs to; *beside* are the members that speak for it, nearest first."""

    article: str
    story: str
    score: float
    reasons: tuple[str, ...]
    beside: tuple[str, ...]


class StoryIndex:
    """Articles of the last two weeks by what they tell of, in memory; made anew from their text."""

    def __init__(self) -> None:
        self._entries: dict[str, ClusterArticle] = {}
        self._postings: defaultdict[str, set[str]] = defaultdict(set)
        self._vocabulary = Vocabulary()
        self._vectors: dict[str, tuple[int, Vectors]] = {}
        self._witnesses: list[str] = []

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, article: object) -> bool:
        return article in self._entries

    def add(self, entry: ClusterArticle) -> None:
        """Add an article, or put its newest version in place of the one before."""
        self.forget(entry.article)
        self._entries[entry.article] = entry
        self._vocabulary.add(entry.features)
        for term, _ in entry.features.terms():
            self._postings[term].add(entry.article)

    def forget(self, article: str) -> None:
        """Take *article* out; nothing happens where it is not known."""
        if (entry := self._entries.pop(article, None)) is None:
            return
        self._vocabulary.remove(entry.features)
        self._vectors.pop(article, None)
        if article in self._witnesses:
            self._witnesses.remove(article)
        for term, _ in entry.features.terms():
            self._postings[term].discard(article)
            if not self._postings[term]:
                del self._postings[term]

    def forget_before(self, when: datetime) -> int:
        """Take out what appeared before *when*; return how many articles went."""
        old = [entry.article for entry in self._entries.values() if entry.at < when]
        for article in old:
            self.forget(article)
        return len(old)

    def nearest(self, entry: ClusterArticle, limit: int = NEAREST) -> tuple[Neighbour, ...]:
        """Return the articles that most likely tell of the same event as *entry*, nearest first."""
        mine = vectors(entry.features, self._vocabulary)
        usual = self._usual(entry.article, mine)
        found = []
        for article in self._likely(entry, limit * 2):
            other = self._entries[article]
            found.append(Neighbour(article, likeness(mine, self._vectors_of(article), entry.at - other.at, usual)))
        return tuple(sorted(found, key=lambda each: (-each.found.score, each.article))[:limit])

    def _usual(self, article: str, mine: Vectors) -> float:
        """Return how alike *article* is to any other: the median over a few that chance named."""
        if len(self._witnesses) < _WITNESSES / 2:
            self._witnesses = heapq.nsmallest(_WITNESSES, self._entries, key=_lot)
        if len(self._witnesses) < _WITNESSES / 2:
            return _UNKNOWN
        seen = [closeness(mine, self._vectors_of(each)) for each in self._witnesses if each != article]
        return min(_MOST_USUAL, statistics.median(seen))

    def _likely(self, entry: ClusterArticle, limit: int) -> list[str]:
        """Return the articles within the window that share the rarest terms."""
        weighed = sorted(
            ((weight * self._vocabulary.rarity(term), term) for term, weight in entry.features.terms()), reverse=True
        )
        shared: Counter[str] = Counter()
        used = 0
        for weight, term in weighed:
            holders = self._postings.get(term, ())
            if used == _TELLING_TERMS or not weight:
                break
            if len(holders) > _CROWD or not holders:
                continue
            used += 1
            for article in holders:
                shared[article] += weight * weight  # type: ignore[assignment]  # Counter takes any number
        near = (each for each in shared if each != entry.article and abs(self._entries[each].at - entry.at) <= WINDOW)
        return sorted(near, key=lambda each: (-shared[each], each))[:limit]

    def _vectors_of(self, article: str) -> Vectors:
        """Return the vectors of an article; they are made anew when the vocabulary has grown by a fifth."""
        count, made = self._vectors.get(article, (0, None))
        if made is None or not count / _DRIFT <= self._vocabulary.articles <= count * _DRIFT:
            made = vectors(self._entries[article].features, self._vocabulary)
            self._vectors[article] = (self._vocabulary.articles, made)
        return made


def propose(
    entry: ClusterArticle,
    index: StoryIndex,
    stories: Mapping[str, Iterable[str]],
    standing: CurrentDecisions | None = None,
) -> tuple[Proposal, ...]:
    """Return the stories that *entry* may belong to, likeliest first.

    *stories* gives the stories of each article; an article without any is a story of its own, named after it. What a
    person ruled out is not proposed. The score is the mean of the three members that are nearest.
    """
    ruled = standing or CurrentDecisions()
    support: defaultdict[str, list[Neighbour]] = defaultdict(list)
    for neighbour in index.nearest(entry):
        for story in {ruled.name(name) for name in stories.get(neighbour.article, ()) or (neighbour.article,)}:
            support[story].append(neighbour)
    allowed = {story: near for story, near in support.items() if ruled.allows(entry.article, story)}
    made = [_proposal(entry.article, story, near) for story, near in allowed.items()]
    good = [each for each in made if each.score >= JOIN]
    return tuple(sorted(good, key=lambda each: (-each.score, each.story)))


def cluster(entries: Iterable[ClusterArticle], standing: CurrentDecisions | None = None) -> dict[str, tuple[str, ...]]:
    """Return stories and their articles, each article taken in the order it appeared. A story is named after its first.

    Decisions of a person hold: see `Standing.settle`.
    """
    ruled = standing or CurrentDecisions()
    index = StoryIndex()
    stories: dict[str, tuple[str, ...]] = {}
    for entry in sorted(entries, key=lambda each: (each.at, each.article)):
        index.forget_before(entry.at - WINDOW)
        held = ruled.held_in(entry.article)
        best = propose(entry, index, stories, ruled)[:1]
        stories[entry.article] = held or tuple(each.story for each in best) or (entry.article,)
        index.add(entry)
    return ruled.settle(_by_story(stories))


def _lot(article: str) -> int:
    return zlib.crc32(article.encode())


def _proposal(article: str, story: str, near: list[Neighbour]) -> Proposal:
    best = near[:_SUPPORT]
    score = sum(each.found.score for each in best) / len(best)
    return Proposal(article, story, round(score, 4), best[0].found.reasons, tuple(each.article for each in best))


def _by_story(stories: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    gathered: defaultdict[str, list[str]] = defaultdict(list)
    for article, names in stories.items():
        for name in names:
            gathered[name].append(article)
    return {name: tuple(articles) for name, articles in gathered.items()}
