"""Find a date in a line of text, as people write it in the languages of the news."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from .parsing import DateContext, instant, zone_named

MIN_DATE: Final = datetime(1990, 1, 1, tzinfo=UTC)
MAX_YEAR: Final = 2100
_MONTH_PREFIXES: Final = (
    # One line a month: prefixes that tell it apart, in Latin, Cyrillic, Greek, Arabic, Hebrew and Indic scripts.
    "jan ene gen oca sty led siječ янв січ ιαν يناير ינוא जनव জানু ianuar tammi januar januári ocak ýan",
    "feb fév fev feb şub lut úno velj фев лют φεβ فبراير شباط פברו फ़रव फर ফেব helmi febr únor шев",
    "mar mär mrt mars maa břez ožu мар бер μαρ مارس آذار מרץ מרס मार्च মার্চ maalis marz márc berez",
    "apr avr abr kwi dub nis trav апр кві απρ أبريل ابريل نيسان אפרי अप्रै এপ্রি huhti",
    "may mai mei maj mag květ svib мая май тра μαϊ μάι μαι مايو أيار ايار מאי मई মে touko máj",
    "jun juin giu haz cze červn lip июн чер ιουν يونيو حزيران יוני जून জুন kesä jún",
    "jul juil lug tem lipc červenc srp июл лип ιουλ يوليو تموز יולי जुला জুলা heinä júl",
    "aug aoû aou ago ağu sie srpn kol авг сер αυγ أغسطس آب אוגו अगस्त আগ elo",
    "sep set eyl wrz září ruj сен вер σεπ سبتمبر أيلول ايلول ספטמ सित সেপ syys sze",
    "oct okt out ott eki paź říj lis окт жов οκτ أكتوبر אוקט अक्टू অক্ট loka",
    "nov kas lis listop stud ноя лис νοε نوفمبر נובמ नवं নভে marras",
    "dec déc dez dic des ara gru pros дек гру δεκ ديسمبر דצמ दिसं ডিসে joulu",
)
# Prefixes of two months in two languages; the more common use decides.
_AMBIGUOUS_PREFIXES: Final = {
    "lis": 11, "lip": 7, "tra": 5, "trav": 4, "srp": 7, "mar": 3, "mai": 5, "maj": 5, "kas": 11, "ara": 12,
}  # fmt: skip
_MONTHS: Final = {
    prefix: number for number, prefixes in reversed(list(enumerate(_MONTH_PREFIXES, 1))) for prefix in prefixes.split()
} | _AMBIGUOUS_PREFIXES
_MAX_PREFIX_CHARS: Final = max(map(len, _MONTHS))
_YEAR: Final = r"(?P<year>(?:19[89]|20[0-4])\d)"
_MONTH_NAME: Final = r"(?P<month>[^\s\d.,/()|:-]{3,14})\.?"
_OTHER_MONTH_NAME: Final = r"[^\s\d.,/()|:-]{3,14}\s?/\s?"  # as in "نيسان / أبريل"
_MONTH_NUMBER: Final = r"(?P<month>\d{1,2})"
_DAY: Final = r"(?P<day>\d{1,2})"
# Two numbers, of which the first is the day unless Americans wrote them.
_DAY_FIRST: Final = (
    re.compile(rf"(?<![\d.]){_DAY}\s?[./-]\s?{_MONTH_NUMBER}\s?[./-]\s?{_YEAR}(?!\d)"),
    re.compile(rf"(?<![\d.]){_DAY}\.\s?{_MONTH_NUMBER}\.\s?(?P<year>\d{{2}})(?![\d.])"),
)
_FORMS: Final = (
    re.compile(rf"(?<!\d){_YEAR}\s?[-/.年년]\s?{_MONTH_NUMBER}\s?[-/.月월]\s?{_DAY}(?!\d)"),
    _DAY_FIRST[0],
    re.compile(
        rf"(?<!\d){_DAY}(?:st|nd|rd|th|er|º|\.|ª)?[\s.,/-]*(?:de\s+|d[’']|{_OTHER_MONTH_NAME})?"
        rf"{_MONTH_NAME}[\s,./-]*(?:de\s+|del\s+)?{_YEAR}(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(rf"{_MONTH_NAME}\s+{_DAY}(?:st|nd|rd|th)?\.?,?\s+{_YEAR}(?!\d)", re.IGNORECASE),
    re.compile(rf"(?<!\d){_YEAR}\.?\s{_MONTH_NAME}\s+{_DAY}(?![\d:])", re.IGNORECASE),
    _DAY_FIRST[1],
)
_CLOCK: Final = re.compile(
    r"(?<!\d)([01]?\d|2[0-3])\s?[:.h時시]\s?([0-5]\d)(?!\d)(?:[:.]\d\d)?\s*(분|分|[ap]\.?m\.?)?", re.IGNORECASE
)
_ZONE_BEHIND: Final = re.compile(r"\s?(?:Uhr\s)?\(?(?!AT\b)([A-Z]{2,4})\b")
_MAX_CLOCK_DISTANCE_CHARS: Final = 40
# Arabic, Persian, Devanagari, Bengali and full-width digits.
_DIGITS: Final = {first + n: str(n) for first in (0x660, 0x6F0, 0x966, 0x9E6, 0xFF10) for n in range(10)}


def find_date(text: str, context: DateContext, *, american: bool = False) -> datetime | None:
    """Return the first date in `text`, with the time of day if one follows it closely, in its zone or else in UTC.

    `american` reads 4/5/2024 as April 5 instead of 4 May.
    """
    if not text.isascii():
        text = text.translate(_DIGITS)
    for found in (found for form in _FORMS for found in form.finditer(text)):
        year, word, day = int(found["year"]), found["month"], int(found["day"])
        if word.isdecimal():
            month = int(word)
        else:
            low = word.casefold().removeprefix("ב")  # Hebrew joins "in" to the word
            sizes = range(min(_MAX_PREFIX_CHARS, len(low)), 1, -1)
            month = next((_MONTHS[low[:size]] for size in sizes if low[:size] in _MONTHS), 0)
        if found.re in _DAY_FIRST and ((american and day <= 12) or month > 12):
            day, month = month, day
        at = day_of(year + 2000 if year < 100 else year, month, day)
        if at is None:
            continue
        rest = text[found.end() : found.end() + _MAX_CLOCK_DISTANCE_CHARS]
        clock = _CLOCK.search(rest)
        if clock is None:
            return at
        hour, half = int(clock[1]), (clock[3] or "").lower()
        if half.startswith("p") and hour < 12:
            hour += 12
        elif half.startswith("a") and hour == 12:
            hour = 0
        at += timedelta(hours=hour, minutes=int(clock[2]))
        named = _ZONE_BEHIND.match(rest, clock.end())
        zone = zone_named(named[1], context) if named is not None else None
        return (instant(at, zone) if zone is not None else None) or at
    return None


def day_of(year: int, month: int, day: int) -> datetime | None:
    """Return midnight UTC of a day; None if there is no such day, or none from MIN_DATE to MAX_YEAR."""
    try:
        value = datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
    return value if value >= MIN_DATE and value.year < MAX_YEAR else None
