"""Find the quantities of a text: value, scale, unit, currency, sign, range, score and ordinal, each as one `Span`.

The key of a span is its value, so "12" and "twelve", "1,000" and "1000", "$2.5bn" and "$2.5 billion" are the same.
The words are in the tables [numbers] of `data/<language>.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ..model.change import FactKind
from . import number_words
from .dates import Span, clock_time, find_dates, find_lengths, find_periods
from .lexicon import NO_NAMES, expressions
from .number_words import (
    ROLE_OF,
    ROLE_WORDS,
    NumberWords,
    Unit,
    currency_before,
    half_after,
    inside,
    quantity_names,
    unit_after,
    written,
)

# No letter comes before the digits, except in scripts that write without spaces, and no decimal point. Digits may be
# grouped by a point, comma, apostrophe or space; a colon makes a time or a score, a stroke a fraction. A space groups
# three digits only, and does not follow a year.
_DIGITS: Final = re.compile(
    r"(?P<sign>(?<![\w)%])[-−–])?(?<![^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?<!\.)"
    r"(?P<digits>\d+(?::\d\d){2}(?!\d)|\d{1,2}/\d{1,2}(?![\d/])"
    r"|\d+(?:[.,’'\u202f\u00a0]\d+|(?<!\d{4})[ \u2009]\d{3}(?!\d))*)"
)
# 2–1, 108-2, 10–12 people, 51-49, 1.5-2 million: a score or a range is one quantity.
_SECOND: Final = re.compile(r"\s?[-–‑]\s?(?P<digits>\d+(?:[.,]\d+)*)(?![\w-])|[-:](?P<score>\d{1,3})(?![\w:])")
MAX_SCORE_DIGITS: Final = 3
MAX_ORDINAL_DIGITS: Final = 3
# A token that is not all figures, scale and unit names something: a model, a postcode, a line of code.
_LETTERS_AFTER: Final = re.compile(r"[^\W\d_]+\d|_|[a-z]{2}")
_FIGURE: Final = re.compile(r"\d")
# Web addresses, addresses of e-mail, code between backticks.
_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@\S{1,255}\.\w+|`[^`\n]*`|(?<=\])\(\S+\)")
_MAY_BE_ADDRESS: Final = re.compile(r"[@`]|://|www\.|\]\(")
# The number of a list item at the start of a line: "4. [4\\. HOW WE USE".
_LIST_NUMBER: Final = re.compile(
    r"^[^\w\n]{0,12}\d{1,3}(?:\.\d{1,2}){0,3}(?:\\?\.(?=\W?\W?(?:\s|\[|$))|\\?\)(?=\D|$))"
    r"|(?<=\[)\d{1,3}(?:\.\d{1,2}){0,3}\\?[.)](?=\s)",
    re.MULTILINE,
)
# +32 2 286 0500, 01 73 06 54 05, 2016/679
_REFERENCE: Final = re.compile(
    r"(?<!\w)\+\d{1,3}[\d .()/-]{5,24}\d|(?<![\w.,])0\d{1,4}(?:[ ./-]\d{2,4}){2,6}(?!\w)|(?<!\w)\d{4}/\d{3,}(?!\w)"
)
_SCALE: Final = re.compile(r"[\s\u00a0-]?(?P<word>[^\W\d_]+)")
# Abbreviated scales: the full stop after one belongs to it.
_SHORT_SCALES: Final = frozenset("mio mrd mln bn mn tn trn bln md mld".split())
MAX_MILLIONS_BY_LETTER: Final = 100
"""Without a currency, "5m" is five million and "1500m" a distance."""
_OF: Final = re.compile(r"\s(?:de |di |d')")
MIN_NUMBER_OF: Final = 10**6
"""From a million on, French, Spanish, Italian and Portuguese say "of": dos millones de euros."""
_WORD_AFTER: Final = re.compile(r"\.\s([^\W\d_]+)")
_WORD_BEFORE: Final = re.compile(r"(?<!\w)([^\W\d_]+) $")
# No 10, S&P 500, Radio 5 Live, Formula 1: before the number is a word with a capital, after it no word that it counts.
_NAME_BEFORE: Final = re.compile(r"[\w,;)'’\"”-] (?:[A-ZÀ-Þ][\w'’.-]*)[ \u00a0]$")
_COUNTED_AFTER: Final = re.compile(r"[ \u00a0][a-zà-ÿ]{4,}")
_APPOSED: Final = re.compile(r"[^\W\d_][\w'’-]+, $")
_CLAUSE_END: Final = r"[.;:!?,](?:\s|\Z)"
_ORDINAL: Final = expressions("numbers", r"{ordinals}(?!\w)")
_NUMBERED: Final = expressions("numbers", r"(?:(?<!\w){numbered}|§|\w&\w)\.?\s\Z")
_TIMES: Final = expressions("numbers", r"[\s\u00a0]{times}(?!\w)")
_PER: Final = expressions("numbers", r"\s?(?:/|{per}(?:\s|(?<=')))")
_OTHER_AFTER: Final = expressions("numbers", rf"{_CLAUSE_END}|\s{{joints}}\s")
_OTHER_BEFORE: Final = expressions("numbers", rf"{_CLAUSE_END}|(?<!\w){{others}}\s")
_AGE_AFTER: Final = expressions("numbers", "{age_after}")
_AGE_BEFORE: Final = expressions("numbers", r"(?<!\w){age_before}\Z")
_AGE_BEFORE_YEARS: Final = expressions("numbers", r"(?<!\w){age_before_years}\Z")
_DIES_AT: Final = expressions("numbers", r"(?<!\w){dies_at}\Z")
_ROLE_OF_KIND: Final = {
    "money": "money", "percent": "percent", "permille": "percent", "points": "percent", "part": "percent",
    "duration": "period",
}  # fmt: skip
_CASUALTIES: Final = frozenset({"killed", "injured", "missing"})
MAX_ROLE_CHARACTERS: Final = 28
"""The word for the thing that a number counts is looked for within this many characters: about four words."""
MAX_ROLE_GAP_CHARACTERS: Final = 14
"""A casualty role this close to a number replaces the role "people"."""


def find_dates_and_numbers(text: str, low: str, words: list[tuple[str, int]], lang: str) -> list[Span]:
    """Return the dates and numbers of `text`, dates first, each kind in order.

    A time of day is a date. The numbers of lists, addresses and code are left out. `low` is the text in lower case,
    letter for letter; `words` are its words, as `lexicon.words_of` gives them.
    """
    # Dates come first, so that the number of people in "March 12 300 people" is 300.
    found = find_dates(text, low, words, lang)
    taken = [(span.start, span.until) for span in found]
    if _FIGURE.search(text) is not None:
        left_out = [m.span() for names in (_LIST_NUMBER, _REFERENCE) for m in names.finditer(text)]
        if _MAY_BE_ADDRESS.search(text):
            left_out += [m.span() for m in _ADDRESS.finditer(text)]
        taken += left_out
        # Each character of these places is replaced by a sign; the places may overlap.
        parts, at = [], 0
        for start, end in sorted(taken):
            parts += [low[at:start], "¤" * (end - max(at, start))]
            at = max(at, end)
        found += _Reading(text, "".join([*parts, low[at:]]), lang).figures()
        taken = [*left_out, *((span.start, span.until) for span in found)]
    taken.sort()
    reading, spelt, last = _Reading(text, low, lang), list[Span](), 0
    for n in number_words.read(low, words, lang, taken):
        if n.start >= last:
            spelt.append(reading.spelt(n))
            last = spelt[-1].until
    # "Two and a half years" has no half of a whole, and "half a year" is a length, not a part.
    found += _free((span for span in spelt if span.measure != "part"), taken)
    found += _free(find_lengths(text, low, words, lang), taken)
    found += _free((span for span in spelt if span.measure == "part"), taken)
    found += _free(find_periods(low, words, lang), taken)
    return sorted(found, key=lambda span: (span.kind is not FactKind.DATE, span.start))


def _free(spans: Iterable[Span], taken: list[tuple[int, int]]) -> list[Span]:
    """Return the spans outside the places `taken`, and add their places to it; it stays in order."""
    free = [span for span in spans if not (inside(span.start, taken) or inside(span.until - 1, taken))]
    if free:
        taken += [(span.start, span.until) for span in free]
        taken.sort()
    return free


class _Reading:
    """One text while its quantities are read."""

    def __init__(self, text: str, low: str, lang: str) -> None:
        self.text, self.low, self.lang = text, low, lang

    def figures(self) -> Iterator[Span]:
        """Yield the quantities and times of day in figures."""
        end = -1
        for m in _DIGITS.finditer(self.low):
            if m.start() < end:
                continue
            span = clock_time(self.low, m.start("digits"), self.lang) or self._quantity(m)
            if span is not None:
                yield span
                end = span.until

    def _quantity(self, m: re.Match[str]) -> Span | None:
        low, start, end = self.low, m.start(), m.end()
        currency, begins = currency_before(self.text, start, self.lang)
        # An ordinal has up to three digits: "1900er" is a decade.
        if not currency and m["digits"].isdigit() and len(m["digits"]) <= MAX_ORDINAL_DIGITS:
            ending = _ORDINAL[self.lang].match(low, end)
            # "Es waren 12. Das Land": the point ends a sentence if the next word has a capital only for that reason.
            word = _WORD_AFTER.match(self.text, end)
            ends = word is not None and word[1].lower() in NO_NAMES[self.lang] and word[1][0].isupper()
            if ending is not None and not ends:
                return self._ordinal_span(f"{int(m['digits'])}.", start, ending.end(), "ordinal")
        # The second figure of a score or a range: 2–1, 10–12.
        second = _SECOND.match(low, end)
        score = second is not None and second["score"] is not None
        if score and (len(m["digits"]) > MAX_SCORE_DIGITS or currency):
            second, score = None, False  # a code: 1234-56
        elif second and not score and len(second["digits"]) > 2 * MAX_SCORE_DIGITS:
            second = None
        digits = [m["digits"], *([second["score"] or second["digits"]] if second else [])]
        end = second.end() if second else end
        scale, end = self._scale(end, currency, digits[-1])
        unit = self._unit(end, scale)
        is_age = _AGE_AFTER[self.lang].match(low, end) is not None
        if not (unit.code or is_age) and scale == 1 and _LETTERS_AFTER.match(low, end):
            return None
        values = [_value(d, self.lang) for d in digits]
        # "1.5 to 2 million": the scale goes with both.
        key = "–".join([d if v is None else written(v * scale) for d, v in zip(digits, values, strict=True)])
        key = ("-" if m["sign"] and not score else "") + key
        if currency and unit.kind != "money":
            unit = self._with_rate(Unit(currency, "money", end))
        return self._measured(key, (begins, end), unit, start)

    def spelt(self, n: NumberWords) -> Span:
        """Return the quantity of a number in words."""
        if n.measure:
            role = _ROLE_OF_KIND.get(n.measure, "")
            return Span(FactKind.NUMBER, n.key, n.start, n.end, role, "", n.end, n.weak, n.measure)
        # zwei Mio. Euro
        scale, end = (1.0, n.end) if n.weak or not n.value else self._scale(n.end, "", "")
        unit = self._unit(end, n.value * scale)
        if n.weak == "ordinal" or (n.weak and not unit.code):
            return self._ordinal_span(n.key, n.start, n.end, n.weak)
        return self._measured(n.key if scale == 1 else written(n.value * scale), (n.start, end), unit, n.start)

    def _measured(self, key: str, place: tuple[int, int], unit: Unit, first: int) -> Span:
        """Return a number with its unit and role; `first` is where its value begins, after a currency sign."""
        (start, end), (code, kind, until) = place, unit
        times = _TIMES[self.lang].match(self.low, end) if not kind else None
        if times and "–" not in key:  # "three times": as "thrice"
            return Span(FactKind.NUMBER, f"{key}×", start, times.end(), "", "", times.end(), "", "times")
        if kind in {"percent", "permille"} and self.low[until - 1] in "%‰":
            end = until
        more = half_after(self.low, until, self.lang) if kind == "duration" and key.isdigit() else 0
        if more:
            key, end, until = written(int(key) + 0.5), more, more  # deux ans et demi
        if kind in {"", "duration"} and self._is_age(start, end, unit):
            # "18-jährig" and "aged 18" are 18 years old.
            return Span(FactKind.NUMBER, key, start, end, "age", "year", max(end, until), "", "duration")
        role = _ROLE_OF_KIND.get(kind, "") if kind else _role(self.low, first, end, self.lang)
        weak = "name" if not kind and "–" not in key and self._is_name(start, end) else ""
        return Span(FactKind.NUMBER, key, start, end, role, code, until, weak, kind)

    def _ordinal_span(self, key: str, start: int, end: int, weak: str) -> Span:
        """Return an ordinal, or "one"."""
        unit = unit_after(self.text, self.low, end, self.lang)
        # "Its third day" is a time.
        measure, until = ("duration", unit.end) if unit.kind == "duration" else ("", end)
        return Span(FactKind.NUMBER, key, start, end, _role(self.low, start, end, self.lang), "", until, weak, measure)

    def _unit(self, end: int, value: float) -> Unit:
        """Return the unit after a number; "3 millions d'euros" has a word between."""
        joint = _OF.match(self.low, end) if value >= MIN_NUMBER_OF else None
        return self._with_rate(unit_after(self.text, self.low, joint.end() - 1 if joint else end, self.lang))

    def _with_rate(self, unit: Unit) -> Unit:
        """Return a unit with the one that follows as a rate: £30 *a day*, Euro *pro Monat*."""
        rate = _PER[self.lang].match(self.low, unit.end) if unit.code else None
        per = unit_after(self.text, self.low, rate.end() - 1, self.lang) if rate else Unit("", "", 0)
        return Unit(f"{unit.code}-per-{per.code}", unit.kind, per.end) if per.kind == "duration" else unit

    def _scale(self, end: int, currency: str, digits: str) -> tuple[float, int]:
        """Return the factor of the word after a number ("million"), 1 if there is none, and where the number ends."""
        m = _SCALE.match(self.low, end)
        scale = quantity_names(self.lang).scales.get(m["word"]) if m else None
        if m is None or not scale:
            return 1, end
        word, raw = m["word"], self.text[m.start("word") : m.end("word")]
        if len(word) == 1:
            attached = m.start("word") == end or self.low[m.end() : m.end() + 1] in {"€", "$", "£"}
            small = raw in "kK" or (
                raw == "m" and self.lang == "en" and (_value(digits, "en") or 0) < MAX_MILLIONS_BY_LETTER
            )
            if not attached or not (currency or raw.isupper() or small):
                return 1, end
        # "5 Mio. Euro": the point belongs to the word, and does not end a sentence.
        end = m.end("word")
        return scale, end + (word in _SHORT_SCALES and self.low[end : end + 2] == ". ")

    def _is_age(self, start: int, end: int, unit: Unit) -> bool:
        low, lang = self.low, self.lang
        before = max(0, start - MAX_ROLE_GAP_CHARACTERS - 2)
        if _AGE_AFTER[lang].match(low, end) or _AGE_BEFORE[lang].search(low, before, start):
            return True
        if unit.code == "year" and _AGE_BEFORE_YEARS[lang].search(low, before, start):
            return True
        if _DIES_AT[lang].search(low, before, start):  # not "at 10 Mill Lane", "at 3 sites"
            return not low[end + 1 : end + 2].isalpha() or _OTHER_BEFORE[lang].match(low, end + 1) is not None
        # Daniel Okafor, 34, was charged
        is_apposed = not unit.code and low[end : end + 1] in {",", ")"}
        return is_apposed and _APPOSED.search(low, max(0, start - 24), start) is not None

    def _is_name(self, start: int, end: int) -> bool:
        """Return whether a number is part of a name or a label: Radio 5 Live, No 10, BBC Two, on day three."""
        before = _WORD_BEFORE.search(self.low, max(0, start - 12), start)
        if before and quantity_names(self.lang).units.get(before[1], ("", ""))[1] == "duration":
            return True
        if _NUMBERED[self.lang].search(self.low, max(0, start - MAX_ROLE_GAP_CHARACTERS), start):
            return True
        if self.lang == "de" or not _NAME_BEFORE.search(self.text, max(0, start - 30), start):
            return False
        if self.text[start].isalpha():
            return self.text[start].isupper()
        # "Formula 1 driver", "Channel 4 series": counts below ten are written as words.
        return end - start == 1 or not _COUNTED_AFTER.match(self.text, end)


def _value(digits: str, lang: str) -> float | None:
    """Read figures with the decimal and grouping marks of a language; None if they are not a number."""
    point = "." if lang == "en" else ","
    if ":" in digits or "/" in digits:
        return None
    parts = re.split(r"[.,’'\s]", digits)
    # 1,000 in English and 1.000 elsewhere. A single group is a thousand only if its mark is not the decimal mark.
    grouped = len(parts) > 1 and all(len(p) == 3 for p in parts[1:]) and len(parts[0]) <= 3
    if grouped and (len(parts) > 2 or point not in digits):
        return float("".join(parts))
    if len(parts) <= 2:
        return float(".".join(parts))
    whole, _, rest = digits.rpartition(point)
    return float(f"{re.sub(r'[^0-9]', '', whole)}.{rest}") if whole and rest.isdigit() else None


def _role(low: str, start: int, end: int, lang: str) -> str:
    """Return the role of a number, by the words right after it, or else right before it.

    "12 people died", "killed at least 12 people": a casualty role has precedence over "people". Words beyond "and", or
    before "by", are about others: "killed 12 and hurt six", "shot dead by two officers".
    """
    role_of, known = ROLE_OF[lang], ROLE_WORDS[lang]
    after = _OTHER_AFTER[lang].split(low[end : end + MAX_ROLE_CHARACTERS], maxsplit=1)[0]
    before = _OTHER_BEFORE[lang].split(low[max(0, start - MAX_ROLE_CHARACTERS) : start])[-1]
    near, last = known.find(after), known.find(before)
    role_before = role_of[before[slice(*last[-1])]] if last else ""
    if not near:
        return role_before
    role = role_of[after[slice(*near[0])]]
    if role != "people":
        return role
    second = role_of[after[slice(*near[1])]] if len(near) > 1 else ""
    if second in _CASUALTIES and near[1][0] - near[0][1] <= MAX_ROLE_GAP_CHARACTERS:
        return second
    is_close = role_before in _CASUALTIES and len(before) - last[-1][1] <= MAX_ROLE_GAP_CHARACTERS
    return role_before if is_close else role
