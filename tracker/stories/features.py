"""Extract the words, names and dates that identify the event of a text, weighted by how rare they are in the news.

The product of the vectors of two texts is their likeness. `benchmarks/story_model.py` fits and prints the weights.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from operator import itemgetter, mul
from pathlib import Path
from sys import intern
from typing import Final

from tracker.model.article import Article

# Japanese, Chinese and Thai write without spaces: each letter counts as a word.
UNSPACED: Final = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
_TYPOGRAPHIC_MARKS: Final = "‘’“”„–—•"
_FIGURE: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+(?=[^\sa-zß-öø-ÿ])|(?<=[。！？])[」』”]*\s*")
_DATELINE: Final = re.compile(
    r"""^(?:[^\W\d_][^()\n–—]{0,60}?)?      # a place, a date
        \((?:[^()\n]{2,40})\)\s*[-–—:]+\s+  # (AP) —
      | ^[^\W\d_][\w.'’/ -]{1,40}(?:,\s[\w.'’ ]{1,30}){0,3}\s[–—]\s+(?=[A-ZÀ-ÖØ-Þ“"‘„«])  # LONDON, March 3 —""",
    re.VERBOSE,
)
_DATELINE_BLOCKS: Final = 3
"""A dateline is only looked for in this many blocks at the start."""
Text = tuple[str, ...]
"""The words of an article in order."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence; `key` has its words, so sentences with the same key are equal but for case and marks."""

    key: str
    text: str

    @property
    def weight(self) -> int:
        """The number of its words."""
        return self.key.count(" ") + 1


def words_of(text: str) -> list[str]:
    """Return the words of `text` in order, without case and marks; in scripts without spaces, its letters."""
    plain = folded(text)
    for mark in _TYPOGRAPHIC_MARKS:
        plain = plain.replace(mark, " ")
    return _WORD.findall(plain)


def folded(text: str) -> str:
    """Return `text` without case; full-width letters and ligatures become plain ones (NFKC)."""
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold()


def figures_of(text: str) -> list[str]:
    """Return the figures of `text` as they are written: 12, 3,456, 1.5."""
    return _FIGURE.findall(text)


def text_of(article: Article) -> Text:
    """Return the words of the editorial blocks, by which copies are found and confirmed."""
    return tuple(words_of("\n".join(block.text for block in article.editorial)))


def without_dateline(text: str) -> str:
    """Return a paragraph without the place, date and agency before it, which differ between outlets."""
    return text[match.end() :] if (match := _DATELINE.match(text)) else text


# Each version is compared with many.
@lru_cache(maxsize=512)
def sentences_of(article: Article) -> tuple[Sentence, ...]:
    """Return the sentences of the editorial blocks, without the dateline."""
    made: list[Sentence] = []
    for index, block in enumerate(article.editorial):
        text = without_dateline(block.text) if index < _DATELINE_BLOCKS else block.text
        made += [
            Sentence(key, piece.strip()) for piece in _SENTENCE_END.split(text) if (key := " ".join(words_of(piece)))
        ]
    return tuple(made)


RARE: Final = math.exp(-8.0)
"""The assumed share of articles with a word that is not in the table: one in 3,000."""
_FILE: Final = Path(__file__).with_name("background.txt")


@cache
def background() -> dict[str, float]:
    """Return the share of articles, 0 to 1, that each stem appears in; `background.txt` is read at the first use.

    Each line of the file has the negative logarithm of a share, and the stems with this share.
    """
    shares: dict[str, float] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        level, _, stems = line.partition("\t")
        if stems:
            shares |= dict.fromkeys(stems.split(), math.exp(-float(level)))
    return shares


TITLE_WEIGHT: Final = 3
LEAD_WEIGHT: Final = 2
LEAD_TOKENS: Final = 60
MAX_BLOCKS: Final = 40
STEM_LETTERS: Final = 6
"""Only this many letters of a word count, so that "election" and "elections" are the same."""
MIN_NAME_LETTERS: Final = 3
_MARKS: Final = frozenset('.!?:…“”"„«»‘`\n')
_TOKEN: Final = re.compile(rf"\d+(?:[.,]\d+)+|[{UNSPACED}]|[^\W_{UNSPACED}]+|[.!?:…“”\"„«»‘`\n]")
_HAS_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_DAY: Final = re.compile(r"(0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er)?")
_BETWEEN_DAY_AND_MONTH: Final = frozenset((".", "de", "of"))
_MONTHS: Final = (
    "January Jan Januar Jänner janvier enero ene",
    "February Feb Februar février févr febrero",
    "March Mar März mars marzo",
    "April Apr avril abril abr",
    "May Mai mai mayo",
    "June Jun Juni juin junio",
    "July Jul Juli juillet juil julio",
    "August Aug août agosto",
    "September Sep Sept septembre septiembre",
    "October Oct Oktober Okt octobre octubre",
    "November Nov novembre noviembre",
    "December Dec Dezember Dez décembre déc diciembre dic",
)
_WEEKDAYS: Final = (
    "Monday Mon Montag lundi lunes",
    "Tuesday Tue Tues Dienstag mardi martes",
    "Wednesday Wed Mittwoch mercredi miércoles",
    "Thursday Thu Thurs Donnerstag jeudi jueves",
    "Friday Fri Freitag vendredi viernes",
    "Saturday Sat Samstag Sonnabend samedi sábado",
    "Sunday Sun Sonntag dimanche domingo",
)
_MONTH_OF: Final = {word: n for n, words in enumerate(_MONTHS, start=1) for word in words.split()}
_WEEKDAY_OF: Final = {word: n for n, words in enumerate(_WEEKDAYS, start=1) for word in words.split()}
_DATE_WORDS: Final = _MONTH_OF.keys() | _WEEKDAY_OF.keys()
_YEARS: Final = frozenset(str(year) for year in range(1900, 2100))
_DATE_TOKENS: Final = _DATE_WORDS | _YEARS
Counts = dict[str, float]


@dataclass(frozen=True, slots=True)
class Features:
    """The words, names and dates of a text with their counts; the headline and the lead count more.

    Words are cut to stems, names are in lower case; `forms` has the word as it is shown. Dates have keys by their kind:
    y2008, m12 (a month), d12-16 (a day), w3 (Wednesday).
    """

    words: Counts = field(default_factory=dict)
    names: Counts = field(default_factory=dict)
    dates: Counts = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)


