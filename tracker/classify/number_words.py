"""Read the numbers that a text spells out, and the units, currencies and scales next to any number.

Numbers are twenty-five, zweiundzwanzig, deux mille trois cents, the third, two thirds. text2num reads the words; the
tables [numbers] of `data/<language>.toml` have those that it does not know. The names and symbols of units in seven
languages are from the CLDR. They are in `data/quantities.json`, which `.ci/quantities.py` writes; it is read with the
first number.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import orjson
from text_to_num import find_numbers

from .lexicon import DATA, PerLanguage, Phrases, entries, expressions, groups, text, word_set

MAX_KNOWN_WORDS: Final = 1 << 15
"""The kinds of this many words are cached."""
MAX_BEFORE_CHARACTERS: Final = 16
"""An article or a half is looked for within this many characters before a word."""
_MAX_JOINT_WORDS: Final = 1  # five hundred `and` six
_JOINTS: Final = frozenset({" ", "-", "\u00a0", "\u202f", "‑"})


class NumberWords(NamedTuple):
    """A number in words.

    Attributes:
        start: where it begins.
        end: where it ends.
        key: the value to compare: "25", "3." of an ordinal, "2/3" of a part, "2×" of how often, "hundreds".
        value: the number; 0 of an amount without one.
        weak: "ordinal", "one", "part", "times" or "" (see `dates.Span`).
        measure: "part", "times" or "".
    """

    start: int
    end: int
    key: str
    value: float
    weak: str = ""
    measure: str = ""


_PARTS: Final = PerLanguage(lambda lang: groups(lang, "numbers", "parts"))
_DOZEN: Final = PerLanguage(lambda lang: text(lang, "numbers", "dozen"))
_AMOUNTS: Final = PerLanguage(lambda lang: Phrases([*entries(lang, "numbers", "loose"), *_PARTS[lang], _DOZEN[lang]]))
_OFTEN: Final = PerLanguage(lambda lang: groups(lang, "numbers", "often"))
_MULTIPLES: Final = PerLanguage(lambda lang: groups(lang, "numbers", "multiples"))
_FOLD: Final = PerLanguage(lambda lang: text(lang, "numbers", "fold"))
_WITH_A_HALF: Final = expressions("numbers", r"(\w{2,}?){half_ending}")
_ONE_AND_A_HALF: Final = PerLanguage(lambda lang: word_set(lang, "numbers", "one_and_a_half"))
_NO_NUMBERS: Final = PerLanguage(lambda lang: word_set(lang, "numbers", "no_numbers"))
_PRONOUN_BEFORE: Final = PerLanguage(lambda lang: word_set(lang, "numbers", "pronoun_before"))
_ARTICLE: Final = expressions("numbers", r"(?<!\w){article}\Z")
_WHOLE: Final = expressions("numbers", "{whole}")
_ONE_BEFORE: Final = expressions("numbers", r"(?<!\w){one_before}\Z")
_HALF_BEFORE: Final = expressions("numbers", r"(?<!\w){half_before}\Z")
_HALF_AFTER: Final = expressions("numbers", "{half_after}")


class _Token:
    """One word with the methods that text2num requires."""

    __slots__ = ("_apart", "_taken", "_word")

    def __init__(self, word: str, *, apart: bool, taken: bool) -> None:
        self._word, self._apart, self._taken = word, apart, taken

    def text(self) -> str:
        return self._word

    def nt_separated(self, _previous: _Token) -> bool:
        return self._apart

    def not_a_number_part(self) -> bool:
        return self._taken


class _WordKinds(dict[str, int]):
    """The kind of each word of a language: a numeral, or a compound of a number and more; 0 if it is neither."""

    NUMERAL, COMPOUND = 1, 2

    def __init__(self, lang: str) -> None:
        super().__init__()
        self._lang = lang

    def __missing__(self, word: str) -> int:
        if len(self) >= MAX_KNOWN_WORDS:
            self.clear()
        alone = [_Token(word, apart=False, taken=False)]
        kind = self.NUMERAL if not word.isdigit() and find_numbers(alone, self._lang, 0.0) else 0
        self[word] = kind = kind + self.COMPOUND * (_compound_value(word, self._lang)[0] > 0)
        return kind


_KINDS: Final = PerLanguage(_WordKinds)


def read(low: str, words: Sequence[tuple[str, int]], lang: str, taken: Sequence[tuple[int, int]]) -> list[NumberWords]:
    """Return the numbers that `words` spell out, in order.

    `words` are those of `low`, a text in lower case, as `lexicon.words_of` gives them. `taken` are the start and end of
    dates and figures, in order: words in them are not read.
    """
    kinds = _KINDS[lang]
    known = [(k, kind) for k, (word, _) in enumerate(words) if (kind := kinds[word])]
    numbers = [_with_half(low, n, lang) for n in _numbers(low, words, known, lang, taken)] if known else []
    found = _amounts(low, words, lang, taken, numbers)
    for k in [k for k, kind in known if kind > 1 and not inside(words[k][1], taken)]:
        # One word may have a number with "times" or with a half: twice, tenfold, zweieinhalb.
        word, start = words[k]
        value, measure = _compound_value(word, lang)
        weak = "times" if measure and (value < 2 or word in _MULTIPLES[lang]) else ""
        key = written(value) + ("×" if measure else "")
        found.append(NumberWords(start, start + len(word), key, value, weak, measure))
    if not found:
        return numbers
    covered = sorted((n.start, n.end) for n in found)
    return sorted([*found, *(n for n in numbers if not inside(n.start, covered))])


def last(low: str, words: Sequence[tuple[str, int]], end: int, lang: str) -> NumberWords | None:
    """Return the number that `words` end with, right before `end`; None if they end with another word."""
    kinds = [(k, _KINDS[lang][word]) for k, (word, _) in enumerate(words)]
    numbers = list(_numbers(low, words, kinds, lang, ())) if kinds and kinds[-1][1] else []
    return numbers[-1] if numbers and not low[numbers[-1].end : end].strip() else None


def inside(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Return whether `at` lies in one of `spans`, which are in order and do not overlap."""
    k = bisect_right(spans, at, key=lambda span: span[0]) - 1
    return k >= 0 and at < spans[k][1]


