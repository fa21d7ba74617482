"""Dates in words, as they stand on pages in the languages of the news."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from .dates import day_of

_NAMES: Final = (
    # one line a month: beginnings that tell it apart, in Latin, Cyrillic, Greek, Arabic and Indic scripts
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
# Where a beginning stands for two months in two languages, the longer or more common use decides.
_CLASHES: Final = {
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


def _table() -> dict[str, int]:
    table = {name: number for number, names in reversed(list(enumerate(_NAMES, 1))) for name in names.split()}
    return table | _CLASHES


_MONTHS: Final = _table()
_LONGEST: Final = max(map(len, _MONTHS))
_YEAR: Final = r"((?:19[89]|20[0-4])\d)"
_WORD: Final = r"([^\s\d.,/()|:-]{3,14})\.?"
_TWIN: Final = r"[^\s\d.,/()|:-]{3,14}\s?/\s?"  # the month's other name: "نيسان / أبريل"
_FORMS: Final = (
    ("ymd", re.compile(rf"(?<!\d){_YEAR}\s?[-/.年년]\s?(\d{{1,2}})\s?[-/.月월]\s?(\d{{1,2}})(?!\d)")),
    ("dmy", re.compile(rf"(?<![\d.])(\d{{1,2}})\s?[./-]\s?(\d{{1,2}})\s?[./-]\s?{_YEAR}(?!\d)")),
    (
        "d-word-y",
        re.compile(
            (
                rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|º|\.|ª)?[\s.,/-]*(?:de\s+|"
                rf"d[’']|{_TWIN})?{_WORD}[\s,./-]*(?:de\s+|del\s+)?{_YEAR}(?!\d)"
            ),
            re.IGNORECASE,
        ),
    ),
    ("word-d-y", re.compile(rf"{_WORD}\s+(\d{{1,2}})(?:st|nd|rd|th)?\.?,?\s+{_YEAR}(?!\d)", re.IGNORECASE)),
    ("dmy2", re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{2})(?![\d.])")),
)
_CLOCK: Final = re.compile(
    r"(?<!\d)([01]?\d|2[0-3])\s?[:.h時시]\s?([0-5]\d)(?!\d)(?:[:.]\d\d)?\s*(분|分|[ap]\.?m\.?)?", re.IGNORECASE
)
_REACH: Final = 40
_LABELLED: Final = 80
_DIGITS: Final = {first + n: str(n) for first in (0x660, 0x6F0, 0x966, 0x9E6, 0xFF10) for n in range(10)}


_LABEL: Final = re.compile(
    r"(?:date|datum|fecha|data|дата|дата публикации|التاريخ|日付|日期|发布时间|입력|등록|published|posted|publi[ée]|"
    r"publicado|pubblicato|veröffentlicht|publicerad|publisert|udgivet|opublikowano|yayınlan\w*|опубликовано)\b",
    re.IGNORECASE,
)


def is_label(text: str) -> bool:
    """Say whether a short line begins with the word for "date" or "published"."""
    return len(text) <= _LABELLED and _LABEL.match(text) is not None


def find(text: str, *, american: bool = False) -> datetime | None:
    """Return the first date in *text* with its time where one stands near it; the zone is taken as UTC.

    *american* reads 4/5/2024 as April 5.
    """
    if not text.isascii():
        text = text.translate(_DIGITS)
    for form, pattern in _FORMS:
        for found in pattern.finditer(text):
            day = _day(form, found.groups(), american=american)
            if day is not None:
                return _with_clock(day, text[found.end() : found.end() + _REACH])
    return None


def _day(form: str, parts: tuple[str, ...], *, american: bool) -> datetime | None:
    if form == "ymd":
        return day_of(int(parts[0]), int(parts[1]), int(parts[2]))
    if form == "d-word-y":
        return day_of(int(parts[2]), _month(parts[1]), int(parts[0]))
    if form == "word-d-y":
        return day_of(int(parts[2]), _month(parts[0]), int(parts[1]))
    first, second, year = (int(part) for part in parts)
    year += 2000 if year < 100 else 0
    if (american and first <= 12) or second > 12:
        first, second = second, first
    return day_of(year, second, first)


def _month(word: str) -> int:
    low = word.casefold().removeprefix("ב")  # "in", which Hebrew writes on the word
    for size in range(min(_LONGEST, len(low)), 1, -1):
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
