"""Find the dates of a text, each with a key by which "March 4", "Mar. 4th" and "4 March" are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..model.change import FactKind
from . import lexicon, number_words
from .number_words import inside
from .units import unit_after

_MONTH_NUMBER = {
    word: n
    for n, listed in enumerate(
        (
            "january jan januar jänner janvier enero gennaio janeiro januari",
            "february feb februar februári février févr febrero febbraio fevereiro februari",
            "march mar märz mars marzo março maart",
            "april apr avril avr abril abr aprile",
            "may mai mayo maggio maio mei",
            "june jun juni juin junio giugno junho",
            "july jul juli juillet juil julio luglio julho",
            "august aug août agosto augustus",
            "september sep sept septembre septiembre settembre setembro",
            "october oct oktober okt octobre octubre ottobre outubro",
            "november nov novembre noviembre novembro",
            "december dec dezember dez décembre déc diciembre dicembre dezembro",
        ),
        start=1,
    )
    for word in listed.split()
}
# In English a month alone is a date ("in April"); other languages write months in lower case, like any word.
_ENGLISH_MONTHS = frozenset(
    "january february march april may june july august september october november december".split()
)
# Months and their abbreviations that are other words too.
_AMBIGUOUS_MONTHS = frozenset("may march mar jan sep mars mai mei dec".split())
_DAYS = lexicon.Phrases.by_language(lexicon.DAYS)
# "Early May", "Until May": capital letters before a month that begin no name.
_PARTS_OF_A_MONTH = frozenset("early mid late until till through between during end beginning".split())
# What a number may count, to tell "2000 people" from the year 2000.
_COUNTED = lexicon.Phrases(*lexicon.ROLES.values())

_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|ª)?\.?"
_THE = r"(?:de[nmr]|het|l[ea]|el|il|l['’]|o)?\s?"
# From one day to another, "4–6", "4. bis zum 6.", "4 al 6", "between 4 and 6": what comes before the second.
_FROM_DAY = (
    rf"(?:{_DAY}\s?(?:[-–]|(?:to|until|till|through|bis(?:\szum)?|(?:jusqu['’])?au|al|hasta\sel|fino\sal|a|até"
    r"|tot(?:\sen\smet)?|t/m)\s)\s?"
    rf"|(?:between|zwischen|entre|tra|fra|tussen)\s{_THE}{_DAY}\s(?:and|und|et|y|e|en)\s{_THE})"
)
# 4 March, 4–6 March, 4 to 6 March, 4. März, 4 de marzo, 4th of March
_BEFORE_MONTH = re.compile(rf"(?<!\d)(?:{_FROM_DAY})?{_DAY}\s+(?:de\s+|of\s+)?$")
# March 4, March 4-6, March 4 to 6, March 4th, 2020; not "March 4.5 percent", "March 4 to 6 people".
_AFTER_MONTH, _AFTER_BETWEEN = (
    re.compile(
        rf"\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:\s?[-–]\s?\d{{1,2}}|\s(?:{joints})\s\d{{1,2}}(?:st|nd|rd|th)?"
        r"(?=[,.;:)]?(?:\s\d{4}\b|$|\s(?:in|at|on)\b)))?(?![\d.:,]\d|\d|\s*%)(?:,?\s+(?:de\s+|del\s+)?\d{4}(?!\d))?"
    )
    for joints in ("to|through", "and")
)
MAX_DAYS_CHARACTERS = 36
"""Characters before a month in which its days are looked for: "zwischen dem 14. und dem 16. ", at most."""
# Between a day in words and its month, and before a part of a whole.
_OF = re.compile(r"\s(?:of|de)\s\Z")
_PART_BEFORE = re.compile(r"(?<!\w)(?:an?|one|two|three|four)[ -]\Z")
MAX_DAY_WORDS = 4
MAX_DAY = 31
# March 2020, marzo de 2020
_YEAR_AFTER = re.compile(r"\.?,?\s+(?:de\s+|del\s+)?\d{4}(?!\d)")
# Before a month without a day in other languages: en mars, im März.
_PREPOSITION = re.compile(r"(?<!\w)(?:en|de|em|in|im|di|del|desde|depuis|seit|dal|a|à|since|until)\s$")
_FIGURE = re.compile(r"\d")
# 2020-03-04, 4.3.2020, 4/3/20
_NUMERIC_DATE = re.compile(
    r"(?<![\w.,])(?:\d{4}-\d{2}-\d{2}(?:t[\d:.]+z?)?|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2}))(?![\w])"
)
# 1900 to 2099; 1400 to 1899 after a preposition, in brackets or in a span only, because such numbers mostly count
# something. "2019-20" is one year; an amount of money, a decimal, a time and a thousand with a space are none.
_YEAR = re.compile(
    r"(?<![\w.,$€£:])(?:(?:1\d|20)\d\d[-–](?:1\d|20)\d\d|(?<=\()1[4-8]\d\d(?=\))"
    r"|(?:(?:19|20)\d\d|(?<=\b(?:in|im|en|em|of|by)\s)1[4-8]\d\d)(?:[-–]\d\d)?)(?![\w%]|[.,:]\d|[-–]\d(?!\d)|\s\d{3}(?!\d))"
)
# "More than 2000", "plus de 2000": what follows these is not a year.
_AMOUNT_BEFORE = re.compile(
    r"(?<!\w)(?:(?:more|less|fewer) than|at least|nearly|almost"
    r"|(?:mehr|weniger) als|(?:plus|moins|près) de|(?:más|menos|cerca) de"
    r"|(?:più|meno) di|(?:mais|menos) de|(?:meer|minder) dan)\s\Z"
)
# The 1980s, ’80s, 1980er, die 80er-Jahre, les années 80. "The 80s" may be degrees.
_DECADE = re.compile(
    r"(?<!\w)(?:1[89]\d0s|20\d0s|['’]\d0s|(?:1[89]|20)\d0er[ns]?(?:[- ]jahren?)?|\d0er[- ]jahren?"
    r"|(?:années|años|anni|anos|jaren) ['’]?(?:1[89]|20)?\d0)(?!\w)"
)
_WHICH_BEFORE = re.compile(
    r"(?<!\w)(?:last|next|this|past|coming|early|late|letzten|vergangenen|vorigen|kommenden|nächsten|diesen|dieser"
    r"|afgelopen|vorige|volgende|komende|pasado|próximo|scorso|prossimo|passada|próxima)\s$"
)
_WHICH_AFTER = re.compile(
    r"\s(?:morning|afternoon|evening|night|früh|vormittag|nachmittag|abend|nacht|matin|après-midi|soir|dernier|prochain"
    r"|pasado|próximo|scors[oa]|prossim[oa]|passad[oa]|próxim[oa]|mattina|sera|ochtend|middag|avond)(?!\w)"
)


# Next to a year or a season, a capital makes a name of it: the 2020 US election, Tokyo 2020.
_CAPITAL_AFTER = re.compile(r" [A-Z]")
_NAME_BEFORE = re.compile(r"(?<!\w)([A-Z][\w'’-]+) \Z")
# "A Christmas party" says what party it is; "a Monday meeting", "a 2020 shooting" say when.
_FESTIVAL = re.compile(r"(?:christmas|easter|halloween|thanksgiving|ramadan)\Z")
_ATTRIBUTE = re.compile(r"(?<!\w)an? \Z")
# The names of days that have a weekday in them, before the weekday: Good Friday.
_NAMED_DAY = re.compile(r"(?<!\w)(?:Good|Black|Holy|Ash|Palm|Maundy|Shrove|Whit|Easter|Super|Cyber|Bloody|Giving) \Z")
MAX_NAME_CHARACTERS = 24
"""Characters before a year in which the word that makes it a name is looked for: "Tokyo 2020"."""
MAX_AMOUNT_CHARACTERS = 14
"""Characters before a year in which words that make it an amount are looked for."""
_SEASON = re.compile(r"(?:spring|summer|autumn|fall|winter)$")
_WHEN = re.compile(r"(?<!\w)(?:in|since|of|by|until|from|during|before|after|for)\s$")


NEAR_DAY = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|gestern|heute|morgen|hier|aujourd['’]hui|demain|ayer|hoy|mañana|ieri|oggi|domani|ontem"
    r"|hoje|amanhã|gisteren|vandaag|(?:this|last) (?:morning|afternoon|evening|night)|ce (?:matin|soir)|cette nuit"
    r"|esta (?:mañana|tarde|noche|manhã|noite)|questa (?:mattina|sera|notte))\b",
    re.IGNORECASE,
)
"""A day relative to the day of publication."""
# Each list of days begins with those of the week.
_WEEKDAYS = tuple(day for listed in lexicon.DAYS.values() for day in listed.split("|")[:7])
# The day of publication, or "nowadays": on their own they tell readers no date.
_TODAY = frozenset("today heute aujourd'hui hoy oggi hoje vandaag".split())


class Span(NamedTuple):
    """A number or date of a text.

    Attributes:
        key: what is compared: two spans with the same key state the same.
        start: where it begins.
        end: where it ends.
        role: what a number counts ("killed", "percent", "money", "age", "time").
        unit: what it is measured in ("usd", "year"); empty if the next word does not say.
        until: where the words of the unit end.
        weak: empty for a quantity or date that says something wherever it is. Otherwise it only says something
            where it took the place of another: "ordinal" (the third), "one", "part" (half), "times" (once, double),
            "name" (Radio 5, Tuesday's match, today).
        measure: what the unit measures ("length", "money", "duration"), "part" or "times".
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


def may_be_same_day(old: str, new: str) -> bool:
    """Return whether one of two dates is "today" or the like, and the other a day of the week or with a number."""
    return any(
        NEAR_DAY.search(near) is not None
        and NEAR_DAY.search(named) is None
        and any(word[0].isdigit() or word.startswith(_WEEKDAYS) for word in named.lower().split())
        for near, named in ((old, new), (new, old))
    )


def find_dates(text: str, low: str, words: list[tuple[str, int]], lang: str) -> list[Span]:
    """Return the dates of `text`, in order.

    Args:
        text: any text.
        low: the same in lower case, letter for letter.
        words: the words of `low`, as `lexicon.words_of` gives them.
        lang: one of `lexicon.LANGUAGES`.
    """
    # What is found first is covered: a year or a weekday within a date is not a second date.
    has_figures = _FIGURE.search(low) is not None
    numeric = [m.span() for m in _NUMERIC_DATE.finditer(low)] if has_figures else []
    decades = [m.span() for m in _DECADE.finditer(low)] if has_figures else []
    covered = sorted([*_month_dates(text, low, words, lang), *numeric, *decades])
    if has_figures:
        years = [m.span() for m in _YEAR.finditer(low) if not inside(m.start(), covered)]
        covered = sorted(covered + [place for place in years if not _counts_something(text, low, place, lang)])
    days = [_with_which(low, start, end) for start, end in _DAYS[lang].find(low, words) if not inside(start, covered)]
    found = sorted(covered + days)
    return [
        Span(FactKind.DATE, _key(low[start:end], lang), start, end, until=end, weak=_weak(text, low, start, end, lang))
        for start, end in found
    ]


def _weak(text: str, low: str, start: int, end: int, lang: str) -> str:
    """Return whether a date names something ("Tuesday's match", "the 2020 US election"), not when it was."""
    if (low.startswith("'s ", end) and lang == "en") or low[start:end] in _TODAY:
        return "name"
    if lang != "en":
        return ""
    before = max(0, start - MAX_NAME_CHARACTERS)
    if _FESTIVAL.match(low, start, end) and _ATTRIBUTE.search(low, before, start):
        return "name"
    if _NAMED_DAY.search(text, before, start):
        return "name"
    is_year = low[start:end].isdigit()
    event = _NAME_BEFORE.search(text, before, start) if is_year else None
    follows = event is not None and event[1].lower() not in lexicon.NO_NAMES["en"]
    leads = (is_year or _SEASON.search(low, start, end)) and _CAPITAL_AFTER.match(text, end)
    return "name" if (follows or leads) and not _WHEN.search(low, max(0, start - 8), start) else ""


def _with_which(low: str, start: int, end: int) -> tuple[int, int]:
    """Take in the words that say which day it was: "last Tuesday", "mardi dernier", "Monday night"."""
    before = _WHICH_BEFORE.search(low[max(0, start - 14) : start])
    after = _WHICH_AFTER.match(low, end)
    return start - len(before[0]) if before else start, after.end() if after else end


def _key(date: str, lang: str) -> str:
    """Return a date as year-month-day as far as it is known, else its words."""
    if date in lexicon.HOURS_BY_NAME:
        return lexicon.HOURS_BY_NAME[date]
    date = date.replace("sonnabend", "samstag")  # German has two names for Saturday
    figures = re.findall(r"\d+", date)
    if _DECADE.fullmatch(date):  # "the ’80s" are those of the last century; "die 20er" may be of this one
        return f"{'19' if len(figures[0]) == 2 and figures[0] > '20' else ''}{figures[0]}s"
    # The parts are told apart by their length: four digits are a year, up to two a day.
    month = next((_MONTH_NUMBER[word] for word in re.findall(r"[^\W\d_]+", date) if word in _MONTH_NUMBER), 0)
    year = next((f for f in figures if len(f) == 4), "")
    if month:
        read = number_words.read(date, lexicon.words_of(date), lang, ())
        days = [f for f in figures if len(f) < 3] or [f"{n.value:.0f}" for n in read]
        if days or year:
            return f"{year}-{month:02}-{'–'.join(day.zfill(2) for day in days) or '00'}"
    if len(figures) >= 3 and len(figures[0]) == 4:
        return "-".join(figures)
    # In English, 4/5/2020 is another day on each side of the Atlantic: it is compared as it is written.
    if len(figures) == 3 and lang != "en" and int(figures[1]) <= 12:
        day, month_of, year = figures
        return f"{year if len(year) == 4 else f'20{year}'}-{month_of.zfill(2)}-{day.zfill(2)}"
    return f"{month:02}" if month else re.sub(r"[\s,.]+", " ", date).strip()


def _counts_something(text: str, low: str, place: tuple[int, int], lang: str) -> bool:
    """Return whether what looks like a year counts something: "2000 people", "2000 euros", "more than 2000"."""
    start, end = place
    if _AMOUNT_BEFORE.search(low, max(0, start - MAX_AMOUNT_CHARACTERS), start):
        return True
    return any(start <= 1 for start, _ in _COUNTED.find(low[end : end + 14])) or bool(
        unit_after(text, low, end, lang).code
    )


def _month_dates(text: str, low: str, words: list[tuple[str, int]], lang: str) -> Iterator[tuple[int, int]]:
    last = 0
    for k, (word, begins) in enumerate(words):
        if word not in _MONTH_NUMBER:
            continue
        start, end = begins, begins + len(word)
        capital = text[start].isupper()
        # In "March 12 March" the figures belong to the first.
        day_before = _BEFORE_MONTH.search(low[max(last, start - MAX_DAYS_CHARACTERS) : start])
        # "may" and "march" need a capital letter; the others need one, or a day before them.
        first = None if day_before else _day_in_words(low, words[:k], start, lang)
        has_day = day_before or first is not None
        if word in _AMBIGUOUS_MONTHS and not capital and not (has_day and word not in {"may", "march"}):
            continue
        after_month = _AFTER_BETWEEN if low.endswith("between ", 0, start) else _AFTER_MONTH
        day_after = None if has_day else after_month.match(low, end)
        year = _YEAR_AFTER.match(low, end) if day_after is None else None
        if day_before:
            start -= len(day_before[0])
        start = start if first is None else first
        tail = day_after or year
        if has_day or tail:
            last = tail.end() if tail else end
            yield start, last
        elif _is_month_alone(word, text[max(0, start - 16) : start], capital=capital):
            yield start, end


def _day_in_words(low: str, words: Sequence[tuple[str, int]], month: int, lang: str) -> int | None:
    """Return where the day in words before a month begins: "fifth of May", "premier mai"; None if there is none.

    In English only an ordinal is one, and not a part of a whole: "a fifth of May sales".
    """
    joint = _OF.search(low, max(0, month - 4), month)
    begins = joint.start() if joint else month
    number = number_words.last(low, [word for word in words[-MAX_DAY_WORDS:] if word[1] < begins], begins, lang)
    if number is None or not 1 <= number.value <= MAX_DAY:
        return None
    if lang == "en" and (
        joint is None or number.weak != "ordinal" or _PART_BEFORE.search(low, max(0, number.start - 6), number.start)
    ):
        return None
    return number.start


def _is_month_alone(month: str, before: str, *, capital: bool) -> bool:
    if month in _ENGLISH_MONTHS:
        stands = capital and (month not in {"may", "march"} or bool(before.strip()))
        return stands and not _is_surname(month, before)
    return len(month) > 3 and bool(_PREPOSITION.search(before.lower()))


def _is_surname(month: str, before: str) -> bool:
    """Return whether the month is somebody's name: "Mr May", "Theresa May"."""
    words = before.split()
    last = words[-1] if words and before[-1:].isspace() else ""
    if last.lower() in lexicon.titles():
        return True
    is_word = last.lower() in lexicon.NO_NAMES["en"] | _PARTS_OF_A_MONTH
    return month == "may" and last[:1].isupper() and last.isalpha() and not is_word