def features_of(article: Article, outlet: str = "") -> Features:
    """Return the features of the headline, the dek and the first forty blocks of `article`.

    The name of its `outlet` ("told the Harbor Ledger") is left out, because it is not part of the event.
    """
    texts = [article.dek, *(block.text for block in article.editorial[:MAX_BLOCKS])]
    whole = "\n".join(text for text in texts if text)
    if outlet:
        whole = re.sub(rf"(?<!\w){re.escape(outlet)}(?!\w)", " ", whole)
    title, body = _TOKEN.findall(article.title), _TOKEN.findall(whole)
    words: dict[str, float] = {}
    forms: dict[str, str] = {}
    names: dict[str, float] = {}
    maybe: dict[str, float] = {}
    dates: Counter[str] = Counter()
    # If Every Word of a Headline Is Capitalised, none of them is surely a name.
    capitals = sum(1 for token in title if token[0].isupper())
    shouted = capitals * 3 > len(title) * 2
    for tokens, weight in ((title, TITLE_WEIGHT), (body[:LEAD_TOKENS], LEAD_WEIGHT), (body[LEAD_TOKENS:], 1)):
        _count_words(tokens, weight, words, forms)
        dates.update(_dates_of(tokens))
        capitalised = {token for token in set(tokens) if token[0].isupper()}
        for at in [at for at, token in enumerate(tokens) if token in capitalised]:
            name = tokens[at]
            if len(name) < MIN_NAME_LETTERS or name in _DATE_WORDS:
                continue
            within = at > 0 and tokens[at - 1] not in _MARKS
            found = names if within and not (shouted and tokens is title) else maybe
            key = name.casefold()
            found[key] = found.get(key, 0.0) + weight
            forms["N:" + key] = name
    # A word with a capital at the start of a sentence is a name if it is one elsewhere, or is not in the background.
    common = background()
    for key, weight_found in maybe.items():
        if key in names or key[:STEM_LETTERS] not in common:
            names[key] = names.get(key, 0.0) + weight_found
    return Features(words, names, dict(dates), forms)


def _count_words(tokens: Sequence[str], weight: int, words: dict[str, float], forms: dict[str, str]) -> None:
    for token, count in Counter(tokens).items():
        if len(token) > 1:
            word = folded(token)
            stem = word[:STEM_LETTERS]
            words[stem] = words.get(stem, 0) + weight * count
            forms.setdefault(stem, word)
    # Scripts without spaces are compared by pairs of letters.
    if _HAS_UNSPACED.search("".join(tokens[:LEAD_TOKENS])):
        for one, other in pairwise(tokens):
            if len(one) == len(other) == 1 and not one.isascii() and not other.isascii():
                words[one + other] = words.get(one + other, 0) + weight
                forms[one + other] = one + other


