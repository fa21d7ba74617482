"""Find dates as people write them, in the languages of the news."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from .machine_dates import day_of

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
    "lis": 11,
    "lip": 7,
    "tra": 5,
    "trav": 4,
    "srp": 7,
    "mar": 3,
    "mai": 5,
    "maj": 5,
    "kas": 11,
    "ara": 12,
}
_MONTHS: Final = {
    prefix: number for number, prefixes in reversed(list(enumerate(_MONTH_PREFIXES, 1))) for prefix in prefixes.split()
} | _AMBIGUOUS_PREFIXES
_MAX_PREFIX_CHARS: Final = max(map(len, _MONTHS))
_YEAR: Final = r"((?:19[89]|20[0-4])\d)"
_MONTH_NAME: Final = r"([^\s\d.,/()|:-]{3,14})\.?"
_OTHER_MONTH_NAME: Final = r"[^\s\d.,/()|:-]{3,14}\s?/\s?"  # as in "نيسان / أبريل"
_FORMS: Final = (
    ("ymd", re.compile(rf"(?<!\d){_YEAR}\s?[-/.年년]\s?(\d{{1,2}})\s?[-/.月월]\s?(\d{{1,2}})(?!\d)")),
    ("dmy", re.compile(rf"(?<![\d.])(\d{{1,2}})\s?[./-]\s?(\d{{1,2}})\s?[./-]\s?{_YEAR}(?!\d)")),
    (
        "d-month-y",
        re.compile(
            (
                rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|º|\.|ª)?[\s.,/-]*(?:de\s+|"
                rf"d[’']|{_OTHER_MONTH_NAME})?{_MONTH_NAME}[\s,./-]*(?:de\s+|del\s+)?{_YEAR}(?!\d)"
            ),
            re.IGNORECASE,
        ),
    ),
    ("month-d-y", re.compile(rf"{_MONTH_NAME}\s+(\d{{1,2}})(?:st|nd|rd|th)?\.?,?\s+{_YEAR}(?!\d)", re.IGNORECASE)),
    ("dmyy", re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{2})(?![\d.])")),
)
_CLOCK: Final = re.compile(
    r"(?<!\d)([01]?\d|2[0-3])\s?[:.h時시]\s?([0-5]\d)(?!\d)(?:[:.]\d\d)?\s*(분|分|[ap]\.?m\.?)?", re.IGNORECASE
)
_MAX_CLOCK_DISTANCE_CHARS: Final = 40
_MAX_LABELLED_CHARS: Final = 80
# Arabic, Persian, Devanagari, Bengali and full-width digits.
_DIGITS: Final = {first + n: str(n) for first in (0x660, 0x6F0, 0x966, 0x9E6, 0xFF10) for n in range(10)}
_LABEL: Final = re.compile(
    r"(?:date|datum|fecha|data|дата|дата публикации|التاريخ|日付|日期|发布时间|입력|등록|published|posted|publi[ée]|"
    r"publicado|pubblicato|veröffentlicht|publicerad|publisert|udgivet|opublikowano|yayınlan\w*|опубликовано)\b",
    re.IGNORECASE,
)


def is_label(text: str) -> bool:
    """Say whether a short line begins with the word for "date" or "published"."""
    return len(text) <= _MAX_LABELLED_CHARS and _LABEL.match(text) is not None


def find(text: str, *, american: bool = False) -> datetime | None:
    """Return the first date in *text*, with the time of day if one follows it closely; the zone is taken as UTC.

    *american* reads 4/5/2024 as April 5 instead of 4 May.
    """
    if not text.isascii():
        text = text.translate(_DIGITS)
    for form, pattern in _FORMS:
        for found in pattern.finditer(text):
            day = _day(form, found.groups(), american=american)
            if day is not None:
                return _with_clock(day, text[found.end() : found.end() + _MAX_CLOCK_DISTANCE_CHARS])
    return None


def _day(form: str, parts: tuple[str, ...], *, american: bool) -> datetime | None:
    if form == "ymd":
        return day_of(int(parts[0]), int(parts[1]), int(parts[2]))
    if form == "d-month-y":
        return day_of(int(parts[2]), _month(parts[1]), int(parts[0]))
    if form == "month-d-y":
        return day_of(int(parts[2]), _month(parts[0]), int(parts[1]))
    first, second, year = (int(part) for part in parts)
    year += 2000 if year < 100 else 0
    if (american and first <= 12) or second > 12:
        first, second = second, first
    return day_of(year, second, first)


def _month(word: str) -> int:
    """Return the number of the month that *word* names, 0 if it names none."""
    low = word.casefold().removeprefix("ב")  # Hebrew joins "in" to the word
    for size in range(min(_MAX_PREFIX_CHARS, len(low)), 1, -1):
        number = _MONTHS.get(low[:size])
        if number:
            return number
    return 0


def _with_clock(day: datetime, rest: str) -> datetime:
    found = _CLOCK.search(rest)
    if found is None:
        return day
    hour, minute, half = int(found[1]), int(found[2]), (found[3] or "").lower()
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    return day + timedelta(hours=hour, minutes=minute)
