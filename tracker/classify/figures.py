"""Find the quantities of a text: value, scale, unit, currency, sign, range, score and ordinal, each as one `Span`.

The key of a span is its value, by which "12" and "twelve", "1,000" and "1000", "$2.5bn" and "$2.5 billion" are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..model.change import FactKind
from . import lexicon, number_words
from .clock import clock_time
from .dates import Span, find_dates
from .number_words import inside, written
from .time_spans import find_lengths, find_spans_of_time, half_after
from .units import Unit, currency_before, measure_of, scale_of, unit_after, with_rate

_ROLES = lexicon.Phrases(*lexicon.ROLES.values())
_GERMANIC = frozenset({"de", "nl"})
# The role of each word: "killed" for dead, deaths, fatalities …
_ROLE_OF = {
    phrase.strip(): role for role, listed in lexicon.ROLES.items() for phrase in listed.split("|") if phrase.strip()
}
_ROLE_OF_KIND = {"money": "money", "percent": "percent", "permille": "percent", "points": "percent"}

# No letter comes before the digits, except in scripts that write without spaces, and no decimal point. Digits may be
# grouped by a point, comma, apostrophe or space; a colon makes a time or a score, a stroke a fraction. A space groups
# three digits only, and does not follow a year.
_DIGITS = re.compile(
    r"(?P<sign>(?<![\w)%])[-−–])?(?<![^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?<!\.)"
    r"(?P<digits>\d+(?::\d\d){2}(?!\d)|\d{1,2}/\d{1,2}(?![\d/])"
    r"|\d+(?:[.,’'\u202f\u00a0]\d+|(?<!\d{4})[ \u2009]\d{3}(?!\d))*)"
)
# 2–1, 108-2, 10–12 people, 51-49, 1.5-2 million: a score or a range is one quantity.
_SECOND = re.compile(r"\s?[-–‑]\s?(?P<digits>\d+(?:[.,]\d+)*)(?![\w-])|[-:](?P<score>\d{1,3})(?![\w:])")
MAX_SCORE_DIGITS = 3
# A token that is not all figures, scale and unit names something: a model, a postcode, a line of code.
_LETTERS_AFTER = re.compile(r"[^\W\d_]+\d|_|[a-z]{2}")
# Web addresses, addresses of e-mail, paths, code between backticks.
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@\S{1,255}\.\w+|`[^`\n]*`|(?<=\])\(\S+\)"
    r"|\b[\w-]{1,64}\.(?:com|org|net|html?|php|pdf|jpe?g|png)\b\S*",
    re.IGNORECASE,
)
_MAY_BE_ADDRESS = re.compile(r"[@`]|://|www\.|\]\(|\.(?:com|org|net|htm|php|pdf|jpe?g|png)", re.IGNORECASE)
_FIGURE = re.compile(r"\d")
# Numbers of a list at the start of a line: "4. [4\\. HOW WE USE".
_LIST_NUMBER = re.compile(
    r"^[^\w\n]{0,12}\d{1,3}(?:\.\d{1,2}){0,3}(?:\\?\.(?=\W?\W?(?:\s|\[|$))|\\?\)(?=\D|$))"
    r"|^[^\w\n]{0,12}\d{1,2}(?:\.\d{1,2}){1,3}(?=\s+(?-i:[A-ZÀ-Þ]))"
    r"|(?<=\[)\d{1,3}(?:\.\d{1,2}){0,3}\\?[.)](?=\s)"
    r"|^[^\w\n]{0,12}(?:article|section|chapter|clause|annex|artikel|chapitre|artículo|articolo|artigo)\s+\d{1,3}(?!\w)",
    re.MULTILINE | re.IGNORECASE,
)
# +32 2 286 0500, 01 73 06 54 05, 2016/679
_REFERENCE = re.compile(
    r"(?<!\w)\+\d{1,3}[\d .()/-]{5,24}\d|(?<![\w.,])0\d{1,4}(?:[ ./-]\d{2,4}){2,6}(?!\w)|(?<!\w)\d{4}/\d{3,}(?!\w)"
)
_SCALE = re.compile(r"[\s\u00a0-]?(?P<word>[^\W\d_]+)")
# Abbreviated scales: the full stop after one belongs to it.
_SHORT_SCALES = frozenset("mio mrd mln bn mn tn trn bln md mld".split())
MAX_MILLIONS_BY_LETTER = 100
"""Without a currency, "5m" is five million and "1500m" a distance."""
_OF = re.compile(r"\s(?:de |di |d')")
MIN_NUMBER_OF = 10**6
"""From a million on, French, Spanish, Italian and Portuguese say "of": dos millones de euros."""
# In German a point after the digits makes an ordinal where a word follows: am 3. Tag.
_ORDINAL_DE = re.compile(r"\.(?=\s[^\W\d_]{3})|(?:er|e)(?!\w)")
_WORD_AFTER = re.compile(r"\.\s([^\W\d_]+)")
_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|ère|re|nde?|i?ème|eme|è|e|º|ª)(?!\w)")
_AGE = re.compile(r"[- ](?:years?[- ]old|jahren?|ans|años|anni|anos|jaar)(?!\w)")
_BEFORE_AGE = re.compile(r"(?<!\w)(?:aged|âgée?s? de|de|di|mit|im alter von|leeftijd van) $")
_AT_AGE = re.compile(
    r"(?<!\w)(?:aged|age of|at age|alter von|âge de|edad de|età di|idade de|leeftijd van"
    r"|in (?:his|her|their)(?: early| late| mid)?|mid|(?<=\w )(?:anfang|mitte|ende))[ -]$"
)
# Died at 80; not at 10 Downing Street, at 3 sites, at 8 on the morning.
_DIES_AT = re.compile(r"(?:die[sd]|(?<!of )dead) at $")
_ENDS_AGE = re.compile(r"[,;:!?)\"”’…]|\.(?!\d)|$| (?:in|after|from|of|following|when|while|as|surrounded|with|and)\b")
# No 10, S&P 500, Radio 5 Live, Formula 1: a word with a capital before the number, and no word that it counts after it.
_DURATION_BEFORE = re.compile(r"(?<!\w)([^\W\d_]+) $")
_NUMBERED = re.compile(
    r"(?:(?<!\w)(?:no|nr|nº|n\.º|n°|num|núm|arts?|abs|sec|articles?|sections?|clauses?|paragraphs?|chapters?|pages?|annex|schedule"
    r"|artikel|absatz|kapitel|seiten?|paragraphes?|chapitre|alinéa|artículo|sección|capítulo|página|articolo|sezione"
    r"|capitolo|pagina|artigo|seção|hoofdstuk|bladzijde)|§|\w&\w)\.?\s$"
)
_NAME_BEFORE = re.compile(r"[\w,;)'’\"”-] (?:[A-ZÀ-Þ][\w'’.-]*)[ \u00a0]$")
_COUNTED_AFTER = re.compile(r"[ \u00a0][a-zà-ÿ]{4,}")
_NAME_APPOSED = re.compile(r"[A-ZÀ-Þ][\w'’-]+, $")
_AGE_WORDS = (" old", "-old", " alt", " oud", "-jährig", "jährig", "-jarig", " year-old")
_AGED = re.compile(r"enn[ei](?!\w)")  # Italian: un 40enne
_CASUALTIES = frozenset({"killed", "injured", "missing"})
# Before a number of others than who is named before it: "shot dead by two officers", "killed in two attacks".
_COUNTS_OTHERS = re.compile(
    r"(?<!\w)(?:by|in|during|after|with|von|vom|durch|bei|nach|par|dans|lors de|por|en|tras|da|dal|dai|dopo|pel[oa]s?"
    r"|em|após|door|na)\s\Z"
)
# Right before the word for another thing that was done: "and hurt".
_JOINT = re.compile(r"(?<!\w)(?:and|und|et|y|e|en)\s+\Z")
MAX_ROLE_GAP_CHARACTERS = 14
"""A casualty role this close to a number takes the place of "people"."""


def find_dates_and_numbers(text: str, low: str, words: list[tuple[str, int]], lang: str) -> list[Span]:
    """Return the dates and numbers of `text`, dates first, each kind in order.

    A time of day is a date. What a list, an address or a line of code counts is left out.

    Args:
        text: any text.
        low: the same in lower case, letter for letter.
        words: the words of `low`, as `lexicon.words_of` gives them.
        lang: one of `lexicon.LANGUAGES`.
    """
    dates = find_dates(text, low, words, lang)
    # Dates are struck out of the text first: "March 12 300 people" counts 300.
    taken = [(d.start, d.end) for d in dates]
    has_figures = _FIGURE.search(text) is not None
    if has_figures:
        taken += [m.span() for names in (_LIST_NUMBER, _REFERENCE) for m in names.finditer(text)]
        if _MAY_BE_ADDRESS.search(text):
            taken += [m.span() for m in _ADDRESS.finditer(text)]
        taken.sort()
    masked = low
    if taken:
        parts, at = [], 0
        for start, end in taken:
            parts += [low[at:start], "¤" * (end - max(at, start))]
            at = max(at, end)
        masked = "".join([*parts, low[at:]])
    reading = _Reading(text, masked, lang)
    found = list(reading.figures()) if has_figures else []
    taken = sorted(taken + [(span.start, span.until) for span in found])
    found += reading.spelt_out(words, taken)
    taken = sorted([(d.start, d.end) for d in dates] + [(span.start, span.until) for span in found])
    found += find_spans_of_time(low, words, lang, taken)
    # "Half a year" is a span of time, and no part of a whole.
    taken = sorted([(d.start, d.end) for d in dates] + [(s.start, s.until) for s in found if s.measure != "part"])
    lengths = list(find_lengths(text, low, words, lang, taken))
    halves = [(span.start, span.until) for span in lengths]
    found = [span for span in found if span.measure != "part" or not inside(span.start, halves)] + lengths
    found.sort(key=lambda span: span.start)
    times = [span for span in found if span.kind is FactKind.DATE]
    numbers = [span for span in found if span.kind is FactKind.NUMBER]
    return sorted([*dates, *times], key=lambda span: span.start) + numbers


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
            span = clock_time(self.low, m.start("digits")) or self._quantity(m)
            if span is not None:
                yield span
                end = span.until

    def _quantity(self, m: re.Match[str]) -> Span | None:
        low, start, end = self.low, m.start(), m.end()
        currency, begins = currency_before(self.text, start, self.lang)
        ordinal = self._ordinal(m["digits"], end) if not currency else 0
        if ordinal:
            unit = unit_after(self.text, low, ordinal, self.lang)
            return self._weak(f"{int(m['digits'])}.", start, ordinal, "ordinal", unit)
        second = self._second(m["digits"], end, currency)
        score = second and second["score"] is not None
        digits = [m["digits"], *([second["score"] or second["digits"]] if second else [])]
        end = second.end() if second else end
        scale, end = self._scale(end, currency, digits[-1])
        unit = self._unit(end, scale)
        aged = _AGED.match(low, end)
        if aged:
            unit = Unit("year", "duration", aged.end())
        elif not unit.code and scale == 1 and _LETTERS_AFTER.match(low, end):
            return None
        values = [_value(d, self.lang) for d in digits]
        # "1.5 to 2 million": the scale goes with both.
        key = "–".join([d if v is None else written(v * scale) for d, v in zip(digits, values, strict=True)])
        key = ("-" if m["sign"] and not score else "") + key
        return self._measured(key, (begins, end), unit, currency, start)

    def _unit(self, end: int, value: float) -> Unit:
        """Return the unit after a number; "3 millions d'euros" has a word between."""
        joint = _OF.match(self.low, end) if value >= MIN_NUMBER_OF else None
        return unit_after(self.text, self.low, joint.end() - 1 if joint else end, self.lang)

    def _second(self, digits: str, end: int, currency: str) -> re.Match[str] | None:
        """Return the second figure of a score or a range: 2–1, 10–12."""
        second = _SECOND.match(self.low, end)
        if second is None or (second["score"] is None and len(second["digits"]) > 2 * MAX_SCORE_DIGITS):
            return None
        is_code = second["score"] is not None and (len(digits) > MAX_SCORE_DIGITS or bool(currency))
        return None if is_code else second

    def _ordinal(self, digits: str, end: int) -> int:
        # Of up to three digits only: "1900er" is a decade.
        if not digits.isdigit() or len(digits) > 3:
            return 0
        ending = (_ORDINAL_DE if self.lang == "de" else _ORDINAL).match(self.low, end)
        # "Es waren 12. Das Land": a sentence ends, and one begins with a word that has its capital from there.
        following = _WORD_AFTER.match(self.text, end)
        no_names = lexicon.NO_NAMES[self.lang]
        if ending is None or (following and following[1].lower() in no_names and following[1][0].isupper()):
            return 0
        return ending.end()

    def _scale(self, end: int, currency: str, digits: str) -> tuple[float, int]:
        m = _SCALE.match(self.low, end)
        if m is None:
            return 1, end
        word, raw = m["word"], self.text[m.start("word") : m.end("word")]
        scale = scale_of(word, self.lang)
        if len(word) == 1 and scale:
            attached = m.start("word") == end or self.low[m.end() : m.end() + 1] in {"€", "$", "£"}
            small = raw in "kK" or (
                raw == "m" and self.lang == "en" and (_value(digits, "en") or 0) < MAX_MILLIONS_BY_LETTER
            )
            if not attached or not (currency or raw.isupper() or small):
                scale = 0
        if not scale:
            return 1, end
        # "5 Mio. Euro": the point belongs to the word, and ends no sentence.
        end = m.end("word")
        return scale, end + (word in _SHORT_SCALES and self.low[end : end + 2] == ". ")

    def _measured(self, key: str, place: tuple[int, int], unit: Unit, currency: str, first: int) -> Span:
        """Return a number with its unit and role; `first` is where its value begins, after a currency sign."""
        start, end = place
        code, kind, until = unit
        if currency and kind != "money":
            code, kind, until = with_rate(Unit(currency, "money", end), self.text, self.low, self.lang)
        if kind in {"percent", "permille"} and self.low[until - 1] in "%‰":
            end = until
        more = half_after(self.low, until, self.lang) if kind == "duration" and "–" not in key else 0
        if more:
            key, end, until = written(float(key) + 0.5), more, more  # deux ans et demi
        role = _ROLE_OF_KIND.get(kind) or (
            "age" if kind in {"", "duration"} and self._is_age(start, end, until) else ""
        )
        role = role or ("" if kind else _role(self.low, first, end, self.lang))
        weak = "" if kind or "–" in key or not self._is_name(start, end) else "name"
        if not kind and self._is_counted_off(start):
            weak = "name"
        if role == "age":
            code, kind = "year", "duration"  # an "18-jährige" is "18 Jahre alt"
        return Span(FactKind.NUMBER, key, start, end, role, code, until, weak, kind)

    def _weak(self, key: str, start: int, end: int, weak: str, unit: Unit) -> Span:
        # "Its third day" says when it is.
        measure, until = ("duration", unit.end) if unit.kind == "duration" else ("", end)
        return Span(FactKind.NUMBER, key, start, end, _role(self.low, start, end, self.lang), "", until, weak, measure)

    def _is_age(self, start: int, end: int, until: int) -> bool:
        low = self.low
        if _AGE.match(low, end) and (
            "old" in low[end : until + 4] or _BEFORE_AGE.search(low, max(0, start - 15), start)
        ):
            return True
        if low.startswith(_AGE_WORDS, until) or _AGED.match(low, end) or _AT_AGE.search(low, max(0, start - 16), start):
            return True
        if _DIES_AT.search(low, max(0, start - 9), start):
            return _ENDS_AGE.match(low, end) is not None
        # Daniel Okafor, 34, was charged
        return (
            low[end : end + 1] in {",", ")"} and _NAME_APPOSED.search(self.text, max(0, start - 24), start) is not None
        )

    def _is_counted_off(self, start: int) -> bool:
        """Return whether the word before a number says which one it is: "on day three"."""
        before = _DURATION_BEFORE.search(self.low, max(0, start - 12), start)
        return before is not None and measure_of(before[1], self.lang) == "duration"

    def _is_name(self, start: int, end: int) -> bool:
        """Return whether a number is part of a name: Radio 5 Live, No 10, BBC Two."""
        numbered = _NUMBERED.search(self.low, max(0, start - 14), start)
        if numbered:
            return True
        named = _NAME_BEFORE.search(self.text, max(0, start - 30), start)
        if named is None or self.lang == "de":
            return False
        if self.text[start].isalpha():
            return self.text[start].isupper()
        # "Formula 1 driver", "Channel 4 series": counts below ten are written as words.
        return end - start == 1 or not _COUNTED_AFTER.match(self.text, end)

    def spelt_out(self, words: list[tuple[str, int]], taken: Sequence[tuple[int, int]]) -> Iterator[Span]:
        """Yield the quantities in words."""
        last = 0
        for n in number_words.read(self.low, words, self.lang, taken):
            if n.start >= last:
                span = self._spelt(n)
                last = span.until
                yield span

    def _spelt(self, n: number_words.NumberWords) -> Span:
        if n.measure:
            role = "percent" if n.measure == "part" else ""
            return Span(FactKind.NUMBER, n.key, n.start, n.end, role, "", n.end, n.weak, n.measure)
        # zwei Mio. Euro
        scale, end = (1.0, n.end) if n.weak or not n.value else self._scale(n.end, "", "")
        unit = self._unit(end, n.value * scale)
        if n.weak == "ordinal" or (n.weak and not unit.code):
            return self._weak(n.key, n.start, n.end, n.weak, unit)
        key = n.key if scale == 1 else written(n.value * scale)
        return self._measured(key, (n.start, end), unit, "", n.start)


def _value(digits: str, lang: str) -> float | None:
    """Read figures with the decimal and grouping marks of a language; None if they are not a number."""
    point = "." if lang == "en" else ","
    if ":" in digits or "/" in digits:
        return None
    parts = re.split(r"[.,’'\s]", digits)
    # 1,000 in English and 1.000 elsewhere. A single group is a thousand only where its mark is not the decimal one.
    grouped = len(parts) > 1 and all(len(p) == 3 for p in parts[1:]) and len(parts[0]) <= 3
    if grouped and (len(parts) > 2 or point not in digits):
        return float("".join(parts))
    if len(parts) <= 2:
        return float(".".join(parts))
    whole, _, rest = digits.rpartition(point)
    return float(f"{re.sub(r'[^0-9]', '', whole)}.{rest}") if whole and rest.isdigit() else None


def _role(low: str, start: int, end: int, lang: str) -> str:
    """Return what a number counts, by the words right after it, else right before it."""
    after = low[end : end + 28]
    # 28 characters after a number and 24 before it are about four words.
    before = low[max(0, start - 24) : start]
    near, last = _ROLES.find(after), _ROLES.find(before)
    if lang in _GERMANIC:  # "die" is "the", or "that"
        near = [place for place in near if after[place[0] : place[1]] != "die"]
        last = [place for place in last if before[place[0] : place[1]] != "die"]
    word_before = before[last[-1][0] : last[-1][1]] if last else ""
    # "12 lives" are deaths, "he lives at 12" is not.
    role_before = "" if word_before == "lives" or _COUNTS_OTHERS.search(before) else _ROLE_OF.get(word_before, "")
    is_near = role_before in _CASUALTIES and len(before) - last[-1][1] <= MAX_ROLE_GAP_CHARACTERS
    if is_near:  # "Killed 12 and hurt six"
        near = [place for place in near if not _JOINT.search(after, 0, place[0])]
    if not near or re.search(r"[.;!?]\s", after[: near[0][0]]):
        return role_before
    role_after = _ROLE_OF.get(after[near[0][0] : near[0][1]], "")
    if role_after != "people":
        return role_after
    # "12 people died", "killed at least 12 people": what happened to them says more than that they are people.
    if len(near) > 1 and near[1][0] - near[0][1] <= MAX_ROLE_GAP_CHARACTERS:
        second = _ROLE_OF.get(after[near[1][0] : near[1][1]], "")
        return second if second in _CASUALTIES else role_after
    return role_before if is_near else role_after
