"""Read numbers and dates, each with a key that makes "12" and "twelve", "1,000" and "1000" the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ..model import FactKind
from . import lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTHS = frozenset(lexicon.MONTHS.replace(".", "").split("|"))
_ENGLISH_MONTHS = frozenset(
    "january february march april may june july august september october november december".split()
)
_DAYS = lexicon.Phrases.of(lexicon.DAYS)
_ROLES = lexicon.Phrases(*(listed.replace("%|", "").replace("$|€|£|¥|", "") for listed in lexicon.ROLES.values()))
_ROLE_OF = {
    phrase.strip(): role for role, listed in lexicon.ROLES.items() for phrase in listed.split("|") if phrase.strip()
}
_LOOSE = {lang: frozenset(listed.split("|")) for lang, listed in lexicon.LOOSE_NUMBERS.items()}
_LOOSE_PHRASES = {
    lang: lexicon.Phrases("|".join(p for p in listed if not p.isalpha())) for lang, listed in _LOOSE.items()
}
_NUMERAL = {lang: _LOOSE[lang] | frozenset(lexicon.NUMBER_WORDS[lang]) for lang in lexicon.LANGUAGES}

_DIGITS = re.compile(
    r"(?P<money>US\$\s?|[$€£¥]\s?)?(?P<sign>(?<![\w])[-−–])?(?<![\w.])(?P<digits>\d+(?:[.,:’'\u202f\u00a0]\d+|\s\d{3}(?!\d))*)"
)
_UNIT = re.compile(r"(?P<percent>\s?%)|[\s\u00a0-]?(?P<word>[^\W\d_]+)")
_BEFORE_MONTH = re.compile(r"(?<!\d)\d{1,2}(?:st|nd|rd|th|er|º|ª)?\.?\s+(?:de\s+|of\s+)?$")
_AFTER_MONTH = re.compile(r"\.?\s+\d{1,2}(?:st|nd|rd|th)?(?![\d.:,]\d|\d|\s*%)(?:,?\s+(?:de\s+|del\s+)?\d{4}(?!\d))?")
_YEAR_AFTER = re.compile(r"\.?,?\s+(?:de\s+|del\s+)?\d{4}(?!\d)")
_PREPOSITION = re.compile(r"(?<!\w)(?:en|de|em|in|im|di|del|desde|depuis|seit|dal|a|à|since|until)\s$")
_NUMERIC_DATE = re.compile(r"(?<![\w.,])(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2}))(?![\w])")
_YEAR = re.compile(
    r"(?<![\w.,$€£:])(?:(?:19|20)\d\d|(?<=\b(?:in|im|en|em|of|by)\s)1[4-8]\d\d)(?:[-–]\d\d)?(?![\w%:]|[.,]\d|\s\d{3}(?!\d))"
)


class Span(NamedTuple):
    """A number or date: what is compared, where it stands, what it counts."""

    kind: FactKind
    key: str
    start: int
    end: int
    role: str = ""


def read(text: str, low: str, scanned: list[tuple[str, int]], lang: str) -> list[Span]:
    """Return the dates and numbers of *text*, in order.

    *low* is the same text in lower case, letter for letter, *scanned* its words.
    """
    dates = sorted(_dates(text, low, scanned, lang), key=lambda s: s.start)
    taken = [(d.start, d.end) for d in dates]
    numbers = sorted(_numbers(low, scanned, lang, taken), key=lambda s: s.start)
    return dates + numbers


def inside(at: int, spans: list[tuple[int, int]]) -> bool:
    """Say whether *at* lies in one of *spans*."""
    return any(start <= at < end for start, end in spans)


def _date(low: str, start: int, end: int) -> Span:
    return Span(FactKind.DATE, re.sub(r"[\s,.]+", " ", low[start:end]).strip(), start, end)


def _dates(text: str, low: str, scanned: list[tuple[str, int]], lang: str) -> Iterator[Span]:
    covered: list[tuple[int, int]] = []
    for start, end in [*_month_dates(text, low, scanned), *((m.start(), m.end()) for m in _NUMERIC_DATE.finditer(low))]:
        covered.append((start, end))
        yield _date(low, start, end)
    for m in _YEAR.finditer(low):
        if not inside(m.start(), covered) and not _counts(low, m.end()):
            yield _date(low, m.start(), m.end())
    for start, end in _DAYS[lang].find(low, scanned):
        if not inside(start, covered):
            yield _date(low, start, end)


def _counts(low: str, end: int) -> bool:
    """Say whether what looks like a year counts something: "2000 people"."""
    after = low[end : end + 14]
    return any(start <= 1 for start, _ in _ROLES.find(after))


def _month_dates(text: str, low: str, scanned: list[tuple[str, int]]) -> Iterator[tuple[int, int]]:
    for word, begins in scanned:
        if word not in _MONTHS:
            continue
        start, end = begins, begins + len(word)
        capital = text[start].isupper()
        if word in {"may", "march", "mar", "jan", "sep"} and not capital:
            continue
        before = _BEFORE_MONTH.search(low[max(0, start - 14) : start])
        after = _AFTER_MONTH.match(low, end) if before is None else None
        year = _YEAR_AFTER.match(low, end) if after is None else None
        if before:
            start -= len(before[0])
        tail = after or year
        if before or tail:
            yield start, tail.end() if tail else end
        elif _stands_alone(word, low[max(0, start - 8) : start], capital=capital):
            yield start, end


def _stands_alone(month: str, before: str, *, capital: bool) -> bool:
    if month in _ENGLISH_MONTHS:
        return capital and (month not in {"may", "march"} or bool(before.strip()))
    return len(month) > 3 and bool(_PREPOSITION.search(before))


def _numbers(low: str, scanned: list[tuple[str, int]], lang: str, taken: list[tuple[int, int]]) -> Iterator[Span]:
    for m in _DIGITS.finditer(low):
        if not inside(m.start("digits"), taken):
            yield _in_digits(low, m, lang)
    loose = _LOOSE_PHRASES[lang].find(low, scanned)
    for start, end in loose:
        yield Span(FactKind.NUMBER, low[start:end], start, end, _role(low, start, end))
    yield from _in_words(low, scanned, lang, taken + loose)


def _in_digits(low: str, m: re.Match[str], lang: str) -> Span:
    end, scale, role = m.end(), 1, ""
    unit = _UNIT.match(low, end)
    if unit and unit["percent"]:
        end, role = unit.end(), "percent"
    elif unit and unit["word"] in lexicon.SCALES:
        end, scale = unit.end(), lexicon.SCALES[unit["word"]]
    if m["money"]:
        role = "money"
    elif ":" in m["digits"]:
        role = "time"
    value = _parsed(m["digits"], lang)
    key = m["digits"] if value is None else _shown(value * scale)
    return Span(FactKind.NUMBER, ("-" if m["sign"] else "") + key, m.start(), end, role or _role(low, m.start(), end))


def _in_words(low: str, scanned: list[tuple[str, int]], lang: str, taken: list[tuple[int, int]]) -> Iterator[Span]:
    skip = -1
    for k, (word, start) in enumerate(scanned):
        if word not in _NUMERAL[lang] or start < skip or inside(start, taken):
            continue
        value, skip = _joined(low, scanned[k : k + 4], lang)
        key = word if value is None else _shown(value)
        yield Span(FactKind.NUMBER, key, start, skip, _role(low, start, skip))


def _joined(low: str, words: list[tuple[str, int]], lang: str) -> tuple[float | None, int]:
    """Read a number over the words that carry it on ("twenty-five", "two million"): its value and where it ends."""
    word, start = words[0]
    known = lexicon.NUMBER_WORDS[lang]
    value, end = known.get(word), start + len(word)
    for following, at in words[1:]:
        unit, scale = known.get(following), lexicon.SCALES.get(following)
        carries = scale is not None or (unit is not None and value is not None and unit < value)
        if value is None or low[end:at] not in {" ", "-"} or not carries:
            break
        value = value * scale if scale is not None else value + (unit or 0)
        end = at + len(following)
    return value, end


def _shown(value: float) -> str:
    return f"{value:.6g}" if value < 1e6 else f"{value:.0f}"


def _parsed(digits: str, lang: str) -> float | None:
    if ":" in digits:
        return None
    point = "." if lang == "en" else ","
    parts = re.split(r"[.,’'\s]", digits)
    grouped = len(parts) > 1 and all(len(p) == 3 for p in parts[1:]) and len(parts[0]) <= 3
    if grouped and (len(parts) > 2 or point not in digits):
        return float("".join(parts))
    if len(parts) <= 2:
        return float(".".join(parts))
    whole, _, rest = digits.rpartition(point)
    return float(f"{re.sub(r'[^0-9]', '', whole)}.{rest}") if whole and rest.isdigit() else None


def _role(low: str, start: int, end: int) -> str:
    after = low[end : end + 28]
    near = _ROLES.find(after)
    if near and not re.search(r"[.;!?]\s", after[: near[0][0]]):
        return _ROLE_OF.get(after[near[0][0] : near[0][1]], "")
    before = low[max(0, start - 24) : start]
    last = _ROLES.find(before)
    return _ROLE_OF.get(before[last[-1][0] : last[-1][1]], "") if last else ""
