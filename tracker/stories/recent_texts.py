"""Keep the vectors of recent articles, and find those that a text is most like."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nlargest
from itertools import islice
from typing import TYPE_CHECKING, Final

from .vectors import Vector, Vocabulary, product, vector_of

if TYPE_CHECKING:
    from tracker.model.story import Home

    from .cluster_article import ClusterArticle
    from .story_model import StoryModel

WINDOW: Final = timedelta(days=14)
"""Texts further apart are never compared. A longer story is held together by the texts in between."""

_WINDOW_DAYS: Final = WINDOW / timedelta(days=1)
_POSTED_TERMS: Final = 64
_COMPARED_TERMS: Final = 32
_MAX_ARTICLES_A_TERM: Final = 300
_NEWEST_ARTICLES_A_TERM: Final = 40
"""Of the articles of a term, the newest are compared: a story that has more is found through any of them."""

_MAX_CANDIDATES: Final = 16


@dataclass(slots=True)
class RecentText:
    """An article in memory.

    Attributes:
        at: its time; `day` is the same in days, None where the outlet does not give it.
        vector: its terms with their weights, the heaviest first; a copy has that of the text it is a copy of.
        forms: how the terms are written, where that is not the term itself.
        posted: the terms through which it is found; none for a copy, which is found through its text.
        home: where it is.
        held: whether people put it there.
        origin: the article under which the vector is kept: the text of a copy, else the article itself.
        products: how alike the vector and those of other origins are, as far as that was calculated.
    """

    at: datetime
    day: float | None
    vector: Vector
    forms: dict[str, str]
    posted: tuple[str, ...]
    home: Home
    held: bool
    origin: str
    products: dict[str, float]


class RecentTexts:
    """Articles in memory by their ids, with an index of their terms."""

    def __init__(self, model: StoryModel) -> None:
        self._model = model
        self._texts: dict[str, RecentText] = {}
        self._copies: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._postings: defaultdict[str, dict[str, float]] = defaultdict(dict)
        self._vocabulary = Vocabulary()

    def __len__(self) -> int:
        return len(self._texts)

    def __contains__(self, article: object) -> bool:
        return article in self._texts

    def __getitem__(self, article: str) -> RecentText:
        return self._texts[article]

    def __iter__(self) -> Iterator[str]:
        """The ids, the article that came in first before the others."""
        return iter(self._texts)

    def add(self, entry: ClusterArticle, home: Home, *, held: bool) -> None:
        """Enter an article that is not there."""
        article, forms = entry.article, entry.features.forms
        vector = vector_of(entry.features, self._vocabulary, self._model)
        self._vocabulary.add(vector)
        shown = {term: forms[term] for term in vector if forms.get(term, term) != term}
        day = _day(entry.at) if entry.dated else None
        text = RecentText(entry.at, day, vector, shown, (), home, held, article, {})
        self._texts[article] = text
        self._post(article, text)

    def add_copy(self, article: str, of: str, at: datetime, home: Home, *, dated: bool) -> None:
        """Enter an article that is not there and holds the text of another, which is."""
        text = self._texts[of]
        self._copies[text.origin][article] = None
        day = _day(at) if dated else None
        self._texts[article] = RecentText(
            at, day, text.vector, text.forms, (), home, held=False, origin=text.origin, products=text.products
        )

    def remove(self, article: str) -> None:
        """Remove an article that is there. The oldest of its copies stands for its text from then on."""
        text = self._texts.pop(article)
        if text.origin != article:
            del self._copies[text.origin][article]
            return
        for term in text.posted:
            del self._postings[term][article]
            if not self._postings[term]:
                del self._postings[term]
        copies = self._copies.pop(article, {})
        heir = next(iter(copies), None)
        for other in list(text.products):
            products = text.products if other == article else self._texts[other].products
            value = products.pop(article)
            if heir is not None:
                products[heir] = value
        if heir is None:
            self._vocabulary.remove(text.vector)
            return
        for copy in copies:
            self._texts[copy].origin = heir
        del copies[heir]
        self._copies[heir] = copies
        self._post(heir, self._texts[heir])

    def _post(self, article: str, text: RecentText) -> None:
        text.posted = tuple(islice(text.vector, _POSTED_TERMS))
        for term in text.posted:
            self._postings[term][article] = text.vector[term]

    def product(self, one: str, other: str) -> float:
        """Return how alike two texts are."""
        first, second = self._texts[one], self._texts[other]
        if (found := first.products.get(second.origin)) is None:
            found = product(first.vector, second.vector)
            first.products[second.origin] = second.products[first.origin] = found
        return found

    def nearest(self, article: str) -> list[str]:
        """Return the articles within the window that are most like this one, by the rarest terms they share."""
        text = self._texts[article]
        shared: defaultdict[str, float] = defaultdict(float)
        for term in text.posted[:_COMPARED_TERMS]:
            articles = self._postings[term]
            # A term of very many articles says nothing, and costs most.
            if len(articles) <= _MAX_ARTICLES_A_TERM:
                weight = text.vector[term]
                for other, value in islice(reversed(articles.items()), _NEWEST_ARTICLES_A_TERM):
                    shared[other] += weight * value
        shared.pop(article, None)
        best = nlargest(_MAX_CANDIDATES, zip(shared.values(), shared, strict=True))
        return [each for _, each in best if _days_apart(text, self._texts[each]) <= _WINDOW_DAYS]


def _day(at: datetime) -> float:
    return at.timestamp() / 86_400


def _days_apart(one: RecentText, other: RecentText) -> float:
    return 0.0 if one.day is None or other.day is None else math.fabs(one.day - other.day)
