"""Read the numbers that a text spells out: twenty-five, zweiundzwanzig, deux mille trois cents, the third, two thirds.

text2num reads the words; it is imported when the first text is read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from . import lexicon

_JOINTS = frozenset({" ", "-", "\u00a0", "\u202f", "‑"})
_BEFORE_PERCENT = frozenset("pour per por".split())
_HUNDREDS = frozenset("cent cento ciento".split())
# "No one", "this one", "one of them", "one by one": a pronoun.
_BEFORE_PRONOUN = frozenset("no this that the which each every any some another only just".split())
_AFTER_PRONOUN = frozenset("of by another who that which is was has will would can could should day".split())


MAX_KNOWN_WORDS: Final = 1 << 15
"""How many words are remembered, as numerals or not."""
_MAX_JOINT_WORDS = 1  # five hundred `and` six


# Amounts, parts of a whole and how often: each word with which of them it is, in one look-up a text.
_AMOUNTS = lexicon.Phrases.by_language(
    {lang: f"{listed}|{'|'.join(lexicon.PARTS[lang])}" for lang, listed in lexicon.LOOSE_NUMBERS.items()}
)
_ARTICLE = re.compile(r"(?<!\w)(?:an?|eine?[mrns]?|une?|una|um|uma|een)[ -]$")
_PERIOD_OF_PLAY = re.compile(r"[ -](?:hour|time|stunde|zeit|final)")
# "A third is on the run": another one, where these begin a sentence.
_ANOTHER_ONE = re.compile(r"\s*(?:a third|un terzo|een derde) (?:is|was|has|had|è|era|ha|aveva|heeft)\b")
# "Two and a half"; German and Dutch write one word: "zweieinhalb", "anderhalf".
_AND_A_HALF = " and a half"
_ONE_AND_A_HALF = frozenset("anderthalb eineinhalb anderhalf anderhalve".split())
_WITH_A_HALF = {"de": re.compile(r"(\w{2,})einhalb"), "nl": re.compile(r"(\w{2,}?)[eë]n(?:een)?hal(?:f|ve)")}
_DOZEN = frozenset("dozen dutzend douzaine docena dozzina dúzia dozijn".split())

MAX_LEADING_CHARACTERS = 8
"""Characters before which the first word of a sentence after its article begins."""


class NumberWords(NamedTuple):
    """A number in words.

    Attributes:
        start: where it begins.
        end: where it ends.
        key: what is compared: "25", "3." of an ordinal, "2/3" of a part, "2×" of how often, "hundreds".
        value: the number; 0 of an amount without one.
        weak: "ordinal", "one", "part", "times" or "" (see `Span.weak`).
        measure: "part", "times" or "".
    """

    start: int
    end: int
    key: str
    value: float
    weak: str = ""
    measure: str = ""


class _Token:
    """One word as text2num asks for it."""

    __slots__ = ("_apart", "_taken", "_word")

    def __init__(self, word: str, *, apart: bool, taken: bool) -> None:
        self._word, self._apart, self._taken = word, apart, taken

    def text(self) -> str:
        return self._word

    def nt_separated(self, _previous: _Token) -> bool:
        return self._apart

    def not_a_number_part(self) -> bool:
        return self._taken


def read(low: str, words: Sequence[tuple[str, int]], lang: str, taken: Sequence[tuple[int, int]]) -> list[NumberWords]:
    """Return the numbers that `words` spell out, in order.

    Args:
        low: the text in lower case.
        words: its words, as `lexicon.words_of` gives them.
        lang: one of `lexicon.LANGUAGES`.
        taken: the start and end of dates and figures, in order: words in them are not read.
    """
    numbers = list(_numbers(low, words, lang, taken))
    if lang == "en" and _AND_A_HALF in low:
        numbers = [_and_a_half(n) if low.startswith(_AND_A_HALF, n.end) else n for n in numbers]
    found = _amounts(low, words, lang, taken, numbers) + _times(words, lang, taken) + _mixed(words, lang, taken)
    if not found:
        return numbers
    covered = sorted((n.start, n.end) for n in found)
    return sorted([*found, *(n for n in numbers if not inside(n.start, covered))])


def last(low: str, words: Sequence[tuple[str, int]], end: int, lang: str) -> NumberWords | None:
    """Return the number that `words` end with, right before `end`; None if they end with another word."""
    numbers = list(_numbers(low, words, lang, ())) if words and _is_numeral(words[-1][0], lang) else []
    return numbers[-1] if numbers and not low[numbers[-1].end : end].strip() else None


def inside(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Return whether `at` lies in one of `spans`, which are in order and do not overlap."""
    k = bisect_right(spans, at, key=lambda span: span[0]) - 1
    return k >= 0 and at < spans[k][1]


