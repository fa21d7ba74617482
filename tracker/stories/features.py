"""What tells which event a text is about: its words, its names, its figures, each with how often they stand there."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from .words import figures_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracker.model import Article

_TITLE: Final = 3.0
_LEAD: Final = 1.5
_LEAD_BLOCKS: Final = 4
_BODY: Final = 1.0
_MOST_BLOCKS: Final = 40
_SHORT_WORD: Final = 4
_STEM: Final = 6
"""Letters of a word that count: election and elections do not differ."""

_CAPITAL: Final = re.compile(
    r"(?<![.!?…:“”\"„«»‘] )(?<!^)(?<![^\s(“\"‘„«-])"  # within a sentence: any word may open one with a capital
    r"[^\W\d_a-zß-öø-ÿ][^\W\d_]+(?:['’-][^\W\d_]{3,})*"
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_CASED: Final = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-Ž\u0370-\u052f]")

Weights = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Features:
    """The words, names and figures of a text with their weights; a term stands once in each.

    Of a word the first six letters count; *forms* says how it reads in full.
    """

    words: Weights = ()
    names: Weights = ()
    figures: Weights = ()
    forms: tuple[tuple[str, str], ...] = ()

    def terms(self) -> Iterator[tuple[str, float]]:
        """Yield every term with its weight, marked by what it is: w:harbor, n:Strand, #:31,000."""
        for mark, weights in (("w:", self.words), ("n:", self.names), ("#:", self.figures)):
            for term, weight in weights:
                yield mark + term, weight


def features_of(article: Article) -> Features:
    """Return what tells the event of *article*: headline first, then lead, then the rest."""
    words: Counter[str] = Counter()
    names: Counter[str] = Counter()
    figures: Counter[str] = Counter()
    forms: dict[str, str] = {}
    for text, weight in _zones(article):
        for word in _telling(words_of(text)):
            stem = word[:_STEM]
            forms.setdefault(stem, word)
            words[stem] += weight  # type: ignore[assignment]  # Counter takes any number, its stub only int
        for name in _CAPITAL.findall(text):
            names[name] += weight  # type: ignore[assignment]
        for figure in figures_of(text):
            if len(figure) > 1 and not _YEAR.fullmatch(figure):
                figures[figure] += weight  # type: ignore[assignment]
    return Features(_damped(words), _damped(names), _damped(figures), tuple(forms.items()))


def _zones(article: Article) -> Iterator[tuple[str, float]]:
    yield _sentence_case(article.title), _TITLE
    yield article.dek, _LEAD
    for index, block in enumerate(article.editorial[:_MOST_BLOCKS]):
        yield block.text, _LEAD if index < _LEAD_BLOCKS else _BODY


def _sentence_case(title: str) -> str:
    """Return *title*, or nothing that looks like a name where Every Word Is Capitalised."""
    words = title.split()
    capitals = sum(1 for word in words if _CASED.match(word))
    return title.lower() if capitals * 3 > len(words) * 2 else title


def _telling(words: list[str]) -> Iterable[str]:
    """Return the words that say something; letters of scripts without blanks are taken in pairs."""
    for word in words:
        if len(word) >= _SHORT_WORD and not word.isdigit():
            yield word
    for one, other in pairwise(words):
        if len(one) == len(other) == 1 and not one.isascii() and not other.isascii():
            yield one + other


def _damped(counts: Counter[str]) -> Weights:
    return tuple(sorted((term, 1 + math.log(max(1.0, count))) for term, count in counts.items()))