def written(value: float) -> str:
    """Return a value in the form that is compared: 12, 2500000, 0.5."""
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}"


def half_after(low: str, end: int, lang: str) -> int:
    """Return the end of an "and a half" that starts at `end`; 0 if there is none."""
    found = _HALF_AFTER[lang].match(low, end)
    return found.end() if found else 0


def one_or_half_before(low: str, end: int, lang: str) -> tuple[int, float] | None:
    """Return the start of an "an" or "half an" that ends at `end`, and 1 or 0.5; None if there is none."""
    start = max(0, end - MAX_BEFORE_CHARACTERS)
    half = _HALF_BEFORE[lang].search(low, start, end)
    if half:
        return half.start(), 0.5
    one = _ONE_BEFORE[lang].search(low, start, end)
    return (one.start(), 1) if one else None


def _numbers(
    low: str,
    words: Sequence[tuple[str, int]],
    kinds: Sequence[tuple[int, int]],
    lang: str,
    taken: Sequence[tuple[int, int]],
) -> Iterator[NumberWords]:
    # Few words are numerals: text2num only gets those, and the words between two close ones.
    numerals = [k for k, kind in kinds if kind & _WordKinds.NUMERAL]
    k = 0
    while k < len(numerals):
        run_start = numerals[k]
        while k + 1 < len(numerals) and numerals[k + 1] - numerals[k] <= _MAX_JOINT_WORDS + 1:
            k += 1
        # The next word may be part of the number without being a numeral by itself: due milioni.
        run = words[run_start : numerals[k] + 2]
        k += 1
        tokens: list[_Token] = []
        end = run[0][1]
        for word, at in run:
            tokens.append(_Token(word, apart=low[end:at] not in _JOINTS, taken=word.isdigit() or inside(at, taken)))
            end = at + len(word)
        for number in find_numbers(tokens, lang, 0.0):
            first = run_start + number.start
            (word, start), (last_word, at) = run[number.start], run[number.end - 1]
            if inside(start, taken) or (start == at and word in _NO_NUMBERS[lang]):
                continue
            weak = "ordinal" if number.is_ordinal else ""
            if number.value == 1 and not weak:
                # In other languages "one" is also the article; "no one" is a pronoun.
                if lang != "en" or (first and words[first - 1][0] in _PRONOUN_BEFORE[lang]):
                    continue
                weak = "one"
            key = f"{number.value:.0f}." if weak == "ordinal" else written(number.value)
            yield NumberWords(start, at + len(last_word), key, number.value, weak)


