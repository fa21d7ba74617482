"""Weigh the features of a text by how rare they are, as a vector; two vectors' product says how alike the texts are.

`benchmarks/story_model.py` fits and prints the weights.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter, mul
from sys import intern
from typing import Final

from .features import RARE, STEM_LETTERS, Counts, Features, background


@dataclass(frozen=True, slots=True)
class StoryModel:
    """How likely two texts are about one event, as logarithmic odds: `intercept` plus weighted cosines.

    Attributes:
        intercept: the odds of two texts that share nothing.
        words: the weight of the cosine of their words.
        names: the same for names.
        dates: the same for the dates that the texts mention.
        join: texts and groups join if the mean odds between them, less what size and time count, are higher.
        size: what the logarithm of the size of the smaller group counts against joining. One text may be unlike its
            story; two stories of many texts each that are hardly alike are two stories.
        time: what the logarithm of one plus the days between two groups counts against it.
    """

    intercept: float
    words: float
    names: float
    dates: float
    join: float
    size: float = 0.9
    time: float = 0.3


MODEL: Final = StoryModel(intercept=-5.6, words=8.89, names=7.75, dates=7.59, join=-1.5)


BACKGROUND_ARTICLES: Final = 5_000
"""The background counts as much as this many articles of the archive, so an outlet's own names become common slowly."""

_NAME_SHARE: Final = 0.1
"""A common word is a name in a tenth of its articles."""

_DATE_SHARE: Final = {"y": 0.15, "m": 0.15, "d": 0.01, "w": 0.5}
MAX_WORDS: Final = 96
MAX_NAMES: Final = 48
MAX_DATES: Final = 24
"""The terms of a text that weigh most; the rest change the products little, and cost as much."""

_NAME_MARK: Final = "N:"
_DATE_MARK: Final = "D:"

_FLOORS: Final = {"": 0.0, _NAME_MARK: 8.0, _DATE_MARK: 3.0}
"""Added to the length of a part, squared: where a text has one name, or a weekday only, that alone proves little."""

_MIN_WIDESPREAD_ARTICLES: Final = 4
_MIN_WIDESPREAD_SHARE: Final = 0.2
_WIDESPREAD_TO_USUAL: Final = 3.0

Vector = dict[str, float]


class Vocabulary:
    """Counts in how many articles each term is, in addition to the background: a rare one says more.

    A `local` term, such as the town of a local paper or its mayor, appears in texts on all events and says nothing.
    """

    def __init__(self) -> None:
        self.local: frozenset[str] = frozenset()
        self._articles = 0
        self._counts: Counter[str] = Counter()

    def add(self, terms: Iterable[str]) -> None:
        """Count the terms of one more article."""
        self._articles += 1
        self._counts.update(list(terms))

    def remove(self, terms: Iterable[str]) -> None:
        """Take back the terms of an article."""
        self._articles -= 1
        for term in terms:
            self._counts[term] -= 1
            if not self._counts[term]:
                del self._counts[term]

    def widespread(self) -> list[str]:
        """Return the names and dates in a large part of the articles here, and far more often than elsewhere."""
        least = max(_MIN_WIDESPREAD_ARTICLES, _MIN_WIDESPREAD_SHARE * self._articles)
        return [
            term
            for term, count in self._counts.items()
            if count >= least
            and term[:2] in {_NAME_MARK, _DATE_MARK}
            and count >= _WIDESPREAD_TO_USUAL * self._articles * _usual_share(term[:2])(term[2:], RARE)
        ]

    def weigh(self, mark: str, counts: Counts) -> Vector:
        """Return the terms of a text with the root of their count times their rarity.

        The rarity is the negative logarithm of the share of articles that have the term.
        """
        total = self._articles + BACKGROUND_ARTICLES
        known, log, sqrt = self._counts.get, math.log, math.sqrt
        usual = _usual_share(mark)
        return {
            (term := mark + key): sqrt(count) * log(total / (known(term, 0) + BACKGROUND_ARTICLES * usual(key, RARE)))
            for key, count in counts.items()
        }


def _usual_share(mark: str) -> Callable[[str, float], float]:
    """Return a function for the share of articles that have a word, name or date, by the background alone."""
    usual = background().get
    if mark == _DATE_MARK:
        return lambda key, _: _DATE_SHARE[key[0]]
    if mark == _NAME_MARK:
        return lambda key, rare: max(rare, _NAME_SHARE * usual(key[:STEM_LETTERS], rare))
    return usual


def vector_of(features: Features, vocabulary: Vocabulary, model: StoryModel) -> Vector:
    """Return the terms of a text with their weights, the heaviest first.

    The product of two such vectors is the sum of the cosines of their words, names and dates, weighted by `model`;
    those of parts with few terms are less. Local terms stay in it with the weight 0.
    """
    made: Vector = {}
    for mark, counts, weight, most in (
        ("", features.words, model.words, MAX_WORDS),
        (_NAME_MARK, features.names, model.names, MAX_NAMES),
        (_DATE_MARK, features.dates, model.dates, MAX_DATES),
    ):
        values = vocabulary.weigh(mark, counts)
        terms = sorted(values, key=values.__getitem__, reverse=True)[:most]
        length = math.sqrt(sum([values[term] ** 2 for term in terms]) + _FLOORS[mark] ** 2)
        if length:
            scale = math.sqrt(weight) / length
            made |= {intern(term): values[term] * scale for term in terms if values[term] > 0}
    made |= dict.fromkeys(vocabulary.local & made.keys(), 0.0)
    return dict(sorted(made.items(), key=itemgetter(1), reverse=True))


def product(one: Vector, other: Vector) -> float:
    """Return the sum of the products of the weights of the terms in common, the same in any order of the terms."""
    common = one.keys() & other.keys()
    return math.fsum(map(mul, map(one.__getitem__, common), map(other.__getitem__, common)))
