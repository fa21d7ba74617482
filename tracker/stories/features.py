"""Extract what tells which event a text is about: its words, names and dates, and how rare a word is in the news."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from tracker.model.article import Article

from .words import UNSPACED, folded

RARE: Final = math.exp(-8.0)
"""The share of a word that is not in the table: it appears in one of 3,000 articles."""

_FILE: Final = Path(__file__).with_name("background.txt")


@cache
def background() -> dict[str, float]:
    """Return the share of articles, 0 to 1, that stems appear in, read from `background.txt` at first use.

    The file has minus the logarithm of the share before the stems of a line.
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
"""Only this many letters of a word count, so that election and elections do not differ."""

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
    """The words, names and dates of a text, each once, with how often it appears there; headline and lead count more.

    Words are cut to stems, names are in lower case; `forms` gives the word as it is shown. Dates are keyed by their
    kind: y2008, m12 (a month), d12-16 (a day), w3 (Wednesday).
    """

    words: Counts = field(default_factory=dict)
    names: Counts = field(default_factory=dict)
    dates: Counts = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)


def features_of(article: Article, outlet: str = "") -> Features:
    """Return the features of `article`: of its headline, its dek and its first forty blocks.

    Where it names its `outlet` ("told the Harbor Ledger"), that says nothing about the event, and is left out.
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
    # Where Every Word of a headline Is Capitalised, none of them is surely a name.
    capitals = sum(1 for token in title if token[0].isupper())
    shouted = capitals * 3 > len(title) * 2
    for tokens, weight in ((title, TITLE_WEIGHT), (body[:LEAD_TOKENS], LEAD_WEIGHT), (body[LEAD_TOKENS:], 1)):
        _count_words(tokens, weight, words, forms)
        dates.update(_dates_of(tokens))
        for name, sure in _capitalised(tokens):
            found = names if sure and not (shouted and tokens is title) else maybe
            key = name.casefold()
            found[key] = found.get(key, 0.0) + weight
            forms["N:" + key] = name
    # A capital at the start of a sentence makes a name of what is one elsewhere, or of what no list of words has.
    common = background()
    for key, weight_found in maybe.items():
        if key in names or key[:STEM_LETTERS] not in common:
            names[key] = names.get(key, 0.0) + weight_found
    return Features(words, names, dict(dates), forms)


def _count_words(tokens: Sequence[str], weight: int, words: dict[str, float], forms: dict[str, str]) -> None:
    for token, count in Counter(tokens).items():
        if len(token) > 1:
            stem, word = _stem(token)
            words[stem] = words.get(stem, 0) + weight * count
            if stem not in forms:
                forms[stem] = word
    # Scripts without spaces are compared by pairs of letters.
    if _HAS_UNSPACED.search("".join(tokens[:LEAD_TOKENS])):
        for one, other in pairwise(tokens):
            if len(one) == len(other) == 1 and not one.isascii() and not other.isascii():
                words[one + other] = words.get(one + other, 0) + weight
                forms[one + other] = one + other


@lru_cache(maxsize=50_000)
def _stem(token: str) -> tuple[str, str]:
    """Return the stem of a word, and the word without case."""
    word = folded(token)
    return word[:STEM_LETTERS], word


def _capitalised(tokens: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield each word with a capital that is not a date, and whether it is within a sentence."""
    capitals = {token for token in set(tokens) if token[0].isupper()}
    for at in [at for at, token in enumerate(tokens) if token in capitals]:
        token = tokens[at]
        if len(token) >= MIN_NAME_LETTERS and token not in _DATE_WORDS:
            yield token, at > 0 and tokens[at - 1] not in _MARKS


def _dates_of(tokens: Sequence[str]) -> Iterator[str]:
    if _DATE_TOKENS.isdisjoint(tokens):
        return
    for at in [at for at, token in enumerate(tokens) if token in _DATE_TOKENS]:
        token = tokens[at]
        if month := _MONTH_OF.get(token):
            yield f"m{month}"
            if day := _day_beside(tokens, at):
                yield f"d{month}-{day}"
        elif weekday := _WEEKDAY_OF.get(token):
            yield f"w{weekday}"
        else:
            yield "y" + token


def _day_beside(tokens: Sequence[str], at: int) -> int | None:
    """Return the day of the month that comes before or after the month: Dec. 16, 16th of December, 16. Dezember."""
    for step in (-1, 1):
        near = at + step
        if 0 <= near < len(tokens) and tokens[near] in _BETWEEN_DAY_AND_MONTH:
            near += step
        if 0 <= near < len(tokens) and (found := _DAY.fullmatch(tokens[near])):
            return int(found[1])
    return None