def _with_half(low: str, number: NumberWords, lang: str) -> NumberWords:
    """Return a number with the half before or after it: half a million, two and a half."""
    if number.weak == "ordinal":
        return number
    end = half_after(low, number.end, lang)
    if end:
        return NumberWords(number.start, end, written(number.value + 0.5), number.value + 0.5)
    half = _HALF_BEFORE[lang].search(low, max(0, number.start - MAX_BEFORE_CHARACTERS), number.start)
    if half is None or number.weak:
        return number
    return NumberWords(half.start(), number.end, written(number.value / 2), number.value / 2)


def _amounts(
    low: str,
    words: Sequence[tuple[str, int]],
    lang: str,
    taken: Sequence[tuple[int, int]],
    numbers: Sequence[NumberWords],
) -> list[NumberWords]:
    """Return the amounts without a number ("hundreds"), the dozens, and the parts of a whole ("two thirds")."""
    places = _AMOUNTS[lang].find(low, words)
    if not places:
        return []
    # "Two million" is a number, "millions" an amount.
    inner = [(n.start + 1, n.end) for n in numbers if not n.weak]
    starts = {n.start for n in numbers if n.weak != "ordinal"}  # half a million
    ordinals = {n.end for n in numbers if n.weak == "ordinal"}
    cardinals = {n.end: n for n in numbers if n.weak != "ordinal"}
    found = []
    for start, end in places:
        phrase = low[start:end]
        if inside(start, taken) or inside(start, inner) or (phrase in _PARTS[lang] and start in starts):
            continue
        before = cardinals.get(start - 1)
        begins = before.start if before else start
        if phrase in _PARTS[lang]:
            found += _part(low, (start, end), before, is_ordinal=end in ordinals, lang=lang)
        elif phrase == _DOZEN[lang]:
            dozens = before.value if before else 1
            found.append(_with_half(low, NumberWords(begins, end, written(12 * dozens), 12 * dozens), lang))
        else:
            found.append(NumberWords(start, end, phrase, 0))
    return found


def _part(
    low: str, place: tuple[int, int], number: NumberWords | None, *, is_ordinal: bool, lang: str
) -> list[NumberWords]:
    """Return a part of a whole in a list; an empty list for an ordinal ("the third quarter", "a third jab")."""
    start, end = place
    part = _PARTS[lang][low[start:end]]
    if low[end : end + 1] == "-":  # a quarter-final
        return []
    if number is not None:
        return [NumberWords(number.start, end, f"{number.value:.0f}/{part}", number.value / part, "", "part")]
    has_article = _ARTICLE[lang].search(low, max(0, start - MAX_BEFORE_CHARACTERS), start) is not None
    if has_article and not (is_ordinal and not _WHOLE[lang].match(low, end)):
        return [NumberWords(start, end, f"1/{part}", 1 / part, "", "part")]
    return [NumberWords(start, end, "1/2", 0.5, "part", "part")] if part == 2 else []


def _compound_value(word: str, lang: str) -> tuple[float, str]:
    """Return the value of a word like "twice" or "zweieinhalb" and its measure, "times" or ""; 0 for another word."""
    often = _OFTEN[lang].get(word) or _MULTIPLES[lang].get(word)
    if often:
        return often, "times"
    if word in _ONE_AND_A_HALF[lang]:
        return 1.5, ""
    folded = word.removesuffix(_FOLD[lang]) if _FOLD[lang] else word
    halved = _WITH_A_HALF[lang].fullmatch(word)
    for number, measure, more in (
        (folded if folded != word else "", "times", 0),
        (halved[1] if halved else "", "", 0.5),
    ):
        found = list(_numbers(number, [(number, 0)], [(0, _WordKinds.NUMERAL)], lang, ())) if number else []
        if found and found[0].weak != "ordinal":
            return found[0].value + more, measure
    return 0, ""


