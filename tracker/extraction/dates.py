"""Find when an article was published and modified, and read dates as programs and people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from .html_tags import Zone
from .name_hints import Hint

if TYPE_CHECKING:
    from .page_head import PageHead
    from .page_tree import Line, PageTree

_PUBLISHED_KEYS: Final = tuple(
    (
        "article:published_time article:published:time datepublished og:article:published_time article:published "
        "og:published_time "
        "parsely-pub-date sailthru.date cxenseparse:recs:publishtime cxenseparse:publishtime dc.date.issued "
        "dcterms.created dcterms.date dc.date dc.date.created pubdate publishdate publish_date publication_date "
        "publish-date date last-published article.published vr:published_time rnews:datepublished "
        "article_date_original originalpublicationdate article:post_date iso-8601-publish-date bt:pubdate "
        "shareaholic:article_published_time og:pubdate datecreated created ptime article-published "
        "mediator_published_time"
    ).split()
)
_MODIFIED_KEYS: Final = tuple(
    (
        "article:modified_time article:modified:time datemodified og:updated_time article:modified "
        "og:article:modified_time lastmod last-modified dcterms.modified dc.date.modified revised article:updated "
        "updated_time cxenseparse:updatetime"
    ).split()
)
_PUBLISHED_PROPERTIES: Final = ("datePublished", "dateCreated", "uploadDate")
_MODIFIED_PROPERTIES: Final = ("dateModified",)
# Languages of one time zone: a time on their pages without a zone is in it.
_ZONES_BY_LANGUAGE: Final = {"ja": timezone(timedelta(hours=9)), "ko": timezone(timedelta(hours=9))}
_MAX_WRITTEN_DATE_CHARS: Final = 160
_MINUTES_CHARS: Final = 16  # "2024-05-03 14:02": shorter dates have no time of day
_MAX_ADDRESS_DISTANCE_DAYS: Final = 2
_LINES_AFTER_HEADLINE: Final = 14
_LINES_BEFORE_HEADLINE: Final = 6
_ELEMENTS_BEFORE_HEADLINE: Final = 40

# Dates as programs write them: ISO 8601, RFC 5322, Unix time, and days in addresses.
MIN_DATE: Final = datetime(1990, 1, 1, tzinfo=UTC)
MAX_YEAR: Final = 2100
_MAX_DATE_CHARS: Final = 100

_ISO: Final = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?",
    re.IGNORECASE,
)
_COMPACT_ISO: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?(Z|[+-]\d{2}:?\d{2})?$")
_UNIX_TIME: Final = re.compile(r"1\d{9}(?:\d{3})?$")  # in seconds or milliseconds
_URL_DATE: Final = re.compile(
    r"(?<!\d)((?:19[89]|20[0-4])\d)([/._-]?)(0?[1-9]|1[0-2]|[a-z]{3})\2(0?[1-9]|[12]\d|3[01])(?!\d)", re.IGNORECASE
)
_ZONE: Final = re.compile(r"(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$|T[\d:.]+[+-]\d{2}", re.IGNORECASE)
_ENGLISH_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()

# Dates as people write them, in the languages of the news.
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
# Abbreviations with one meaning alone, in hours from UTC: CST is also China's, IST India's, Israel's and Ireland's.
_ZONES_BY_NAME: Final = {
    "EST": -5, "EDT": -4, "CDT": -5, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2,
    "EEST": 3, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
_ZONE_BEHIND: Final = re.compile(r"\s?(?:Uhr\s)?\(?([A-Z]{3,4})\b")
_MAX_CLOCK_DISTANCE_CHARS: Final = 40
_MAX_LABELLED_CHARS: Final = 80
_MAX_SURE_DATE_CHARS: Final = 60
# Arabic, Persian, Devanagari, Bengali and full-width digits.
_DIGITS: Final = {first + n: str(n) for first in (0x660, 0x6F0, 0x966, 0x9E6, 0xFF10) for n in range(10)}
_LABEL: Final = re.compile(
    r"(?:date|datum|fecha|data|дата|дата публикации|التاريخ|日付|日期|发布时间|입력|등록|published|posted|publi[ée]|"
    r"publicado|pubblicato|veröffentlicht|publicerad|publisert|udgivet|opublikowano|yayınlan\w*|опубликовано)\b",
    re.IGNORECASE,
)


def find_published(
    head: PageHead, page: PageTree, headline: Line | None, lang: str, url: str
) -> tuple[datetime | None, str]:
    """Return when the article was published and where that was found; None and nothing if it was not found."""
    value, source = _from_head(head, _PUBLISHED_PROPERTIES, _PUBLISHED_KEYS)
    if value is not None:
        return value, source
    value, source = _from_page(page, headline, lang, url)
    zone = _ZONES_BY_LANGUAGE.get(lang[:2].lower())
    if value is not None and zone is not None and value.tzinfo is UTC:
        value = value.replace(tzinfo=zone)
    return value, source


def find_modified(head: PageHead) -> tuple[datetime | None, str]:
    """Return when the article was last modified by its metadata, and which of them says so."""
    return _from_head(head, _MODIFIED_PROPERTIES, _MODIFIED_KEYS)


def _from_head(head: PageHead, properties: tuple[str, ...], keys: tuple[str, ...]) -> tuple[datetime | None, str]:
    for source, text in _values(head, properties, keys):
        value = parse_machine(text) or find_written(text[:_MAX_WRITTEN_DATE_CHARS])
        if value is None:
            continue
        if not names_zone(text) and len(text) >= _MINUTES_CHARS:
            # Another source may give the same time with its zone.
            clock = text[:_MINUTES_CHARS].replace(" ", "T")
            for _, other in _values(head, properties, keys):
                if other[:_MINUTES_CHARS].replace(" ", "T") == clock and names_zone(other):
                    return parse_machine(other) or value, source
        return value, source
    return None, ""


def _values(head: PageHead, properties: tuple[str, ...], keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield what JSON-LD and then the meta tags say, each with its source."""
    for key in properties:
        text = head.entity(key)
        if text:
            yield "json-ld", text
    for key in keys:
        if key in head.metas:
            text = head.first(key)[0]
            if text:
                yield key, text


