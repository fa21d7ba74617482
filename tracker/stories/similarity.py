"""How much two texts tell of one event: names, figures and words, the rare ones above all, near in time."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tracker.render.times import span

if TYPE_CHECKING:
    from .features import Features, Weights

WORDS: Final = 0.5
NAMES: Final = 0.4
FIGURES: Final = 0.1
HALF_LIFE: Final = timedelta(days=3)
"""After this long two texts need to be twice as alike to be one story."""

Vector = dict[str, float]
_SHOWN: Final = 5


class Vocabulary:
    """In how many articles each term stands; what is rare tells more."""

    def __init__(self) -> None:
        self.articles = 0
        self._counts: Counter[str] = Counter()

    def add(self, features: Features) -> None:
        """Count the terms of one more article."""
        self.articles += 1
        self._counts.update([term for term, _ in features.terms()])

    def remove(self, features: Features) -> None:
        """Take the terms of an article out again."""
        self.articles -= 1
        self._counts.subtract([term for term, _ in features.terms()])
        for term, _ in features.terms():
            if self._counts[term] <= 0:
                del self._counts[term]

    def rarity(self, term: str) -> float:
        """Return how much *term* tells: the logarithm of one over the share of articles it stands in."""
        return max(0.0, math.log((self.articles + 1) / (self._counts[term] + 0.5)))


@dataclass(frozen=True, slots=True)
class Vectors:
    """A text as it is compared: unit vectors of its words, names and figures; an empty one where it has none."""

    words: Vector
    names: Vector
    figures: Vector
    forms: dict[str, str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two texts tell of one event, 0 to 1, and what they share."""

    score: float
    names: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    apart: timedelta = timedelta()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return what both share, as a person reads it."""
        said = [
            f"{what}: {', '.join(terms)}"
            for what, terms in (("names", self.names), ("figures", self.figures), ("rare words", self.words))
            if terms
        ]
        return (*said, f"{span(self.apart)} apart")


def vectors(features: Features, vocabulary: Vocabulary) -> Vectors:
    """Return *features* weighed by how rare each term is in *vocabulary*."""
    return Vectors(
        _unit("w:", features.words, vocabulary),
        _unit("n:", features.names, vocabulary),
        _unit("#:", features.figures, vocabulary),
        dict(features.forms),
    )


def likeness(one: Vectors, other: Vectors, apart: timedelta, usual: float = 0.0) -> Likeness:
    """Return how much two texts tell of one event that appeared *apart*.

    *usual* is how alike any two texts of these days are: it counts twice against them.
    """
    decay = 0.5 ** (abs(apart) / HALF_LIFE)
    return Likeness(
        score=max(0.0, closeness(one, other) * decay - 2 * usual),
        names=_shared(one.names, other.names),
        figures=_shared(one.figures, other.figures),
        words=_read(one, other),
        apart=abs(apart),
    )


def closeness(one: Vectors, other: Vectors) -> float:
    """Return how alike two texts are, 0 to 1, whenever they appeared."""
    channels = [
        (weight, _dot(a, b))
        for weight, a, b in (
            (WORDS, one.words, other.words),
            (NAMES, one.names, other.names),
            (FIGURES, one.figures, other.figures),
        )
        if a and b
    ]
    total = sum(weight for weight, _ in channels)
    return min(1.0, sum(weight * product for weight, product in channels) / max(total, WORDS))


def _unit(mark: str, weights: Weights, vocabulary: Vocabulary) -> Vector:
    made = {term: weight * vocabulary.rarity(mark + term) for term, weight in weights}
    length = math.sqrt(sum(value * value for value in made.values()))
    return {term: value / length for term, value in made.items() if value} if length else {}


def _dot(one: Vector, other: Vector) -> float:
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return sum(value * large[term] for term, value in small.items() if term in large)


def _shared(one: Vector, other: Vector) -> tuple[str, ...]:
    common = [(-one[term] * other[term], term) for term in one.keys() & other.keys()]
    return tuple(term for _, term in sorted(common)[:_SHOWN])


def _read(one: Vectors, other: Vectors) -> tuple[str, ...]:
    """Return the words in common as *one* has them, without those that are names."""
    names = {name.casefold() for name in one.names}
    telling = {stem: value for stem, value in one.words.items() if one.forms.get(stem, stem) not in names}
    return tuple(one.forms.get(stem, stem) for stem in _shared(telling, other.words))
