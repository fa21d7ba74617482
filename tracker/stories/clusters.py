"""Propose stories: which story a text most likely belongs to, how surely, and why."""

from __future__ import annotations

import heapq
import statistics
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from .decisions import CurrentDecisions
from .similarity import Likeness, Vectors, Vocabulary, closeness, likeness, vectors

if TYPE_CHECKING:
    from .features import Features

MIN_SCORE: Final = 0.08
"""From this score on a text is proposed for a story."""

WINDOW: Final = timedelta(days=14)
"""Texts further apart are never compared. A longer story is held together by the texts in between."""

MAX_NEIGHBOURS: Final = 12
_SCORED_MEMBERS: Final = 3
_MAX_COMPARED_TERMS: Final = 24
_MAX_ARTICLES_A_TERM: Final = 400
_MAX_VOCABULARY_GROWTH: Final = 1.2
_SAMPLE_ARTICLES: Final = 16
_DEFAULT_CLOSENESS: Final = 0.02
_MAX_USUAL_CLOSENESS: Final = 0.06
"""Where one story fills the archive, its likeness to itself must not pass for what is usual."""


@dataclass(frozen=True, slots=True)
class ClusterArticle:
    """An article that may be part of a story. `at` is when it was first seen, or published where that is earlier."""

    article: str
    features: Features
    at: datetime


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An article that may be about the same event."""

    article: str
    found: Likeness


@dataclass(frozen=True, slots=True)
class Proposal:
    """The story that an article most likely belongs to.

    Attributes:
        score: how sure that is, 0 to 1.
        beside: the members of the story that it is most like, nearest first.
    """

    article: str
    story: str
    score: float
    reasons: tuple[str, ...]
    beside: tuple[str, ...]


class StoryIndex:
    """The articles of the last two weeks by their words, names and figures, in memory."""

    def __init__(self) -> None:
        self._entries: dict[str, ClusterArticle] = {}
        self._postings: defaultdict[str, set[str]] = defaultdict(set)
        self._vocabulary = Vocabulary()
        self._vectors: dict[str, tuple[int, Vectors]] = {}
        self._sample: list[str] = []

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, article: object) -> bool:
        return article in self._entries

    def add(self, entry: ClusterArticle) -> None:
        """Add an article, or put its newest version in the place of the one before."""
        self.forget(entry.article)
        self._entries[entry.article] = entry
        self._vocabulary.add(entry.features)
        for term, _ in entry.features.terms():
            self._postings[term].add(entry.article)

    def forget(self, article: str) -> None:
        """Remove an article, if it is there."""
        if (entry := self._entries.pop(article, None)) is None:
            return
        self._vocabulary.remove(entry.features)
        self._vectors.pop(article, None)
        if article in self._sample:
            self._sample.remove(article)
        for term, _ in entry.features.terms():
            self._postings[term].discard(article)
            if not self._postings[term]:
                del self._postings[term]

    def forget_before(self, when: datetime) -> int:
        """Remove the articles from before *when*, and return how many they were."""
        old = [entry.article for entry in self._entries.values() if entry.at < when]
        for article in old:
            self.forget(article)
        return len(old)

    def nearest(self, entry: ClusterArticle, limit: int = MAX_NEIGHBOURS) -> tuple[Neighbour, ...]:
        """Return the articles that are most likely about the same event as *entry*, nearest first."""
        own = vectors(entry.features, self._vocabulary)
        usual = self._usual_closeness(entry.article, own)
        found = []
        for article in self._sharing_rare_terms(entry, limit * 2):
            other = self._entries[article]
            found.append(Neighbour(article, likeness(own, self._vectors_of(article), entry.at - other.at, usual)))
        return tuple(sorted(found, key=lambda each: (-each.found.score, each.article))[:limit])

    def _usual_closeness(self, article: str, own: Vectors) -> float:
        """Return how close an article is to any other: the median over a random few.

        They are picked by a hash of the id, so that every process picks the same.
        """
        if len(self._sample) < _SAMPLE_ARTICLES / 2:
            self._sample = heapq.nsmallest(_SAMPLE_ARTICLES, self._entries, key=lambda each: zlib.crc32(each.encode()))
        if len(self._sample) < _SAMPLE_ARTICLES / 2:
            return _DEFAULT_CLOSENESS
        found = [closeness(own, self._vectors_of(each)) for each in self._sample if each != article]
        return min(_MAX_USUAL_CLOSENESS, statistics.median(found))

    def _sharing_rare_terms(self, entry: ClusterArticle, limit: int) -> list[str]:
        """Return the articles within the window that share the rarest terms with *entry*."""
        weighted = sorted(
            ((weight * self._vocabulary.rarity(term), term) for term, weight in entry.features.terms()), reverse=True
        )
        shared: Counter[str] = Counter()
        used = 0
        for weight, term in weighted:
            articles = self._postings.get(term, ())
            if used == _MAX_COMPARED_TERMS or not weight:
                break
            # A term of very many articles says nothing, and costs most.
            if len(articles) > _MAX_ARTICLES_A_TERM or not articles:
                continue
            used += 1
            for article in articles:
                # This approximates the cosine similarity that is computed for the best ones.
                shared[article] += weight * weight  # type: ignore[assignment]  # Counter takes any number
        near = (each for each in shared if each != entry.article and abs(self._entries[each].at - entry.at) <= WINDOW)
        return sorted(near, key=lambda each: (-shared[each], each))[:limit]

    def _vectors_of(self, article: str) -> Vectors:
        """Return the vectors of an article, made again when the vocabulary has grown by a fifth."""
        count, made = self._vectors.get(article, (0, None))
        growth = _MAX_VOCABULARY_GROWTH
        if made is None or not count / growth <= self._vocabulary.articles <= count * growth:
            made = vectors(self._entries[article].features, self._vocabulary)
            self._vectors[article] = (self._vocabulary.articles, made)
        return made


def propose(
    entry: ClusterArticle,
    index: StoryIndex,
    stories: Mapping[str, Iterable[str]],
    decisions: CurrentDecisions | None = None,
) -> tuple[Proposal, ...]:
    """Return the stories that an article may belong to, most likely first.

    The score of a story is the mean over the three members that the article is most like.

    Args:
        entry: the article.
        index: the articles of the last two weeks.
        stories: the stories of each article; one without any is a story of its own, called by the article's id.
        decisions: what people decided. A story that they ruled out is not proposed.
    """
    decided = decisions or CurrentDecisions()
    members: defaultdict[str, list[Neighbour]] = defaultdict(list)
    for neighbour in index.nearest(entry):
        # An article counts once for a story, even if it is in two that were merged.
        for story in {decided.name(name) for name in stories.get(neighbour.article, ()) or (neighbour.article,)}:
            members[story].append(neighbour)
    proposals = []
    for story, near in members.items():
        best = near[:_SCORED_MEMBERS]
        score = round(sum(each.found.score for each in best) / len(best), 4)
        if score >= MIN_SCORE and decided.allows(entry.article, story):
            beside = tuple(each.article for each in best)
            proposals.append(Proposal(entry.article, story, score, best[0].found.reasons, beside))
    return tuple(sorted(proposals, key=lambda each: (-each.score, each.story)))