_GAP: Final = " \u00a0\u202f-"
# The next words after a number, or a sign. Longer names of units are read up to `_MAX_UNIT_WORDS` words.
_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['./][^\W\d_]+)*[²³]?|[%‰°$€£¥₹₩₪₫₱₽₺₦₴₸][^\W\d_]?")
_MAX_UNIT_WORDS: Final = 4
# A currency is written before the number as a sign, a sign with letters (US$, R$) or a code (CHF).
_BEFORE: Final = re.compile(
    r"(?:(?<![^\W\d_])[A-Z]{1,3})?[$€£¥₹₩₪₫₱₽₺₦₴₸](?:[A-Z]{2})?\s?$|(?<![^\W_])[A-Z]{3}[ \u00a0\u202f]?$"
)
MAX_CURRENCY_CHARACTERS: Final = 6

ROLE_OF: Final = PerLanguage(
    lambda lang: {
        word: role for role in ("killed", "injured", "missing", "people") for word in entries(lang, "numbers", role)
    }
)
"""The role of a number by the words near it: "killed" for dead, deaths, fatalities …"""
ROLE_WORDS: Final = PerLanguage(lambda lang: Phrases(ROLE_OF[lang]))


class Unit(NamedTuple):
    """The unit of a number.

    Attributes:
        code: the unit in the form that is compared: "kilometer", "usd", "percent"; "" for none.
        kind: the measured quantity: "length", "money", "percent", "duration" …
        end: where its words end.
    """

    code: str
    kind: str
    end: int


class QuantityNames(NamedTuple):
    """The words of one language next to numbers.

    Attributes:
        units: the code and the measured quantity of each unit.
        scales: the factor of each scale: million, bn, Mrd.
        spans: the words for spans of time, from minutes to centuries, each with whether it is a plural.
    """

    units: dict[str, tuple[str, str]]
    scales: dict[str, float]
    spans: dict[str, bool]


@lru_cache(maxsize=16)
def quantity_names(lang: str) -> QuantityNames:
    """Return the names of units, scales and spans of time in a language."""
    listed: dict[str, Any] = orjson.loads((DATA / "quantities.json").read_bytes())[lang]
    units = {name: (code, kind) for code, (kind, known) in listed["units"].items() for name in known.split("|")}
    scales = {name: float(10**zeros) for name, zeros in listed["scales"].items()}
    spans = {name: k > 0 for known in listed["spans"] for k, name in enumerate(known.split("|"))}
    return QuantityNames(units, scales, spans)


def unit_after(text: str, low: str, end: int, lang: str) -> Unit:
    """Return the unit of a number that ends at `end`; an empty unit if none follows."""
    names = quantity_names(lang).units
    at = stop = end + (end < len(low) and (low[end] in _GAP or low[end] == "'"))
    best = Unit("", "", end)
    for _ in range(_MAX_UNIT_WORDS):
        token = _TOKEN.match(low, stop)
        if token is None:
            break
        stop = token.end()
        unit = names.get(text[at:stop].replace("μ", "µ")) or names.get(low[at:stop].replace("μ", "µ"))
        if unit is not None and not low[stop : stop + 1].isalnum() and not (stop - at == 1 and low[at - 1] == "-"):
            best = Unit(*unit, stop)
        elif token.start() == at and not token[0][0].isalpha() and (unit := names.get(token[0][0])) is not None:
            best = Unit(*unit, at + 1)  # 20°south
        if low[stop : stop + 1] not in _GAP or stop + 1 >= len(low):
            break
        stop += 1
    return best


def currency_before(text: str, start: int, lang: str) -> tuple[str, int]:
    """Return the currency written before a number that begins at `start`, and where it begins; "" without one."""
    found = _BEFORE.search(text, max(0, start - MAX_CURRENCY_CHARACTERS), start)
    if found is None:
        return "", start
    names = quantity_names(lang).units
    sign = found[0].strip()
    code, kind = names.get(sign) or names.get(sign.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) or ("", "")
    return (code, found.start()) if kind == "money" else ("", start)
