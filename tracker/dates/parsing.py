"""Parse dates: whole texts, as feeds, sitemaps and metadata write them, and the first date in a line of prose.

A text is split into a time of day, zones, words and numbers; with anything else in it, it is not a date. No date is
better than a wrong one, so an ambiguous text is not a date either.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

# Minutes ahead of UTC, of the abbreviations that the IANA database uses with one offset or that RFC 5322 defines.
_NAMES_BY_OFFSET: Final = {
    -600: "HST",
    -540: "AKST",
    -480: "PST AKDT",
    -420: "MST PDT",
    -360: "CST MDT",
    -300: "EST CDT",
    -240: "EDT AST",
    -210: "NST",
    -180: "ADT",
    -150: "NDT",
    0: "Z UT UTC GMT WET",
    60: "BST CET MET MEZ WEST WAT",
    120: "CEST MEST MESZ EET CAT SAST",
    180: "EEST IDT MSK EAT",
    300: "PKT",
    345: "NPT",
    420: "WIB",
    480: "WITA HKT SGT AWST",
    540: "WIT JST KST",
    570: "ACST",
    600: "AEST",
    630: "ACDT",
    660: "AEDT",
    720: "NZST",
    780: "NZDT",
}
_OFFSETS: Final = {name: minutes for minutes, names in _NAMES_BY_OFFSET.items() for name in names.split()}
# Abbreviation → country → minutes; None if the country uses it with several offsets.
_OFFSETS_BY_COUNTRY: Final[dict[str, dict[str, int | None]]] = {
    "IST": {"in": 330, "ie": 60, "il": 120},
    "BST": {"bd": 360},
    "CST": {"cn": 480, "tw": 480, "hk": 480, "mo": 480, "cu": -300},
    "CDT": {"cu": -240},
    "EST": {"au": None},
    "EDT": {"au": None},
    "AST": {"sa": 180, "iq": 180, "kw": 180, "bh": 180, "qa": 180, "ae": None},
    "MST": {"my": 480},
    "PST": {"ph": 480, "pk": None},
    "ADT": {"iq": None, "ae": None},
}
_REGIONS: Final = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
    "AT": "America/Halifax",
    "AKT": "America/Anchorage",
}
# The country of languages that are spoken in one country, where it decides an abbreviation above.
_COUNTRY_OF_LANGUAGE: Final = {
    **dict.fromkeys("hi mr te kn ml gu pa or as".split(), "in"),
    "ga": "ie",
    "he": "il",
    "iw": "il",
    "zh": "cn",
    "ja": "jp",
    "fil": "ph",
    "tl": "ph",
    "bn": "bd",
}
# Characters used in one time zone only. 年 is Japanese and Chinese; their zones differ.
_ZONES_BY_SCRIPT: Final = (
    (re.compile("[\uac00-\ud7a3]"), "Asia/Seoul"),
    (re.compile("午前|午後|曜"), "Asia/Tokyo"),
    (re.compile("上午|下午|星期|[周週]"), "Asia/Shanghai"),
)
_ZONES_BY_COUNTRY: Final = {"jp": "Asia/Tokyo", **dict.fromkeys(("cn", "tw", "hk", "mo", "sg"), "Asia/Shanghai")}
_IANA_NAME: Final = re.compile(r"[A-Za-z]+(?:/[A-Za-z0-9_+-]+)+")
_TAG: Final = re.compile(r"[-_]")


@dataclass(frozen=True)
class DateContext:
    """Where a date was found: the language of the feed or page (BCP 47, such as "en-IN") and its address."""

    language: str = ""
    url: str = ""

    @cached_property
    def base_language(self) -> str:
        """The language without its region, in lower case."""
        return _TAG.split(self.language.strip().lower())[0]

    @cached_property
    def country(self) -> str:
        """The country by region of the language, domain of the host, or language alone; empty if unknown."""
        region = next((part for part in _TAG.split(self.language.strip().lower())[1:] if len(part) == 2), "")
        domain = (urlsplit(self.url).hostname or "").rpartition(".")[2]
        return region or (domain if len(domain) == 2 else "") or _COUNTRY_OF_LANGUAGE.get(self.base_language, "")


def zone_named(name: str, context: DateContext) -> tzinfo | None:
    """Return the zone of an abbreviation in upper case or of an IANA name; None if it is unknown or ambiguous."""
    by_country = _OFFSETS_BY_COUNTRY.get(name, {})
    minutes = by_country[context.country] if context.country in by_country else _OFFSETS.get(name)
    if minutes is not None:
        return timezone(timedelta(minutes=minutes))
    key = _REGIONS.get(name) or (name if _IANA_NAME.fullmatch(name) else "")
    if not key:
        return None
    try:
        return ZoneInfo(key)
    except (KeyError, ValueError, OSError):  # OSError: the name is that of a folder of the database
        return None


def instant(local: datetime, zone: tzinfo) -> datetime | None:
    """Return `local` as a time in `zone`; None if clocks showed that time twice or never."""
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    return first if first.utcoffset() == second.utcoffset() else None


_MIN_YEAR: Final = 1990
_MAX_YEAR: Final = 2100
_MAX_DATE_CHARS: Final = 100
_MAX_SHORT_YEAR: Final = 39  # two digits: 1990 to 2039
_WORDS_FILE: Final = Path(__file__).with_name("words.json")  # written by .ci/date_words.py

# The forms that datetime.fromisoformat reads correctly; it would read the zone in 2026-01-01-10:00 as a time.
_ISO: Final = re.compile(r"\d{4}-?(?:\d\d-?\d\d|W\d\d-?\d)(?:[T ]\d\d(?::?\d\d.*)?)?", re.ASCII)
_LONG_FRACTION: Final = re.compile(r"([.,]\d{6})\d+")  # fromisoformat reads at most six digits
_YEAR_OR_MONTH: Final = re.compile(r"(\d{4})(?:-(\d{2}))?", re.ASCII)
_ORDINAL: Final = re.compile(r"(\d{4}|\d\d)-?(\d{3})", re.ASCII)
# Truncated forms of ISO 8601:2000, section 5.2.1.3: YYMMDD, -YYMM, -YY-MM.
_TRUNCATED: Final = re.compile(r"(?:(\d\d)(\d\d)(\d\d)|-(\d\d)-?(\d\d))", re.ASCII)
_COMPACT: Final = re.compile(r"(\d{8})(\d{4})(\d\d)?", re.ASCII)
_UNIX_TIME: Final = re.compile(r"(1[0-8]\d{8})(?:\d{3})?", re.ASCII)  # in seconds or milliseconds, 2001 to 2030
_COMMENT: Final = re.compile(r"\(([^()]*)\)")
_REWRITTEN: Final = (
    (re.compile(r"(\d{4})\s*[年년]\s*(\d\d?)\s*[月월]\s*(\d\d?)\s*[日일]?"), r"\1-\2-\3 "),
    (re.compile(r"(\d\d?)\s*[時时点시]\s*(\d\d?)\s*[分분](?:\s*(\d\d?)\s*[秒초])?"), r"\1:\2"),
    (re.compile(r"(?<!\d)(\d\d?)\s?[hH]\s?(\d\d)(?!\d)"), r"\1:\2"),
    (re.compile(r"\b([ap])\.?\s?m\b\.?", re.IGNORECASE), r"\1m"),
    (re.compile(r"(?<=\d)[Tt](?=\d?\d:)"), " "),
    (re.compile(r"\[(\w+(?:/[\w+-]+)*)\]$"), r" \1"),  # RFC 9557: the zone after the offset
)
_CLOCK: Final = re.compile(r"(?<![\d:+-])(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?![\d:])", re.ASCII)
_HOURS: Final = re.compile(r"(?<![\d:])(\d\d?):\d\d\s?-(\d\d):\d\d(?!\d)", re.ASCII)
_PUNCTUATION: Final = r"\s\d!-/:-@\[-`{-~،。·–"
_TOKEN: Final = re.compile(
    r"(?P<iana>[A-Za-z]+(?:/[A-Za-z][A-Za-z0-9_+-]*)+)|(?P<offset>(?<!\d)[+-]\d\d?(?::?\d\d)?(?![\d:]))|(?P<number>\d+)"
    rf"|(?P<word>[^{_PUNCTUATION}]+(?:[.'’][^{_PUNCTUATION}]+)*)|(?P<other>\S)",
    re.ASCII,
)
_SEPARATORS: Final = frozenset("/.,،-–|·'’;")
_NAMES_OF_UTC: Final = frozenset({"GMT", "UTC", "UT"})
_ZONES_IN_LOWER_CASE: Final = _NAMES_OF_UTC | {"Z"}
_ENGLISH_NAMES: Final = (
    "january february march april may june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday"
).split()
_ENGLISH_BETWEEN: Final = frozenset("at on of the st nd rd th".split())
_NOWHERE: Final = DateContext()


class _UnreadableError(ValueError):
    """The text has a part that is unknown, or that can be read in two ways."""


def parse_date(text: str, context: DateContext = _NOWHERE) -> datetime | None:
    """Return the moment that `text` names, in UTC, or None; see `read_date`."""
    found = read_date(text, context)
    return None if found is None else found.astimezone(UTC)


def read_date(text: str, context: DateContext = _NOWHERE) -> datetime | None:
    """Return the moment that `text` names, in its own zone or in UTC, or None if it is not a date; never raises.

    Reads the W3C forms of https://www.w3.org/TR/NOTE-datetime (a year or a month means its first moment), ISO 8601,
    RFC 5322, Unix time, and dates in words of the languages of the CLDR. A date without a zone is taken as UTC; one
    with a zone that is unknown, or ambiguous in this `context`, is None. So are years outside 1990 to 2100: they are
    mistakes.
    """
    text = text.strip()
    if not text or len(text) > _MAX_DATE_CHARS:
        return None
    if not text.isascii():
        text = "".join(str(unicodedata.digit(c, c)) for c in unicodedata.normalize("NFKC", text))
        text = _in_gregorian_calendar(text, context)
    try:
        found = _parse_figures(text) or _parse_words(text, context)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found if _MIN_YEAR <= found.astimezone(UTC).year <= _MAX_YEAR else None
    except (ValueError, OverflowError):
        return None


def _parse_figures(text: str) -> datetime | None:
    """Return a date of ISO 8601, or one of digits and hyphens; None if `text` has another form. Raises ValueError."""
    if _ISO.fullmatch(text):
        with suppress(ValueError):  # 24:00, or something follows the time
            return datetime.fromisoformat(_LONG_FRACTION.sub(r"\1", text))
    if found := _YEAR_OR_MONTH.fullmatch(text):
        return datetime(int(found[1]), int(found[2] or 1), 1, tzinfo=UTC)
    if found := _UNIX_TIME.fullmatch(text):
        return datetime.fromtimestamp(int(found[1]), UTC)
    if found := _COMPACT.fullmatch(text):
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3] or ''}")
    if found := _ORDINAL.fullmatch(text):
        year = _full_year(found[1])
        day = date(year, 1, 1) + timedelta(days=int(found[2]) - 1)
        return _midnight(day) if day.year == year else None
    if found := _TRUNCATED.fullmatch(text):
        short_year, month, of_month = (found[1], found[2], found[3]) if found[1] else (found[4], found[5], "1")
        return _midnight(date(_full_year(short_year), int(month), int(of_month)))
    return None


def _parse_words(text: str, context: DateContext) -> datetime:
    """Return the moment of a date in words and numbers, such as "Tue, 3 May 2026 14:02 GMT". Raises ValueError."""
    original = text
    for pattern, replacement in _REWRITTEN:
        text = pattern.sub(replacement, text)
    hours = _HOURS.search(text)
    if hours and int(hours[1]) <= int(hours[2]):  # two times: 10:00-11:00
        raise _UnreadableError(original)
    comments = " ".join(_COMMENT.findall(text))
    text = _COMMENT.sub(" ", text)
    clock = _CLOCK.search(text)
    parts = _Parts(context)
    if clock is None:
        parts.read(text)
    else:
        parts.read(text[: clock.start()])
        parts.read(text[clock.end() :], after_clock=True)
    # A comment repeats the zone in words, "(Central European Time)"; it counts where no zone is named otherwise.
    if comments and not parts.zones:
        parts.read(comments, after_clock=clock is not None)
    local = _midnight(parts.day())
    if clock is not None:
        local += _time_of_day(int(clock[1]), int(clock[2]), int(clock[3] or 0), parts.half)
    zones = parts.zones
    if clock is not None and not zones and not (parts.is_english and original.isascii()):
        # In English, a time without a zone is a program's, in UTC. In other languages it is local time, and the zone is
        # known only for scripts that are used in a single zone.
        key = next((key for pattern, key in _ZONES_BY_SCRIPT if pattern.search(original)), "")
        if not key and "年" in original:
            key = _ZONES_BY_COUNTRY.get(context.country, "")
        if not key:
            raise _UnreadableError(original)
        zones = [ZoneInfo(key)]
    moments = {instant(local, zone) for zone in zones or [UTC]}
    moment = moments.pop()
    if moments or moment is None:
        raise _UnreadableError(original)
    return moment


class _Parts:
    """The zones, words and numbers of a date, collected from its parts.

    Attributes: zones: those after the time of day. half: "am", "pm" or "". is_english: whether all words are English.
    """

    def __init__(self, context: DateContext) -> None:
        self._context = context
        self._numbers: list[str] = []
        self._has_dots = False
        self._months: set[int] = set()
        self._month_at = 0  # how many numbers come before the month
        self._months_or_weekdays: set[int] = set()
        self._weekdays: set[int] = set()
        self.zones: list[tzinfo] = []
        self.half = ""
        self.is_english = True

    def read(self, text: str, *, after_clock: bool = False) -> None:
        """Add the parts of `text`; zones and offsets are read only after the time of day. Raises ValueError."""
        previous = ""
        for token in _TOKEN.finditer(text):
            kind, found = token.lastgroup, token.group()
            if kind == "number":
                self._numbers.append(found)
            elif kind == "word":
                self._add_word(found, after_clock=after_clock)
            elif kind == "offset" and after_clock:
                if previous.upper() in _NAMES_OF_UTC:
                    self.zones.pop()  # GMT+2
                digits = found[1:].replace(":", "")  # of "+2", "+0530" or "-07:00"
                hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
                if int(minutes) > 59:
                    raise _UnreadableError(found)
                ahead = timedelta(hours=int(hours), minutes=int(minutes))
                self.zones.append(timezone(-ahead if found[0] == "-" else ahead))  # ValueError: a day or more
            elif kind == "offset" and found[1:].isdigit() and found[0] == "-":
                self._numbers.append(found[1:])  # 01-Jan-2004
            elif kind == "iana" and after_clock:
                self._add_zone(found)
            elif found in _SEPARATORS:
                self._has_dots = self._has_dots or (found == "." and bool(self._numbers))
            else:
                raise _UnreadableError(found)
            previous = found

    def _add_zone(self, name: str) -> None:
        zone = zone_named(name, self._context)
        if zone is None:
            raise _UnreadableError(name)
        self.zones.append(zone)

    def _add_word(self, found: str, *, after_clock: bool) -> None:
        word = found.replace(".", "").casefold()
        words = _words()
        is_english = word in _ENGLISH_BETWEEN or (
            len(word) > 2 and any(name.startswith(word) for name in _ENGLISH_NAMES)
        )
        month, weekdays = words["months"].get(word), words["weekdays"].get(word, [])
        if half := words["halves"].get(word):
            self.half = half
            return
        if after_clock and word.upper() in _ZONES_IN_LOWER_CASE:
            self._add_zone(word.upper())
            return
        if after_clock and found.isascii() and found.isupper() and (found == "AT" or not is_english):
            self._add_zone(found)  # raises if it is not a zone: no other word is in capitals
            return
        if isinstance(month, dict):  # languages differ
            month = month.get(self._context.base_language, 0)
        if month == 0 or (month is None and not weekdays and word not in words["between"]):
            raise _UnreadableError(found)
        self.is_english = self.is_english and is_english
        if month is not None:
            # Some words name a month or a day of the week: "mar" is March and Tuesday.
            (self._months_or_weekdays if weekdays else self._months).add(month)
            self._month_at = len(self._numbers)
        else:
            self._weekdays.update(weekdays)

    def day(self) -> date:
        """Return the day that words and numbers name. Raises ValueError."""
        months = self._months or self._months_or_weekdays
        if months:
            if len(months) != 1 or len(self._numbers) != 2:
                raise _UnreadableError(self._numbers)
            day, year = self._numbers
            if len(day) == 4:
                day, year = year, day
            elif len(year) == 2 and self._month_at != 1:  # "01 Jan 04", but not "Jan 04 05"
                raise _UnreadableError(self._numbers)
            if len(day) > 2:
                raise _UnreadableError(self._numbers)
            return date(_full_year(year), next(iter(months)), int(day))
        readings = _numeric_days(self._numbers, has_dots=self._has_dots)
        if len(readings) > 1:
            readings = {each for each in readings if each.weekday() in self._weekdays}
        if len(readings) != 1:
            raise _UnreadableError(self._numbers)
        return readings.pop()


def _numeric_days(numbers: Sequence[str], *, has_dots: bool) -> set[date]:
    """Return the days that three numbers may mean, in the usual orders of year, month and day."""
    if len(numbers) != 3:
        return set()
    first, second, third = numbers
    orders = []
    if len(first) == 4 or len(third) == 2:
        orders.append((first, second, third))
    if len(first) <= 2:
        orders.append((third, second, first))
        if not has_dots:
            orders.append((third, first, second))
    readings = set()
    for year, month, day in orders:
        with suppress(ValueError):
            readings.add(date(_full_year(year), int(month), int(day)))
    return readings


def _full_year(digits: str) -> int:
    """Return a year of two or four digits. Raises ValueError."""
    if len(digits) == 4:
        return int(digits)
    year = int(digits)
    if len(digits) != 2 or _MAX_SHORT_YEAR < year < _MIN_YEAR % 100:
        raise _UnreadableError(digits)
    return year + (2000 if year <= _MAX_SHORT_YEAR else 1900)


def _time_of_day(hour: int, minute: int, second: int, half: str) -> timedelta:
    """Return the time since midnight; 24:00 ends the day, and a leap second is the next minute. Raises ValueError."""
    if half and hour == 12:
        hour = 0
    elif (half == "am" and hour > 12) or (half == "pm" and hour == 0):
        raise _UnreadableError(half)
    if half == "pm" and hour < 12:
        hour += 12
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise _UnreadableError(hour)
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - its zone is added later


@cache
def _words() -> dict[str, Any]:
    """Return the words of dates by kind, such as "months"; loaded with the first date that is not of ISO 8601."""
    words: dict[str, Any] = json.loads(_WORDS_FILE.read_text(encoding="utf-8"))
    words["halves"] = {word: half for half in ("am", "pm") for word in words[half]}
    words["between"] = frozenset(words["between"])
    return words


def is_date_word(word: str) -> bool:
    """Return whether `word` can be part of a written date: a month, a weekday, "pm", or a word between them."""
    low, words = unicodedata.normalize("NFKC", word).casefold(), _words()
    return any(low in words[kind] for kind in ("months", "weekdays", "halves", "between"))


_YEAR: Final = r"(?P<year>(?:19[89]|20[0-4])\d)"
_MONTH_NAME: Final = r"(?P<month>[^\s\d.,/()|:-]{2,14})\.?"
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
_CLOCK_NEAR_DATE: Final = re.compile(
    r"(?<!\d)([01]?\d|2[0-3])\s?[:.h時시]\s?([0-5]\d)(?!\d)(?:[:.]\d\d)?\s*(분|分|[ap]\.?m\.?)?", re.IGNORECASE
)
_CLOCK_BEFORE_DATE: Final = re.compile(_CLOCK_NEAR_DATE.pattern + r"(?=[\s,·–|-]{1,4}$)", re.IGNORECASE)
_ZONE_BEHIND: Final = re.compile(r"\s?(?:Uhr\s)?\(?(?!AT\b)([A-Z]{2,4})\b")
_MAX_CLOCK_DISTANCE_CHARS: Final = 40
# Arabic, Persian, Devanagari, Bengali and full-width digits.
_DIGITS: Final = {first + n: str(n) for first in (0x660, 0x6F0, 0x966, 0x9E6, 0xFF10) for n in range(10)}


_PERSIAN_MONTHS: Final = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()
_PERSIAN_DATE: Final = re.compile(
    rf"(?<!\d)(\d{{1,2}})\s?({'|'.join(_PERSIAN_MONTHS)})(?:[\s\u200c]?ماه)?،?\s?(1[34]\d\d)(?!\d)"
    r"|(?<!\d)(1[34]\d\d)[/-](\d{1,2})[/-](\d{1,2})(?!\d)"
)
_THAI_DOT: Final = re.compile(r"(?<=[\u0e00-\u0e7f])\.")  # of an abbreviation
# The Gregorian year before the first of an era, and how its years are written.
_ERAS: Final = (
    (1911, re.compile(r"(?:中[華华])?民[國国]\s?(\d{2,3})(?=\s?年)")),
    (2018, re.compile(r"令和\s?(\d{1,2})(?=\s?年)")),
    (1988, re.compile(r"平成\s?(\d{1,2})(?=\s?年)")),
    (-543, re.compile(r"(?<=[\u0e00-\u0e7f]\s)(?:พศ\s?)?(25[3-9]\d)(?!\d)")),
)


def _in_gregorian_calendar(text: str, context: DateContext) -> str:
    """Return `text` with the dates of the Persian, and the years of the Thai, Minguo and Japanese calendars rewritten.

    Digits must be ASCII. Numbers alone are a Persian date only if the page is in Persian or from Iran.
    """
    text = _THAI_DOT.sub("", text)
    for before, era in _ERAS:
        if found := era.search(text):
            text = f"{text[: found.start()]}{int(found[1]) + before}{text[found.end() :]}"

    def gregorian(found: re.Match[str]) -> str:
        if found[1]:
            year, month, day = int(found[3]), _PERSIAN_MONTHS.index(found[2]), int(found[1])
        elif context.base_language == "fa" or context.country == "ir":
            year, month, day = int(found[4]), int(found[5]) - 1, int(found[6])
        else:
            return found[0]
        # The year 979 began on 20 March 1600; 8 of 33 years are leap years, and the first six months have 31 days.
        since = year - 979
        days = 365 * since + since // 33 * 8 + (since % 33 + 3) // 4 + 31 * min(month, 6) + 30 * max(month - 6, 0)
        return str(date(1600, 1, 1) + timedelta(days=days + day + 78))

    return _PERSIAN_DATE.sub(gregorian, text)


def find_date(text: str, context: DateContext, *, american: bool = False) -> datetime | None:
    """Return the first date in `text`, with the time of day if one is next to it, in its zone or else in UTC.

    `american` reads 4/5/2024 as April 5 instead of 4 May.
    """
    if not text.isascii() or context.base_language == "fa":
        text = _in_gregorian_calendar(text.translate(_DIGITS), context)
    for found in (found for form in _FORMS for found in form.finditer(text)):
        year, word, day = int(found["year"]), found["month"], int(found["day"])
        month = int(word) if word.isdecimal() else _month_named(word, context)
        if found.re in _DAY_FIRST and ((american and day <= 12) or month > 12):
            day, month = month, day
        at = day_of(year + 2000 if year < 100 else year, month, day)
        if at is None:
            continue
        rest = text[found.end() : found.end() + _MAX_CLOCK_DISTANCE_CHARS]
        clock = _CLOCK_NEAR_DATE.search(rest) or _CLOCK_BEFORE_DATE.search(text[: found.start()])
        if clock is None:
            return at
        hour, half = int(clock[1]), (clock[3] or "").lower()
        if half.startswith("p") and hour < 12:
            hour += 12
        elif half.startswith("a") and hour == 12:
            hour = 0
        at += timedelta(hours=hour, minutes=int(clock[2]))
        named = _ZONE_BEHIND.match(clock.string, clock.end())
        zone = zone_named(named[1], context) if named is not None else None
        return (instant(at, zone) if zone is not None else None) or at
    return None


def _month_named(word: str, context: DateContext) -> int:
    """Return the number of a month by a name or abbreviation of the CLDR; 0 if it is none, or differs by language."""
    months, low = _words()["months"], unicodedata.normalize("NFKC", word).casefold()
    found = months.get(low) or months.get(low.removeprefix("ב"), 0)  # Hebrew joins "in" to the word
    return found if isinstance(found, int) else found.get(context.base_language, 0)


def day_of(year: int, month: int, day: int) -> datetime | None:
    """Return midnight UTC of a day; None if there is no such day, or none from 1990 to 2099."""
    try:
        value = datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
    return value if _MIN_YEAR <= value.year < _MAX_YEAR else None
