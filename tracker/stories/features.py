"""Extract what tells which event a text is about: its words, names and figures, weighted by how often and where."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from .words import figures_of, words_of

if TYPE_CHECKING:
    from tracker.model.article import Article

_TITLE_WEIGHT: Final = 3.0
_LEAD_WEIGHT: Final = 1.5
_BODY_WEIGHT: Final = 1.0
_LEAD_BLOCKS: Final = 4
MAX_BLOCKS: Final = 40
MIN_WORD_LETTERS: Final = 4
MAX_STEM_LETTERS: Final = 6
"""So many letters of a word count, so that election and elections do not differ."""

_CAPITAL: Final = re.compile(
    r"(?<![.!?…:“”\"„«»‘] )(?<!^)(?<![^\s(“\"‘„«-])"  # within a sentence: at its start any word has a capital
    r"[^\W\d_a-zß-öø-ÿ][^\W\d_]+(?:['’-][^\W\d_]{3,})*"
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_CASED: Final = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-Ž\u0370-\u052f]")

Weights = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Features:
    """The words, names and figures of a text, each once, with their weights.

    Words are cut to six letters; `forms` gives the full word for each stem.
    """

    words: Weights = ()
    names: Weights = ()
    figures: Weights = ()
    forms: tuple[tuple[str, str], ...] = ()

    def terms(self) -> Iterator[tuple[str, float]]:
        """Yield every term with its weight, prefixed by its kind: w:harbor, n:Strand, #:31,000."""
        for mark, weights in (("w:", self.words), ("n:", self.names), ("#:", self.figures)):
            for term, weight in weights:
                yield mark + term, weight


def features_of(article: Article) -> Features:
    """Return the features of *article*. The headline weighs most, then the lead, then the rest."""
    words: Counter[str] = Counter()
    names: Counter[str] = Counter()
    figures: Counter[str] = Counter()
    forms: dict[str, str] = {}
    for text, weight in _weighted_texts(article):
        for word in _terms_of(words_of(text)):
            stem = word[:MAX_STEM_LETTERS]
            forms.setdefault(stem, word)
            words[stem] += weight  # type: ignore[assignment]  # Counter takes any number, its stub only int
        for name in _CAPITAL.findall(text):
            names[name] += weight  # type: ignore[assignment]
        for figure in figures_of(text):
            if len(figure) > 1 and not _YEAR.fullmatch(figure):
                figures[figure] += weight  # type: ignore[assignment]
    return Features(_damped(words), _damped(names), _damped(figures), tuple(forms.items()))


def _weighted_texts(article: Article) -> Iterator[tuple[str, float]]:
    # Where Every Word of a headline Is Capitalised, none of them looks like a name.
    words = article.title.split()
    capitals = sum(1 for word in words if _CASED.match(word))
    yield article.title.lower() if capitals * 3 > len(words) * 2 else article.title, _TITLE_WEIGHT
    yield article.dek, _LEAD_WEIGHT
    for index, block in enumerate(article.editorial[:MAX_BLOCKS]):
        yield block.text, _LEAD_WEIGHT if index < _LEAD_BLOCKS else _BODY_WEIGHT


def _terms_of(words: list[str]) -> Iterator[str]:
    """Yield the words that are long enough to say something; letters of scripts without spaces in pairs."""
    for word in words:
        if len(word) >= MIN_WORD_LETTERS and not word.isdigit():
            yield word
    for one, other in pairwise(words):
        if len(one) == len(other) == 1 and not one.isascii() and not other.isascii():
            yield one + other


def _damped(counts: Counter[str]) -> Weights:
    """Return one plus the logarithm of each count: the tenth mention says little more than the ninth."""
    return tuple(sorted((term, 1 + math.log(max(1.0, count))) for term, count in counts.items()))