def _numbers(
    low: str, words: Sequence[tuple[str, int]], lang: str, taken: Sequence[tuple[int, int]]
) -> Iterator[NumberWords]:
    # Few words are numerals: text2num is given those, and what is between two that are close.
    numerals = [k for k, (word, _) in enumerate(words) if _is_numeral(word, lang)]
    k = 0
    while k < len(numerals):
        first = k
        while k + 1 < len(numerals) and numerals[k + 1] - numerals[k] <= _MAX_JOINT_WORDS + 1:
            k += 1
        # The word after the last may go with it without being one on its own: due milioni.
        yield from _read_run(low, words, range(numerals[first], min(len(words), numerals[k] + 2)), lang, taken)
        k += 1


def _read_run(
    low: str, words: Sequence[tuple[str, int]], run: range, lang: str, taken: Sequence[tuple[int, int]]
) -> Iterator[NumberWords]:
    from text_to_num import find_numbers

    tokens: list[_Token] = []
    end = words[run.start][1]
    for k in run:
        word, at = words[k]
        tokens.append(_Token(word, apart=low[end:at] not in _JOINTS, taken=word.isdigit() or inside(at, taken)))
        end = at + len(word)
    for number in find_numbers(tokens, lang, 0.0):
        first, last = run.start + number.start, run.start + number.end - 1
        word, start = words[first]
        # "Pour cent" is a percentage, not the number a hundred.
        is_percent = word in _HUNDREDS and first > 0 and words[first - 1][0] in _BEFORE_PERCENT
        if inside(start, taken) or (first == last and (word in lexicon.NO_NUMBERS or is_percent)):
            continue
        weak = "ordinal" if number.is_ordinal else ""
        if number.value == 1 and not weak:
            # In other languages one is the article, too.
            if lang != "en" or _is_pronoun(words, first, low):
                continue
            weak = "one"
        key = f"{number.value:.0f}." if weak == "ordinal" else written(number.value)
        yield NumberWords(start, words[last][1] + len(words[last][0]), key, number.value, weak)


@lru_cache(maxsize=MAX_KNOWN_WORDS)
def _is_numeral(word: str, lang: str) -> bool:
    from text_to_num import find_numbers

    return not word.isdigit() and bool(find_numbers([_Token(word, apart=False, taken=False)], lang, 0.0))


def _amounts(
    low: str,
    words: Sequence[tuple[str, int]],
    lang: str,
    taken: Sequence[tuple[int, int]],
    numbers: Sequence[NumberWords],
) -> list[NumberWords]:
    """Return the amounts without a number ("dozens", "half a million") and the parts of a whole ("two thirds")."""
    places = _AMOUNTS[lang].find(low, words)
    if not places:
        return []
    # "Two million" is a number, "millions" an amount.
    inner = [(n.start + 1, n.end) for n in numbers if not n.weak]
    cardinals = {n.end: n for n in numbers if n.weak != "ordinal"}
    found = []
    for start, end in places:
        if inside(start, taken) or inside(start, inner):
            continue
        phrase = low[start:end]
        part = lexicon.PARTS[lang].get(phrase)
        before = cardinals.get(start - 1)
        if part:
            found += _part(low, (start, end), part, before)
        elif phrase in _DOZEN:
            dozens = before.value if before else 1
            found.append(NumberWords(before.start if before else start, end, written(12 * dozens), 12 * dozens))
        else:
            found.append(NumberWords(start, end, lexicon.EXACT_NUMBERS.get(phrase, phrase), 0))
    return found