def _dates_of(tokens: Sequence[str]) -> Iterator[str]:
    if _DATE_TOKENS.isdisjoint(tokens):
        return
    for at in [at for at, token in enumerate(tokens) if token in _DATE_TOKENS]:
        token = tokens[at]
        if month := _MONTH_OF.get(token):
            yield f"m{month}"
            # The day is before or after the month: Dec. 16, 16th of December, 16. Dezember.
            for step in (-1, 1):
                near = at + step
                if 0 <= near < len(tokens) and tokens[near] in _BETWEEN_DAY_AND_MONTH:
                    near += step
                if 0 <= near < len(tokens) and (day := _DAY.fullmatch(tokens[near])):
                    yield f"d{month}-{int(day[1])}"
                    break
        elif weekday := _WEEKDAY_OF.get(token):
            yield f"w{weekday}"
        else:
            yield "y" + token


@dataclass(frozen=True, slots=True)
class StoryModel:
    """The weights of the log odds that two texts are about one event: `intercept` plus weighted cosines.

    Attributes:
        intercept: the log odds of two texts that share nothing.
        words: the weight of the cosine of their words.
        names: the same for names.
        dates: the same for the dates that the texts mention.
        join: texts and groups join if the mean log odds between them, less deductions for size and time, are higher.
        size: the deduction for each unit of the logarithm of the smaller group's size. A single text may differ from
            its story, but two groups of many texts that are hardly similar are two stories.
        time: the deduction for each unit of the logarithm of one plus the days between two groups.
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
"""The background counts as much as this many articles of the archive, so an outlet's names become common slowly."""
_NAME_SHARE: Final = 0.1
"""A common word is a name in a tenth of its articles."""
_DATE_SHARE: Final = {"y": 0.15, "m": 0.15, "d": 0.01, "w": 0.5}
MAX_WORDS: Final = 96
MAX_NAMES: Final = 48
MAX_DATES: Final = 24
"""The most terms of a text that are compared, by weight; the others hardly change the products."""
_NAME_MARK: Final = "N:"
_DATE_MARK: Final = "D:"
_FLOORS: Final = {"": 0.0, _NAME_MARK: 8.0, _DATE_MARK: 3.0}
"""Added, squared, to the squared length of a part, so that a single name or weekday in common proves little."""
_MIN_WIDESPREAD_ARTICLES: Final = 4
_MIN_WIDESPREAD_SHARE: Final = 0.2
_WIDESPREAD_TO_USUAL: Final = 3.0
Vector = dict[str, float]


class Vocabulary:
    """The number of articles with each term, in addition to the background, so that rare terms weigh more.

    A `local` term, such as the town of a local paper or its mayor, is in texts on all events and weighs nothing.
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
        """Remove the terms of an article from the counts."""
        self._articles -= 1
        for term in terms:
            self._counts[term] -= 1
            if not self._counts[term]:
                del self._counts[term]

    def widespread(self) -> list[str]:
        """Return the names and dates that are in a large part of the articles, far more than by the background."""
        least = max(_MIN_WIDESPREAD_ARTICLES, _MIN_WIDESPREAD_SHARE * self._articles)
        return [
            term
            for term, count in self._counts.items()
            if count >= least
            and term[:2] in {_NAME_MARK, _DATE_MARK}
            and count >= _WIDESPREAD_TO_USUAL * self._articles * _usual_share(term[:2])(term[2:], RARE)
        ]

    def weigh(self, mark: str, counts: Counts) -> Vector:
        """Return the terms of one part of a text with their weights: the square root of the count times the rarity.

        The rarity is the negative logarithm of the share of articles with the term. `mark` is the kind of the part ("",
        "N:" or "D:") and comes before each term; `counts` has the terms of the part, as in `Features`.
        """
        total = self._articles + BACKGROUND_ARTICLES
        known, log, sqrt = self._counts.get, math.log, math.sqrt
        usual = _usual_share(mark)
        return {
            (term := mark + key): sqrt(count) * log(total / (known(term, 0) + BACKGROUND_ARTICLES * usual(key, RARE)))
            for key, count in counts.items()
        }


def _usual_share(mark: str) -> Callable[[str, float], float]:
    """Return a function for the share of articles with a word, name or date, by the background alone."""
    usual = background().get
    if mark == _DATE_MARK:
        return lambda key, _: _DATE_SHARE[key[0]]
    if mark == _NAME_MARK:
        return lambda key, rare: max(rare, _NAME_SHARE * usual(key[:STEM_LETTERS], rare))
    return usual


def vector_of(features: Features, vocabulary: Vocabulary, model: StoryModel) -> Vector:
    """Return the terms of a text with their weights, the heaviest first.

    The product of two such vectors is the weighted sum of the cosines of their words, names and dates; a part with few
    terms counts less. Local terms have the weight 0.
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
    """Return the sum of the products of the weights of common terms; the order of the terms makes no difference."""
    common = one.keys() & other.keys()
    return math.fsum(map(mul, map(one.__getitem__, common), map(other.__getitem__, common)))
