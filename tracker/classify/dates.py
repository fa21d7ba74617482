"""Find the dates, times of day and periods of a text.

A date has the same key however it is written: "March 4", "Mar. 4th", "4 March". The words are in the tables [dates] and
[times] of `data/<language>.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ..model.change import FactKind
from . import number_words
from .lexicon import NO_NAMES, PerLanguage, Phrases, entries, expressions, groups, word_set, words_of
from .number_words import ROLE_WORDS, inside, quantity_names, unit_after, written

MAX_DAYS_CHARACTERS: Final = 36
"""The days of a month are looked for within this many characters before it: "zwischen dem 14. und dem 16. "."""
MAX_DAY_WORDS: Final = 4
MAX_SHORT_MONTH: Final = 3
"""A word of up to this many letters is an abbreviated month only next to a day or year."""
MAX_DAY: Final = 31
MAX_NAME_CHARACTERS: Final = 24
"""The word that makes a year a name is looked for within this many characters before it: "Tokyo 2020"."""
MAX_AMOUNT_CHARACTERS: Final = 14
"""Words that make a year an amount are looked for within this many characters before and after: "over 2000 people"."""
_FIGURE: Final = re.compile(r"\d")
# March 4, March 4–6, March 4 to 6, March 4th, 2020; not "March 4.5 percent", "March 4 to 6 people".
_AFTER_MONTH: Final = re.compile(
    r"\.?\s+\d{1,2}(?:st|nd|rd|th)?(?:\s?[-–]\s?\d{1,2}|\s(?:to|through)\s\d{1,2}(?:st|nd|rd|th)?"
    r"(?=[,.;:)]?(?:\s\d{4}\b|$|\s(?:in|at|on)\b)))?(?![\d.:,]\d|\d|\s*%)(?:,?\s+\d{4}(?!\d))?"
)
# March 2020, marzo de 2020
_YEAR_AFTER: Final = re.compile(r"\.?,?\s+(?:de\s+|del\s+)?\d{4}(?!\d)")
# 2020-03-04, 4.3.2020, 4/3/20
_NUMERIC_DATE: Final = re.compile(
    r"(?<![\w.,])(?:\d{4}-\d{2}-\d{2}(?:t[\d:.]+z?)?|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2}))(?![\w])"
)
# 1900 to 2099; 1400 to 1899 after a preposition, in brackets or in a span only, because such numbers mostly count
# something. "2019-20" is one year; an amount of money, a decimal, a time and a thousand with a space are none.
_YEAR: Final = re.compile(
    r"(?<![\w.,$€£:])(?:(?:1\d|20)\d\d[-–](?:1\d|20)\d\d|(?<=\()1[4-8]\d\d(?=\))"
    r"|(?:(?:19|20)\d\d|(?<=\b(?:in|im|en|em|of|by)\s)1[4-8]\d\d)(?:[-–]\d\d)?)(?![\w%]|[.,:]\d|[-–]\d(?!\d)|\s\d{3}(?!\d))"
)
# Next to a year or a season, a capital makes a name of it: the 2020 US election, Tokyo 2020.
_CAPITAL_AFTER: Final = re.compile(r" [A-Z]")
_NAME_BEFORE: Final = re.compile(r"(?<!\w)([A-Z][\w'’-]+) \Z")

_TIME: Final = re.compile(r"(?P<hour>[01]?\d|2[0-4])(?:(?P<sep>[:.])(?P<minutes>[0-5]\d))?(?![\d:]|[.,]\d)")
_ZONES: Final = r"(?:gmt|utc|ces?t|mes?z|[ecmpb][ds]?t)"
_ZONE: Final = re.compile(rf"[\s\u00a0]?(?P<zone>{_ZONES})(?!\w)")
_DOTTED: Final = re.compile(r"(?<![\d.,:])(\d{1,2})\.([0-5]\d)(?![\d:]|[.,]\d)")


class Span(NamedTuple):
    """A number or date of a text.

    Attributes:
        key: the value to compare: two spans with the same key state the same.
        start: where it begins.
        end: where it ends.
        role: the thing that a number counts ("killed", "percent", "money", "age", "period"); for a date, "time",
            "period" or "".
        unit: the unit of measurement ("usd", "year"); empty if the next word is none.
        until: where the words of the unit end.
        weak: empty for most. Otherwise the quantity or date is a fact only if it replaced another one: "ordinal" (the
            third), "one", "part" (half), "times" (once, double), "name" (Radio 5, Tuesday's match, today).
        measure: the measured quantity ("length", "money", "duration"), "part" or "times".
    """

    kind: FactKind
    key: str
    start: int
    end: int
    role: str = ""
    unit: str = ""
    until: int = 0
    weak: str = ""
    measure: str = ""


_MONTHS: Final = PerLanguage(lambda lang: groups(lang, "dates", "months"))
_FULL_MONTHS: Final = PerLanguage(
    lambda lang: frozenset(names.split()[0] for names in entries(lang, "dates", "months"))
)
_AMBIGUOUS: Final = PerLanguage(lambda lang: word_set(lang, "dates", "ambiguous_months"))
_WEEKDAYS: Final = PerLanguage(
    lambda lang: {name: names.split()[0] for names in entries(lang, "dates", "weekdays") for name in names.split()}
)
_NEAR_DAYS: Final = PerLanguage(lambda lang: Phrases(entries(lang, "dates", "near_days")))
_NAMED_DAYS: Final = PerLanguage(lambda lang: word_set(lang, "dates", "named_days"))
_SEASONS: Final = PerLanguage(lambda lang: word_set(lang, "dates", "seasons"))
_HOURS: Final = PerLanguage(
    lambda lang: (
        dict.fromkeys(entries(lang, "times", "midnight"), "0") | dict.fromkeys(entries(lang, "times", "noon"), "12")
    )
)
_DAYS: Final = PerLanguage(
    lambda lang: Phrases(
        *(entries(lang, "dates", key) for key in ("near_days", "named_days", "days")), _WEEKDAYS[lang], _HOURS[lang]
    )
)
_WHICH_BEFORE: Final = PerLanguage(lambda lang: word_set(lang, "dates", "which_before"))
_WHICH_AFTER: Final = PerLanguage(lambda lang: word_set(lang, "dates", "which_after") | word_set(lang, "dates", "ago"))
_DURING: Final = PerLanguage(lambda lang: word_set(lang, "dates", "during"))
# 4 March, 4–6 March, 4 to 6 March, 4. März, 4 de marzo, 4th of March
_DAY_BEFORE: Final = expressions(
    "dates",
    r"(?<!\d)(?:{between}?\d{1,2}{day_endings}?\.?(?:\s?[-–]\s?|\s(?:{day_joints}|{and_joints})\s))?"
    r"\d{1,2}{day_endings}?\.?\s+{of}?\Z",
)
_TWO_DAYS: Final = expressions("dates", r"\d{1,2}{day_endings}?\.?\s{and_joints}\s")
_OF: Final = expressions("dates", r"\s{of}\Z")
_PREPOSITION: Final = expressions("dates", r"(?<!\w){before_month}[\s-]\Z")
_DAY_WHICH_BEFORE: Final = expressions("dates", r"(?<!\w){which_before}\s\Z")
_DAY_WHICH_AFTER: Final = expressions("dates", r"\s{which_after}(?!\w)")
_AMOUNT_BEFORE: Final = expressions("dates", r"(?<!\w){amount_before}\Z")
# The 1980s, ’80s, 1980er, die 80er-Jahre, les années 80. "The 80s" may be degrees.
_DECADE: Final = expressions(
    "dates",
    r"(?<!\w)(?:1[89]\d0s|20\d0s|['’]\d0s|(?:1[89]|20)\d0er[ns]?(?:[- ]jahren?)?|\d0er[- ]jahren?"
    r"|{decades} ['’]?(?:1[89]|20)?\d0)(?!\w)",
)
# Words that make a figure a time: 8 p.m., 8 Uhr, 20h30, 8 o'clock, 8 GMT. The word for a time of day may also mean a
# number of hours: only "à 20 heures" is a time.
_CLOCK: Final = expressions(
    "times",
    rf"[\s\u00a0]?(?:(?P<half>[ap])\.?\s?m\b\.?|{{clock}}\b\.?|(?={_ZONES}\b)"
    r"|h\s?(?P<minutes>[0-5]\d)(?!\w|\.\w)|(?P<hours>{hours})\b)",
)
_AT: Final = expressions("times", r"(?<!\w){at}\s\Z")


def is_near_day(text: str, lang: str) -> bool:
    """Return whether a date is relative to the day of publication: yesterday, this morning."""
    return bool(_NEAR_DAYS[lang].find(text.lower().replace("’", "'")))


def may_be_same_day(old: str, new: str, lang: str) -> bool:
    """Return whether one of two dates is "today" or the like, and the other a day of the week or with a number."""
    weekdays = tuple(_WEEKDAYS[lang])
    return any(
        is_near_day(near, lang)
        and not is_near_day(named, lang)
        and any(word[0].isdigit() or word.startswith(weekdays) for word in named.lower().split())
        for near, named in ((old, new), (new, old))
    )


def find_dates(text: str, low: str, words: list[tuple[str, int]], lang: str) -> list[Span]:
    """Return the dates of `text`, in order.

    `low` is the text in lower case, letter for letter; `words` are its words, as `lexicon.words_of` gives them.
    """
    # The places of dates are covered, so that a year or weekday within one is not a second date.
    covered = list(_month_dates(text, low, words, lang))
    if _FIGURE.search(low) is not None:
        covered += [m.span() for pattern in (_NUMERIC_DATE, _DECADE[lang]) for m in pattern.finditer(low)]
        covered.sort()
        years = []
        for start, end in [m.span() for m in _YEAR.finditer(low) if not inside(m.start(), covered)]:
            # A number like a year may be an amount: "2000 people", "2000 euros", "more than 2000".
            if _AMOUNT_BEFORE[lang].search(low, max(0, start - MAX_AMOUNT_CHARACTERS), start):
                continue
            counted = ROLE_WORDS[lang].find(low[end : end + MAX_AMOUNT_CHARACTERS])
            if not any(at <= 1 for at, _ in counted) and not unit_after(text, low, end, lang).code:
                years.append((start, end))
        covered = sorted(covered + years)
    days = []
    for start, end in [place for place in _DAYS[lang].find(low, words) if not inside(place[0], covered)]:
        # Words that specify the day are part of the date: "last Tuesday", "mardi dernier", "Monday night".
        before = _DAY_WHICH_BEFORE[lang].search(low, max(0, start - 14), start)
        after = _DAY_WHICH_AFTER[lang].match(low, end)
        days.append((before.start() if before else start, after.end() if after else end))
    return [
        Span(FactKind.DATE, _key(low[at:end], lang), at, end, until=end, weak=_weak(text, low, (at, end), lang))
        for at, end in sorted(covered + days)
    ]


def _weak(text: str, low: str, place: tuple[int, int], lang: str) -> str:
    """Return "name" for a date that names something ("Tuesday's match", "the 2020 US election"), not when it was."""
    start, end = place
    date = low[start:end]
    if date in _NAMED_DAYS[lang] or (lang == "en" and low.startswith("'s ", end)):
        return "name"
    is_year, before = date.isdigit(), max(0, start - MAX_NAME_CHARACTERS)
    event = _NAME_BEFORE.search(text, before, start) if is_year else None
    word = event[1].lower() if event else ""
    follows = event is not None and word not in NO_NAMES[lang] and word not in _SEASONS[lang]
    leads = lang == "en" and (is_year or date.split()[-1] in _SEASONS[lang]) and _CAPITAL_AFTER.match(text, end)
    return "name" if (follows or leads) and not _PREPOSITION[lang].search(low, before, start) else ""


def _key(date: str, lang: str) -> str:
    """Return the key of a date: year, month and day as far as they are known, or else its words."""
    if date in _HOURS[lang]:
        return _HOURS[lang][date]
    figures = re.findall(r"\d+", date)
    if _DECADE[lang].fullmatch(date):  # "the ’80s" are those of the last century; "die 20er" may be of this one
        return f"{'19' if len(figures[0]) == 2 and figures[0] > '20' else ''}{figures[0]}s"
    # Four digits are a year, one or two a day.
    month = next((_MONTHS[lang][word] + 1 for word in re.findall(r"[^\W\d_]+", date) if word in _MONTHS[lang]), 0)
    year = next((f for f in figures if len(f) == 4), "")
    if month:
        read = number_words.read(date, words_of(date), lang, ())
        days = [f for f in figures if len(f) < 3] or [f"{n.value:.0f}" for n in read]
        if days or year:
            joint = "+" if _TWO_DAYS[lang].match(date) else "–"
            return f"{year}-{month:02}-{joint.join(day.zfill(2) for day in days) or '00'}"
        return f"{month:02}"
    if len(figures) >= 3 and len(figures[0]) == 4:
        return "-".join(figures)
    # In English, 4/5/2020 is 4 May or April 5, so it is compared as it is written.
    if len(figures) == 3 and lang != "en" and int(figures[1]) <= 12:
        day, month_of, year = figures
        return f"{year if len(year) == 4 else f'20{year}'}-{month_of.zfill(2)}-{day.zfill(2)}"
    return " ".join(_WEEKDAYS[lang].get(word, word) for word in re.split(r"[\s,.]+", date)).strip()


def _month_dates(text: str, low: str, words: list[tuple[str, int]], lang: str) -> Iterator[tuple[int, int]]:
    last = 0
    for k, word, begins in [(k, word, at) for k, (word, at) in enumerate(words) if word in _MONTHS[lang]]:
        end = begins + len(word)
        capital = text[begins].isupper()
        if word in _AMBIGUOUS[lang] and not capital:
            continue
        # In "March 12 March" the figures belong to the first.
        figures = _DAY_BEFORE[lang].search(low, max(last, begins - MAX_DAYS_CHARACTERS), begins)
        start = figures.start() if figures else _day_in_words(low, words[max(0, k - MAX_DAY_WORDS) : k], begins, lang)
        after = _AFTER_MONTH.match(low, end) if start is None and lang == "en" else None
        tail = after or _YEAR_AFTER.match(low, end)
        if start is not None or tail:
            last = tail.end() if tail else end
            yield begins if start is None else start, last
        # A month without a day is a date: "in April", "en mars", not "Mr May" or "Rio de Janeiro".
        elif lang == "en" and word in _FULL_MONTHS[lang] and word not in _AMBIGUOUS[lang]:
            if capital:
                yield begins, end
        elif word in _FULL_MONTHS[lang] or len(word) > MAX_SHORT_MONTH:  # "Jan" is a name, too
            before = _PREPOSITION[lang].search(low, max(0, begins - MAX_NAME_CHARACTERS), begins)
            is_when = before is not None or (lang == "en" and low.endswith("the ", 0, begins))
            if is_when and capital == (lang in {"en", "de"}):
                yield begins, end


def _day_in_words(low: str, words: Sequence[tuple[str, int]], month: int, lang: str) -> int | None:
    """Return where the day in words before a month begins: "fifth of May", "premier mai"; None if there is none.

    In English, only an ordinal is a day.
    """
    joint = _OF[lang].search(low, max(0, month - 4), month)
    begins = joint.start() if joint else month
    number = number_words.last(low, [word for word in words if word[1] < begins], begins, lang)
    if number is None or not 1 <= number.value <= MAX_DAY:
        return None
    return None if lang == "en" and (joint is None or number.weak != "ordinal") else number.start


def with_colons(text: str, other: str) -> str:
    """Return `text` with a colon in each time of day that `other` writes with one: "at 8.30", "at 8:30"."""
    if ":" not in other:
        return text

    def with_colon(time: re.Match[str]) -> str:
        colon = f"{time[1]}:{time[2]}"
        return colon if re.search(rf"(?<![\d:]){colon}(?![\d:])", other) and time[0] not in other else time[0]

    return _DOTTED.sub(with_colon, text)


def clock_time(low: str, start: int, lang: str) -> Span | None:
    """Return the time of day that begins with the figures at `start`; None if they are not a time.

    The key is the hour of the day, with the minutes where there are any: "8", "20:30".
    """
    time = _TIME.match(low, start)
    if time is None or low[max(0, start - 1) : start] in set("$€£-–−:"):
        return None
    end = time.end()
    marked = _CLOCK[lang].match(low, end)
    is_at = _AT[lang].search(low, max(0, start - 8), start) is not None
    if marked and marked["hours"] and not is_at:
        marked = None
    if not (time["sep"] == ":" or marked or (time["sep"] == "." and is_at)):
        return None
    # 12 a.m. is hour 0 and 12 p.m. hour 12; the day ends at hour 24, where the next begins.
    hour, minutes = int(time["hour"]), time["minutes"] or (marked and marked["minutes"]) or "00"
    half = marked["half"] if marked else None
    if half and hour <= 12:
        hour = hour % 12 + 12 * (half == "p")
    key = f"{hour % 24}" + (f":{minutes}" if minutes != "00" else "")
    end = marked.end() if marked and marked[0].strip() else end
    zone = _ZONE.match(low, end)
    # 10:00 BST is another time than 10:00 GMT.
    return Span(FactKind.DATE, key, start, end, "time", zone["zone"] if zone else "", zone.end() if zone else end)


def find_lengths(text: str, low: str, words: list[tuple[str, int]], lang: str) -> Iterator[Span]:
    """Yield the periods of one unit, of a half or of both: "an hour", "half a year", "un an et demi".

    One unit alone is weak: "for a year" is a fact only if it replaced another period.
    """
    units = quantity_names(lang).spans
    for word, at in [each for each in words if each[0] in units]:
        before = number_words.one_or_half_before(low, at, lang)
        # "A day-to-day matter", "a year's work"
        if before is None or low[at + len(word) : at + len(word) + 1] in {"-", "'"}:
            continue
        more = number_words.half_after(low, at + len(word), lang)
        value = before[1] + (0.5 if more else 0)
        unit = unit_after(text, low, at - 1, lang)
        until, weak = more or unit.end, "one" if value == 1 and not low.startswith(" ago", unit.end) else ""
        yield Span(FactKind.NUMBER, written(value), before[0], until, "period", unit.code, until, weak, unit.kind)


def find_periods(low: str, words: list[tuple[str, int]], lang: str) -> Iterator[Span]:
    """Yield the periods that have no number: for days, in recent weeks, la semana pasada.

    `words` are the words of `low`, a text in lower case, as `lexicon.words_of` gives them.
    """
    spans = quantity_names(lang).spans
    for k in [k for k, (word, _) in enumerate(words) if word in spans]:
        word, start = words[k]
        end = start + len(word)
        before, at = words[k - 1] if k else ("", start)
        after, next_at = words[k + 1] if k + 1 < len(words) else ("", end)
        if low[at + len(before) : start] == " " and before in _WHICH_BEFORE[lang]:
            start = at
        elif low[end:next_at] in {" ", "-"} and after in _WHICH_AFTER[lang]:
            end = next_at + len(after)
        elif not (spans[word] and before in _DURING[lang] and low[at + len(before) : start] == " "):
            continue
        yield Span(FactKind.DATE, low[start:end], start, end, "period" if spans[word] else "", until=end)
