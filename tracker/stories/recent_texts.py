"""Keep the texts of recent articles as vectors, and find the most similar ones."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import nlargest
from itertools import combinations, islice
from statistics import fmean
from typing import Final

from tracker.model.story import Home

from .features import STEM_LETTERS, Features, StoryModel, Vector, Vocabulary, product, vector_of

WINDOW: Final = timedelta(days=14)
"""Texts that are further apart are never compared. A longer story is connected by the texts in between."""
_WINDOW_DAYS: Final = WINDOW / timedelta(days=1)
_POSTED_TERMS: Final = 32
_COMPARED_TERMS: Final = 16
"""A text is looked up by this many of its rarest terms, among the rarest of others; twice as many found the same."""
_NEWEST_TEXTS_A_TERM: Final = 40
"""Only the newest texts with a term are compared; a story with more of them is found through any one."""
_MAX_CANDIDATES: Final = 16
_MIN_COMMON: Final = 1.25
"""Texts whose rarest terms have a smaller product are not compared: none of them came near the threshold."""
_MIN_TEXTS: Final = 5
"""Local terms are looked for from this many texts on, and again each time a quarter more have arrived."""
_MAX_SAMPLED_TEXTS: Final = 8
_MAX_LOCAL_LIKENESS: Final = 0.8
"""Texts on one event of ECB+ have a mean likeness of 1.2 and more without the names most of them share, others 0.5."""


@dataclass(frozen=True, slots=True)
class ClusterArticle:
    """An article that may be part of a story.

    Attributes:
        at: when it was first seen, or published where that is earlier.
        dated: whether the outlet gives the time of publication. Otherwise the article may be far older than our first
            check, and the time between it and others is unknown.
        copy_of: an article in memory with the same text; the features of a copy are not needed.
    """

    article: str
    features: Features
    at: datetime
    dated: bool = True
    copy_of: str = ""


@dataclass(slots=True, eq=False)
class DistinctText:
    """A text in memory, once for all articles that have it.

    Attributes:
        vector: its terms with their weights, the heaviest first.
        forms: the terms as they are shown, if that differs from the term.
        articles: the articles that have it, in the order of their arrival.
        products: the likeness to other texts, as far as it was calculated.
    """

    vector: Vector
    forms: dict[str, str]
    articles: dict[str, None] = field(default_factory=dict)
    products: dict[DistinctText, float] = field(default_factory=dict)

    def product(self, other: DistinctText) -> float:
        """Return the likeness of two texts."""
        if (found := self.products.get(other)) is None:
            found = self.products[other] = other.products[self] = product(self.vector, other.vector)
        return found


@dataclass(slots=True)
class RecentArticle:
    """An article in memory.

    Attributes:
        at: its time; `day` is the same in days, None if the outlet does not give the time.
        text: its text; a copy has that of the article that it is a copy of.
        home: the story that it is in.
        held: whether people put it there.
    """

    at: datetime
    day: float | None
    text: DistinctText
    home: Home
    held: bool


class RecentArticles:
    """Articles in memory by their IDs, with an index of the terms of their texts."""

    def __init__(self, model: StoryModel) -> None:
        self._model = model
        self._articles: dict[str, RecentArticle] = {}
        self._postings: defaultdict[str, dict[DistinctText, float]] = defaultdict(dict)
        self._vocabulary = Vocabulary()
        self._texts = 0
        self._next_look = _MIN_TEXTS

    def __len__(self) -> int:
        return len(self._articles)

    def __contains__(self, article: object) -> bool:
        return article in self._articles

    def __getitem__(self, article: str) -> RecentArticle:
        return self._articles[article]

    def __iter__(self) -> Iterator[str]:
        """The IDs, in the order in which the articles were entered."""
        return iter(self._articles)

    def add(self, entry: ClusterArticle, home: Home, *, held: bool) -> None:
        """Enter an article that is not there."""
        if entry.copy_of:
            text = self._articles[entry.copy_of].text
        else:
            # A new text is indexed by its rarest terms.
            forms = entry.features.forms
            vector = vector_of(entry.features, self._vocabulary, self._model)
            self._vocabulary.add(vector)
            self._texts += 1
            text = DistinctText(vector, {term: forms[term] for term in vector if forms.get(term, term) != term})
            for term in islice(vector, _POSTED_TERMS):
                self._postings[term][text] = vector[term]
        text.articles[entry.article] = None
        day = entry.at.timestamp() / 86_400 if entry.dated else None
        self._articles[entry.article] = RecentArticle(entry.at, day, text, home, held)

    def take_local_terms(self) -> frozenset[str]:
        """Look for local terms if enough texts have arrived; return the new ones, whose weight is 0 from now on."""
        if self._texts < self._next_look:
            return frozenset()
        self._next_look = self._texts + max(1, len(self._articles) // 4)
        vocabulary = self._vocabulary
        widespread = _with_stems(vocabulary.widespread())
        known = vocabulary.local & widespread
        terms = []
        for term in (each for each in widespread - known if each[1:2] == ":"):
            texts = list(self._postings.get(term, ()))
            sampled = texts[:: math.ceil(len(texts) / _MAX_SAMPLED_TEXTS)] if texts else []
            # A person in many texts on one event is no local term: such texts are similar without the name, too.
            bare = [{key: value for key, value in text.vector.items() if key not in widespread} for text in sampled]
            likenesses = [product(one, other) for one, other in combinations(bare, 2)]
            if likenesses and fmean(likenesses) < _MAX_LOCAL_LIKENESS:
                terms.append(term)
        found = _with_stems(terms)
        vocabulary.local = known | found
        for text in {each.text for each in self._articles.values()} if found else ():
            text.vector.update(dict.fromkeys(found & text.vector.keys(), 0.0))
            text.products.clear()
        return found

    def remove(self, article: str) -> None:
        """Remove an article that is there, and its text if no other article has it."""
        text = self._articles.pop(article).text
        del text.articles[article]
        if text.articles:
            return
        for term in islice(text.vector, _POSTED_TERMS):
            del self._postings[term][text]
            if not self._postings[term]:
                del self._postings[term]
        text.products.pop(text, None)
        for other in text.products:
            del other.products[text]
        self._vocabulary.remove(text.vector)

    def nearest(self, article: str) -> list[str]:
        """Return the articles within the window whose texts are most similar, by the rarest terms that they share."""
        own = self._articles[article]
        shared: defaultdict[DistinctText, float] = defaultdict(float)
        for term, weight in islice(own.text.vector.items(), _COMPARED_TERMS):
            for other, value in islice(reversed(self._postings.get(term, {}).items()), _NEWEST_TEXTS_A_TERM):
                shared[other] += weight * value
        shared.pop(own.text, None)
        near = [text for text, value in shared.items() if value > _MIN_COMMON]
        best = nlargest(_MAX_CANDIDATES, near, key=shared.__getitem__)
        found = [(each, self._articles[each].day) for text in best for each in text.articles]
        # An article without a day may be near.
        return [each for each, day in found if day is None or own.day is None or abs(own.day - day) <= _WINDOW_DAYS]


def _with_stems(terms: Iterable[str]) -> frozenset[str]:
    """Return terms and, for each name, the stem of the same word."""
    found = frozenset(terms)
    return found | {term[2 : 2 + STEM_LETTERS] for term in found if term.startswith("N:")}