def _part(low: str, place: tuple[int, int], part: int, number: NumberWords | None) -> list[NumberWords]:
    """Return a part of a whole; an ordinal ("the third quarter") is none."""
    start, end = place
    if number is not None:
        return [NumberWords(number.start, end, f"{number.value:.0f}/{part}", number.value / part, "", "part")]
    is_another_one = _ANOTHER_ONE.match(low) is not None and start < MAX_LEADING_CHARACTERS
    if _ARTICLE.search(low, max(0, start - 8), start) and not _PERIOD_OF_PLAY.match(low, end) and not is_another_one:
        return [NumberWords(start, end, f"1/{part}", 1 / part, "", "part")]
    return [NumberWords(start, end, "1/2", 0.5, "part", "part")] if part == 2 else []


def _times(words: Sequence[tuple[str, int]], lang: str, taken: Sequence[tuple[int, int]]) -> list[NumberWords]:
    found = []
    often, ending = lexicon.TIMES[lang], lexicon.FOLDS.get(lang, "\n")
    for word, start in [(word, start) for word, start in words if word in often or word.endswith(ending)]:
        value = _how_often(word, lang)
        if value and not inside(start, taken):
            weak = "times" if value < 2 or word in lexicon.MULTIPLES else ""
            found.append(NumberWords(start, start + len(word), f"{written(value)}×", value, weak, "times"))
    return found


def _mixed(words: Sequence[tuple[str, int]], lang: str, taken: Sequence[tuple[int, int]]) -> list[NumberWords]:
    """Return the numbers that are one word with their half: "zweieinhalb", "anderhalf"."""
    if lang not in _WITH_A_HALF:
        return []
    read = [(start, start + len(word), _value_with_half(word, lang)) for word, start in words if "hal" in word]
    return [
        NumberWords(start, end, written(value), value)
        for start, end, value in read
        if value and not inside(start, taken)
    ]


@lru_cache(maxsize=MAX_KNOWN_WORDS)
def _value_with_half(word: str, lang: str) -> float:
    if word in _ONE_AND_A_HALF:
        return 1.5
    whole = _WITH_A_HALF[lang].fullmatch(word)
    found = list(_numbers(whole[1], [(whole[1], 0)], lang, ())) if whole else []
    return found[0].value + 0.5 if found else 0


def _and_a_half(number: NumberWords) -> NumberWords:
    value = number.value + 0.5
    return NumberWords(number.start, number.end + len(_AND_A_HALF), written(value), value)


@lru_cache(maxsize=MAX_KNOWN_WORDS)
def _how_often(word: str, lang: str) -> float:
    """Return how often "twice", "tenfold" or "dreimal" is; 0 for another word."""
    ending = lexicon.FOLDS.get(lang, "")
    number = word.removesuffix(ending) if ending else ""
    if word not in lexicon.TIMES[lang] and number and number != word:
        found = list(_numbers(number, [(number, 0)], lang, ()))
        return found[0].value if found and not found[0].weak else 0
    return lexicon.TIMES[lang].get(word, 0)


def written(value: float) -> str:
    """Return a value as it is compared: 12, 2500000, 0.5."""
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.0f}"


def _is_pronoun(words: Sequence[tuple[str, int]], k: int, low: str) -> bool:
    end = words[k][1] + len(words[k][0])
    following = words[k + 1][0] if k + 1 < len(words) else ""
    return (
        (k > 0 and words[k - 1][0] in _BEFORE_PRONOUN)
        or following in _AFTER_PRONOUN
        or low[end : end + 1] not in _JOINTS
    )
