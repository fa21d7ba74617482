"""Find the numbers of a text, each with a key by which "12" and "twelve", "1,000" and "1000" are the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..model.change import FactKind
from . import lexicon
from .dates import Span, find_dates, inside
from .units import MONEY, currency_of, unit_after

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROLES = lexicon.Phrases(*lexicon.ROLES.values())
# The role of each word: "killed" for dead, deaths, fatalities …
_ROLE_OF = {
    phrase.strip(): role for role, listed in lexicon.ROLES.items() for phrase in listed.split("|") if phrase.strip()
}
_LOOSE = {lang: frozenset(listed.split("|")) for lang, listed in lexicon.LOOSE_NUMBERS.items()}
# Loose numbers of several words, or with a hyphen, must be found as phrases.
_LOOSE_PHRASES = {
    lang: lexicon.Phrases("|".join(p for p in listed if not p.isalpha())) for lang, listed in _LOOSE.items()
}
# Every word at which a number may begin.
_NUMERAL = {
    lang: _LOOSE[lang] | frozenset(lexicon.NUMBER_WORDS[lang]) | frozenset(lexicon.ORDINALS[lang])
    for lang in lexicon.LANGUAGES
}
_DOZEN = frozenset("dozen dutzend douzaine docena dozzina dúzia dúzias dozijn".split())
_QUANTIFIERS = frozenset(
    "every all both each alle jede jeden tous toutes todos todas cada tutti tutte ogni elke iedere".split()
)
# "pour cent" is a percentage, not the number a hundred.
_BEFORE_PERCENT = re.compile(r"(?<!\w)(?:pour|per|por)\s$")

# A sign of money or a minus may come before the digits, but no letter, except in scripts that write without spaces, and
# no decimal point. Digits may be grouped by a point, comma, colon, apostrophe or space. A space groups three digits
# only, and does not follow a year.
_DIGITS = re.compile(
    r"(?P<money>US\$\s?|[$€£¥₹]\s?)?(?P<sign>(?<![\w])[-−–])?(?<![^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?<!\.)"
    r"(?P<digits>\d+(?:[.,:’'\u202f\u00a0]\d+|(?<!\d{4})[ \u2009]\d{3}(?!\d))*)",
    re.IGNORECASE,
)
_SCALE = re.compile(r"[\s\u00a0-]?(?P<word>[^\W\d_]+)")
# Abbreviated scales: the full stop after one belongs to it.
_SHORT_SCALES = frozenset("mio mrd mln bn mn tn trn bln".split())
_EXACT = {"half a million": "500000", "half a billion": "500000000"}
# The word between tens and ones: vingt et un.
_AND = {"fr": "et", "es": "y", "pt": "e", "it": "e"}
# Before an hour with a point: alle 20.30, às 8.15.
_AT_HOUR = re.compile(r"(?<!\w)(?:a las|las|alle|dalle|às|om)\s$")
# In German a point after the digits makes an ordinal where a word follows: am 3. Tag.
_ORDINAL_DE = re.compile(r"\.(?=\s[^\W\d_]{3})|(?:er|e)(?!\w)")
_TIME = re.compile(r"(?P<hour>[01]?\d|2[0-4])(?:(?P<sep>[:.])(?P<minutes>[0-5]\d))?")
# What makes figures a time: 8 p.m., 8 Uhr, 20h30, 8 o'clock, 8 GMT, 8 EST.
_OF_CLOCK = re.compile(
    r"[\s\u00a0]?(?:(?P<half>[ap])\.?\s?m\b\.?|uhr|horas|heures|hrs\b|uur|o'clock|gmt|[ecmpb][ds]?t\b"
    r"|h\s?(?P<minutes>[0-5]\d)?(?!\w|\.\w))"
)
_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|ère|re|nde?|ème|eme|e|º|ª|°)(?!\w)")
_CASUALTIES = frozenset({"killed", "injured"})
MAX_ROLE_GAP_CHARACTERS = 14
"""A casualty role this close to a number takes the place of "people"."""


def find_dates_and_numbers(text: str, low: str, words: list[tuple[str, int]], lang: str) -> list[Span]:
    """Return the dates and numbers of *text*, dates first, each kind in order.

    Args:
        text: any text.
        low: the same in lower case, letter for letter.
        words: the words of *low*, as `lexicon.words_of` gives them.
        lang: one of `lexicon.LANGUAGES`.
    """
    dates = find_dates(text, low, words, lang)
    numbers = sorted(_numbers(low, words, lang, [(d.start, d.end) for d in dates]), key=lambda span: span.start)
    return dates + _joined_with_loose(numbers, low)


def _numbers(low: str, words: list[tuple[str, int]], lang: str, dates: list[tuple[int, int]]) -> Iterator[Span]:
    # Dates are struck out of the text first: "March 12 300 people" counts 300.
    parts, at = [], 0
    for start, end in dates:
        parts += [low[at:start], "¤" * (end - start)]
        at = end
    found = [_in_digits(low, m, lang) for m in _DIGITS.finditer("".join([*parts, low[at:]]))]
    yield from found
    loose = _LOOSE_PHRASES[lang].find(low, words)
    for start, end in loose:
        key = _EXACT.get(low[start:end], low[start:end])
        yield Span(FactKind.NUMBER, key, start, end, _role(low, start, end), "", end)
    yield from _in_words(low, words, lang, sorted(dates + loose + [(span.start, span.end) for span in found]))


def _in_digits(low: str, m: re.Match[str], lang: str) -> Span:
    start, end, scale = m.start(), m.end(), 1
    endings = _ORDINAL_DE if lang == "de" else _ORDINAL
    # Of up to three digits only: "1900er" is a decade.
    ordinal = endings.match(low, end) if m["digits"].isdigit() and len(m["digits"]) < 4 and not m["money"] else None
    if ordinal:
        return Span(FactKind.NUMBER, f"{int(m['digits'])}.", start, ordinal.end(), "", "", ordinal.end())
    follows = _SCALE.match(low, end)
    if follows and follows["word"] in lexicon.SCALES:
        end, scale = follows.end("word"), lexicon.SCALES[follows["word"]]
        # "5 Mio. Euro": the point belongs to the word, and ends no sentence.
        if follows["word"] in _SHORT_SCALES and low[end : end + 2] == ". ":
            end += 1
    clock, until = _clock(m, low, end)
    if clock:
        return Span(FactKind.NUMBER, clock, start, end, "time", "", until)
    value = _value(m["digits"], lang)
    key = ("-" if m["sign"] else "") + (m["digits"] if value is None else _written(value * scale))
    return _with_unit(low, key, start, end, currency_of(m["money"]) or ("time" if ":" in m["digits"] else ""))


def _clock(m: re.Match[str], low: str, end: int) -> tuple[str, int]:
    """Return the hour of the day ("8", "20:30") and where its words end; "" where the figures are no time."""
    time = _TIME.fullmatch(m["digits"])
    marked = _OF_CLOCK.match(low, end)
    dotted = time and time["sep"] == "." and _AT_HOUR.search(low[max(0, m.start() - 8) : m.start()])
    if not time or m["money"] or m["sign"] or not (time["sep"] == ":" or marked or dotted):
        return "", end
    # 12 a.m. is hour 0 and 12 p.m. hour 12.
    hour, minutes = int(time["hour"]), time["minutes"] or (marked and marked["minutes"]) or "00"
    half = marked["half"] if marked else None
    if half and hour <= 12:
        hour = hour % 12 + 12 * (half == "p")
    return f"{hour}" + (f":{minutes}" if minutes != "00" else ""), marked.end() if marked else end


def _with_unit(low: str, key: str, start: int, end: int, known: str = "") -> Span:
    """Return a number with its unit and role.

    *known* is the unit that a sign before the number or its own form gives; the words after it may say the same.
    """
    unit, until = unit_after(low, end)
    if known and unit != known:
        unit, until = known, end
    if unit == "%" and low[until - 1] == "%":
        end = until
    if unit == "%":
        role = "percent"
    elif unit in MONEY:
        role = "money"
    else:
        role = "time" if unit == "time" else _role(low, start, end)
    return Span(FactKind.NUMBER, key, start, end, role, "" if unit == "time" else unit, until)


def _in_words(low: str, words: list[tuple[str, int]], lang: str, taken: list[tuple[int, int]]) -> Iterator[Span]:
    skip = -1
    for k, (word, start) in enumerate(words):
        if word not in _NUMERAL[lang] or start < skip or inside(start, taken):
            continue
        # "no one" is a person.
        if word == "one" and low[max(0, start - 3) : start] in {"no ", "no-"}:
            continue
        if word in {"cent", "cento"} and _BEFORE_PERCENT.search(low[max(0, start - 5) : start]):
            continue
        key, skip = _read_words(low, words[k : k + 5], lang)
        if low[max(start, skip - 3) : skip].strip() in _SHORT_SCALES and low[skip : skip + 2] == ". ":
            skip += 1
        # Ordinals have no unit: "the third year".
        if key.endswith("."):
            yield Span(FactKind.NUMBER, key, start, skip, _role(low, start, skip), "", skip)
        else:
            yield _with_unit(low, key, start, skip)


def _joined_with_loose(spans: list[Span], low: str) -> list[Span]:
    """Join a loose word with the number next to it: "every 40", "two dozen" state one thing."""
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last is None or last.end + 1 != span.start or low[last.end] not in " -":
            joined.append(span)
        # two dozen
        elif low[span.start : span.end] in _DOZEN and last.key.isdigit():
            joined[-1] = span._replace(key=str(int(last.key) * 12), start=last.start)
        # every 40
        elif low[last.start : last.end] in _QUANTIFIERS:
            joined[-1] = span._replace(key=f"{last.key} {span.key}", start=last.start)
        else:
            joined.append(span)
    return joined


def _read_words(low: str, words: list[tuple[str, int]], lang: str) -> tuple[str, int]:
    """Read a number in words ("twenty-five", "two million") from the first of *words* on: its key and its end."""
    known, ordinals = lexicon.NUMBER_WORDS[lang], lexicon.ORDINALS[lang]
    word, start = words[0]
    value, end = known.get(word), start + len(word)
    if value is None:
        return (f"{ordinals[word]}." if word in ordinals else word), end
    joint = ""
    for following, at in words[1:]:
        unit, scale = known.get(following), lexicon.SCALES.get(following)
        tens = value % 10 == 0 and value % 100
        # Only spaces, hyphens and the word for "and" may be between the words of one number.
        if low[end:at].replace(joint, "", 1).strip() not in {"", "-"}:
            break
        if following == _AND.get(lang) and tens and not joint:
            joint = following
            continue
        if following in ordinals and tens and not joint:
            return f"{value + ordinals[following]:.0f}.", at + len(following)
        # A word that is not smaller begins a number of its own: "twenty thirty".
        if scale is None and (unit is None or unit >= value or (joint and unit > 9)):
            break
        value, joint = (value * scale if scale is not None else value + (unit or 0)), ""
        end = at + len(following)
    return _written(value), end


def _written(value: float) -> str:
    return f"{value:.6g}" if value < 1e6 else f"{value:.0f}"


def _value(digits: str, lang: str) -> float | None:
    """Read figures with the decimal and grouping marks of a language; None where they are no number."""
    if ":" in digits:
        return None
    point = "." if lang == "en" else ","
    parts = re.split(r"[.,’'\s]", digits)
    # 1,000 in English and 1.000 elsewhere. A single group is a thousand only where its mark is not the decimal one.
    grouped = len(parts) > 1 and all(len(p) == 3 for p in parts[1:]) and len(parts[0]) <= 3
    if grouped and (len(parts) > 2 or point not in digits):
        return float("".join(parts))
    if len(parts) <= 2:
        return float(".".join(parts))
    whole, _, rest = digits.rpartition(point)
    return float(f"{re.sub(r'[^0-9]', '', whole)}.{rest}") if whole and rest.isdigit() else None


def _role(low: str, start: int, end: int) -> str:
    """Return what a number counts, by the words right after it, else right before it."""
    after = low[end : end + 28]
    # 28 characters after a number and 24 before it are about four words.
    near = _ROLES.find(after)
    before = low[max(0, start - 24) : start]
    last = _ROLES.find(before)
    role_before = _ROLE_OF.get(before[last[-1][0] : last[-1][1]], "") if last else ""
    if not near or re.search(r"[.;!?]\s", after[: near[0][0]]):
        return role_before
    role_after = _ROLE_OF.get(after[near[0][0] : near[0][1]], "")
    if role_after != "people":
        return role_after
    # "12 people died", "killed at least 12 people": what happened to them says more than that they are people.
    if len(near) > 1 and near[1][0] - near[0][1] <= MAX_ROLE_GAP_CHARACTERS:
        second = _ROLE_OF.get(after[near[1][0] : near[1][1]], "")
        return second if second in _CASUALTIES else role_after
    is_near = role_before in _CASUALTIES and len(before) - last[-1][1] <= MAX_ROLE_GAP_CHARACTERS
    return role_before if is_near else role_after