def _from_page(page: PageTree, headline: Line | None, lang: str, url: str) -> tuple[datetime | None, str]:
    """Look for the day of publication in <time> elements, near the headline, in the address, then anywhere."""
    start = headline.owner.index if headline is not None else 0
    address = day_in_address(url)
    timestamps = sorted(
        page.timestamps,
        key=lambda each: ("ublished" not in each[0].itemprop, each[0].index < start - _ELEMENTS_BEFORE_HEADLINE),
    )
    for element, text in timestamps:
        value = parse_machine(text)
        if value is None or element.zone & (Zone.ASIDE | Zone.FOOTER):
            continue
        if not address or abs((value - address).days) <= _MAX_ADDRESS_DISTANCE_DAYS:
            return value, "time"
    american = lang.lower() == "en-us"
    if headline is None:
        near = [line for line in page.lines if line.owner.hint & Hint.DATE]
    else:
        # Those after the headline first; the headline itself last, for what it dates is the event.
        at = headline.index
        before = page.lines[max(0, at - _LINES_BEFORE_HEADLINE) : at]
        near = [*page.lines[at + 1 : at + _LINES_AFTER_HEADLINE], *before, headline]
    labelled = [line for line in page.lines if is_date_label(line.text)]
    # What dates something else, a caption or a paragraph, has more words.
    sure = [line for line in near if len(line.text) <= _MAX_SURE_DATE_CHARS or _is_marked_date(line)]
    value = next(filter(None, (_written_in(lines, american=american) for lines in (sure, labelled, near))), None)
    if value is None and address is not None:
        return address, "address"
    value = value or _written_in(page.lines, american=american)
    return value, "page" if value is not None else ""


def _is_marked_date(line: Line) -> bool:
    return bool(line.owner.hint & Hint.DATE) or _LABEL.match(line.text) is not None


