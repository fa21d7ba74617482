"""Measure how likely two texts are about one event: by shared names, figures and words, rare ones most, and by time."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tracker.render.times import span

if TYPE_CHECKING:
    from .features import Features, Weights

WORDS_WEIGHT: Final = 0.5
NAMES_WEIGHT: Final = 0.4
FIGURES_WEIGHT: Final = 0.1
HALF_LIFE: Final = timedelta(days=3)
"""Two texts that are this far apart must be twice as alike to be one story."""

MAX_REASON_TERMS: Final = 5

Vector = dict[str, float]


class Vocabulary:
    """Counts in how many articles each term is: a rare one says more."""

    def __init__(self) -> None:
        self.articles = 0
        self._counts: Counter[str] = Counter()

    def add(self, features: Features) -> None:
        """Count the terms of one more article."""
        self.articles += 1
        self._counts.update([term for term, _ in features.terms()])

    def remove(self, features: Features) -> None:
        """Take back the terms of an article."""
        self.articles -= 1
        self._counts.subtract([term for term, _ in features.terms()])
        for term, _ in features.terms():
            if self._counts[term] <= 0:
                del self._counts[term]

    def rarity(self, term: str) -> float:
        """Return the inverse document frequency of *term*: log(1 / share of articles that have it)."""
        return max(0.0, math.log((self.articles + 1) / (self._counts[term] + 0.5)))


@dataclass(frozen=True, slots=True)
class Vectors:
    """A text as it is compared: unit vectors of its words, names and figures, empty where it has none.

    `forms` gives the full word for each stem.
    """

    words: Vector
    names: Vector
    figures: Vector
    forms: dict[str, str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely two texts are about one event, 0 to 1, what they share, and how far apart they appeared."""

    score: float
    names: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    apart: timedelta = timedelta()

    @property
    def reasons(self) -> tuple[str, ...]:
        """What both share, in words."""
        shared = [
            f"{what}: {', '.join(terms)}"
            for what, terms in (("names", self.names), ("figures", self.figures), ("rare words", self.words))
            if terms
        ]
        return (*shared, f"{span(self.apart)} apart")


def vectors(features: Features, vocabulary: Vocabulary) -> Vectors:
    """Return *features* with each term weighted by how rare it is in *vocabulary*."""
    return Vectors(
        _unit("w:", features.words, vocabulary),
        _unit("n:", features.names, vocabulary),
        _unit("#:", features.figures, vocabulary),
        dict(features.forms),
    )


def likeness(one: Vectors, other: Vectors, apart: timedelta, usual: float = 0.0) -> Likeness:
    """Return how likely two texts are about one event.

    Args:
        one: the one text.
        other: the other text.
        apart: the time between them.
        usual: how close any two texts of these days are. It counts twice against them.
    """
    decay = 0.5 ** (abs(apart) / HALF_LIFE)
    return Likeness(
        score=max(0.0, closeness(one, other) * decay - 2 * usual),
        names=_most_shared(one.names, other.names),
        figures=_most_shared(one.figures, other.figures),
        words=_shared_words(one, other),
        apart=abs(apart),
    )


def closeness(one: Vectors, other: Vectors) -> float:
    """Return how alike two texts are, 0 to 1, whatever their times: a weighted mean of cosine similarities.

    What one of them has none of (names, figures) is left out of the mean.
    """
    products = [
        (weight, _dot(a, b))
        for weight, a, b in (
            (WORDS_WEIGHT, one.words, other.words),
            (NAMES_WEIGHT, one.names, other.names),
            (FIGURES_WEIGHT, one.figures, other.figures),
        )
        if a and b
    ]
    total = sum(weight for weight, _ in products)
    return min(1.0, sum(weight * product for weight, product in products) / max(total, WORDS_WEIGHT))


def _unit(mark: str, weights: Weights, vocabulary: Vocabulary) -> Vector:
    made = {term: weight * vocabulary.rarity(mark + term) for term, weight in weights}
    length = math.sqrt(sum(value * value for value in made.values()))
    return {term: value / length for term, value in made.items() if value} if length else {}


def _dot(one: Vector, other: Vector) -> float:
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return sum(value * large[term] for term, value in small.items() if term in large)


def _most_shared(one: Vector, other: Vector) -> tuple[str, ...]:
    common = [(-one[term] * other[term], term) for term in one.keys() & other.keys()]
    return tuple(term for _, term in sorted(common)[:MAX_REASON_TERMS])


def _shared_words(one: Vectors, other: Vectors) -> tuple[str, ...]:
    """Return the words in common in their full form, without those that are names."""
    names = {name.casefold() for name in one.names}
    other_words = {stem: value for stem, value in one.words.items() if one.forms.get(stem, stem) not in names}
    return tuple(one.forms.get(stem, stem) for stem in _most_shared(other_words, other.words))