def _written_in(lines: Iterable[Line], *, american: bool) -> datetime | None:
    """Return the first date in short lines; not in captions: what pictures show may be older."""
    for line in lines:
        if len(line.text) <= _MAX_WRITTEN_DATE_CHARS and not line.zone & (Zone.FIGURE | Zone.CAPTION):
            value = find_written(line.text, american=american)
            if value is not None:
                return value
    return None


def parse_machine(text: str) -> datetime | None:
    """Return the moment in the zone that `text` names, in UTC if it names none; None if it is not a date."""
    text = text.strip()
    if not text or len(text) > _MAX_DATE_CHARS:
        return None
    found = _ISO.match(text) or _COMPACT_ISO.match(text)
    if found:
        return _from_iso_parts(*found.groups())
    if _UNIX_TIME.match(text):
        return _plausible(datetime.fromtimestamp(int(text[:10]), UTC))
    try:
        value = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return _plausible(value if value.tzinfo else value.replace(tzinfo=UTC))


def names_zone(text: str) -> bool:
    """Return whether a machine's date names its time zone."""
    return _ZONE.search(text.strip()) is not None


def day_in_address(url: str) -> datetime | None:
    """Return the day that the path of an address names: /2024/05/03/, 2024-05-03, 20240503, /2024/may/03/."""
    path = url.partition("://")[2].partition("/")[2]
    for found in _URL_DATE.finditer(path):
        year, separator, month, day = found.groups()
        if not separator and len(month + day) != 4:
            continue
        if month.isalpha():
            if month.lower() not in _ENGLISH_MONTHS:
                continue
            month = str(_ENGLISH_MONTHS.index(month.lower()) + 1)
        value = day_of(int(year), int(month), int(day))
        if value:
            return value
    return None


def day_of(year: int, month: int, day: int) -> datetime | None:
    """Return midnight UTC of a day; None if there is no such day, or none from MIN_DATE to MAX_YEAR."""
    try:
        return _plausible(datetime(year, month, day, tzinfo=UTC))
    except ValueError:
        return None


def _from_iso_parts(
    year: str, month: str, day: str, hour: str | None, minute: str | None, second: str | None, zone: str | None
) -> datetime | None:
    try:
        offset = UTC
        if zone and zone[0] in "+-":
            digits = zone[1:].replace(":", "")
            ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
            offset = timezone(-ahead if zone[0] == "-" else ahead)
        # datetime does not accept a leap second, 60.
        clock = int(hour or 0), int(minute or 0), min(59, int(second or 0))
        return _plausible(datetime(int(year), int(month), int(day), *clock, tzinfo=offset))
    except (ValueError, OverflowError):
        return None


def _plausible(value: datetime) -> datetime | None:
    return value if value >= MIN_DATE and value.year < MAX_YEAR else None


def is_date_label(text: str) -> bool:
    """Return whether a short line begins with the word for "date" or "published"."""
    return len(text) <= _MAX_LABELLED_CHARS and _LABEL.match(text) is not None


def find_written(text: str, *, american: bool = False) -> datetime | None:
    """Return the first date in `text`, with the time of day if one follows it closely, in its zone or else in UTC.

    `american` reads 4/5/2024 as April 5 instead of 4 May.
    """
    if not text.isascii():
        text = text.translate(_DIGITS)
    for form in _FORMS:
        for found in form.finditer(text):
            day = _day(found, american=american)
            if day is not None:
                return _with_clock(day, text[found.end() : found.end() + _MAX_CLOCK_DISTANCE_CHARS])
    return None


def _day(found: re.Match[str], *, american: bool) -> datetime | None:
    year, word, day = int(found["year"]), found["month"], int(found["day"])
    month = int(word) if word.isdecimal() else _month(word)
    if found.re in _DAY_FIRST and ((american and day <= 12) or month > 12):
        day, month = month, day
    return day_of(year + 2000 if year < 100 else year, month, day)


def _month(word: str) -> int:
    """Return the number of the month that `word` names, 0 if it names none."""
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
    zone = _ZONE_BEHIND.match(rest, found.end())
    hours = _ZONES_BY_NAME.get(zone[1]) if zone is not None else None
    at = day + timedelta(hours=hour, minutes=minute)
    return at if hours is None else at.replace(tzinfo=timezone(timedelta(hours=hours)))
