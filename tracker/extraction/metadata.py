"""Extract an article's metadata, including its dates, and record where each field was found."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from tracker.dates.parsing import DateContext, day_of, find_date, read_date
from tracker.model.article import Headlines

from .byline import confirmed_by, find_byline, names, unique
from .headline import find_headline
from .name_hints import Hint
from .page_head import PageHead
from .page_tree import Line, PageTree, Zone
from .text import clean

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from .site_rules import SiteRules

_SECTION_KEYS: Final = tuple(
    "article:section og:article:section articlesection section parsely-section cxenseparse:section".split()
)
_DESCRIPTION_KEYS: Final = tuple(
    "og:description description twitter:description dc.description sailthru.description".split()
)
_MAX_LANG_CHARS: Final = 35  # RFC 5646 recommends room for this many


@dataclass(slots=True)
class Metadata:
    """The fields found, as in `Article`; `headline` is the line of the page that shows the headline.

    `sources` says where each field was found: "json-ld", the name of a meta tag, "h1", "page" …
    """

    title: str = ""
    heading: str = ""
    byline: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    section: str = ""
    lang: str = ""
    description: str = ""
    headlines: Headlines = field(default_factory=Headlines)
    headline: Line | None = None
    sources: dict[str, str] = field(default_factory=dict)


def extract_metadata(head: PageHead, page: PageTree, url: str) -> Metadata:
    """Return every field, from the head if it is there, else from the page, else from the address."""
    title, headlines, headline = find_headline(head, page)
    description = head.first(*_DESCRIPTION_KEYS)[0] or head.entity("description")
    authors, byline_source = find_byline(head, page, headline, description)
    section, section_source = head.first(*_SECTION_KEYS)
    if not section:
        section, section_source = head.entity("articleSection"), "json-ld"
    lang = head.lang or head.first("og:locale", "content-language", "language")[0] or head.entity("inLanguage")
    lang = lang.replace("_", "-").split(",")[0].strip()[:_MAX_LANG_CHARS]
    context = DateContext(lang, url)
    published, published_source = _date_in_head(head, _PUBLISHED_PROPERTIES, _PUBLISHED_KEYS, context)
    if published is None:
        published, published_source = _date_on_page(page, headline, context)
        zone = _ZONES_BY_LANGUAGE.get(lang[:2].lower())
        if published is not None and zone is not None and published.tzinfo is UTC:
            published = published.replace(tzinfo=zone)
    modified, modified_source = _date_in_head(head, _MODIFIED_PROPERTIES, _MODIFIED_KEYS, context)
    zone = _zone_shown(published, page, headline, context)
    if zone is not None and published is not None:
        published = published.astimezone(zone)
        modified = modified.astimezone(zone) if modified is not None and not modified.utcoffset() else modified
    sources = {
        "title": title.source if title.title else "",
        "byline": byline_source,
        "byline confirmed": confirmed_by(head, page, authors, byline_source),
        "section": section_source if section else "",
        "published": published_source,
        "modified": modified_source,
    }
    return Metadata(
        title=title.title,
        heading=title.heading,
        byline=authors,
        published=published,
        modified=modified,
        section=section,
        lang=lang,
        description=description,
        headlines=headlines,
        headline=headline,
        sources={name: source for name, source in sources.items() if source},
    )


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
_MIN_DATE_CHARS: Final = 8  # shorter ones are years, or no dates

_URL_DATE: Final = re.compile(
    r"(?<!\d)((?:19[89]|20[0-4])\d)([/._-]?)(0?[1-9]|1[0-2]|[a-z]{3})\2(0?[1-9]|[12]\d|3[01])(?!\d)", re.IGNORECASE
)
_ZONE: Final = re.compile(r"(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$|T[\d:.]+[+-]\d{2}", re.IGNORECASE)
_ENGLISH_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
# Zones are whole or half hours ahead of UTC; a shown time that differs by anything else is that of an update.
_MIN_ZONE: Final = timedelta(hours=-11)
_MAX_ZONE: Final = timedelta(hours=14)
_ZONE_STEP: Final = timedelta(minutes=30)
_MAX_LABELLED_CHARS: Final = 80
_MAX_SURE_DATE_CHARS: Final = 60
_LABEL: Final = re.compile(
    r"(?:date|datum|fecha|data|дата|дата публикации|التاريخ|日付|日期|发布时间|입력|등록|published|posted|publi[ée]|"
    r"publicado|pubblicato|veröffentlicht|publicerad|publisert|udgivet|opublikowano|yayınlan\w*|опубликовано)\b",
    re.IGNORECASE,
)


def _date_in_head(
    head: PageHead, properties: tuple[str, ...], keys: tuple[str, ...], context: DateContext
) -> tuple[datetime | None, str]:
    for source, text in _stated_dates(head, properties, keys):
        value = read_time(text, context)
        if value is None:
            continue
        if not names_zone(text) and len(text) >= _MINUTES_CHARS:
            # Another source may give the same time with its zone.
            clock = text[:_MINUTES_CHARS].replace(" ", "T")
            for _, other in _stated_dates(head, properties, keys):
                if other[:_MINUTES_CHARS].replace(" ", "T") == clock and names_zone(other):
                    return read_time(other, context) or value, source
        return value, source
    return None, ""


def _stated_dates(head: PageHead, properties: tuple[str, ...], keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the source and the text of each date: of the JSON-LD `properties` first, then of the meta tags `keys`."""
    for name in properties:
        if text := head.entity(name):
            yield "json-ld", text
    for key in keys:
        if text := head.first(key)[0]:
            yield key, text


def _date_on_page(page: PageTree, headline: Line | None, context: DateContext) -> tuple[datetime | None, str]:
    """Return the time of publication, from a <time>, a line or the address, near the headline first; and its source."""
    address = day_in_address(context.url)
    timestamps = sorted(page.timestamps, key=lambda each: "ublished" not in each[0].itemprop)
    timestamps = [(e, text) for e, text in timestamps if not e.zone & (Zone.ASIDE | Zone.FOOTER)]
    if headline is None:
        near = [line for line in page.lines if line.owner.hint & Hint.DATE]
        near_elements = range(len(page.elements))
    else:
        # Those after the headline first; the headline itself last, since a date in it is usually that of the event.
        at = headline.index
        before = page.lines[max(0, at - _LINES_BEFORE_HEADLINE) : at]
        near = [*page.lines[at + 1 : at + _LINES_AFTER_HEADLINE], *before, headline]
        last = page.lines[min(len(page.lines) - 1, at + _LINES_AFTER_HEADLINE)]
        near_elements = range(max(0, headline.owner.index - _ELEMENTS_BEFORE_HEADLINE), last.owner.index + 1)
    labelled = [line for line in page.lines if is_date_label(line.text)]
    # Lines that date something else, captions or paragraphs, have more words.
    sure = [
        line
        for line in near
        if len(line.text) <= _MAX_SURE_DATE_CHARS or line.owner.hint & Hint.DATE or _LABEL.match(line.text)
    ]
    candidates = itertools.chain(
        (
            ("time", read_time(text, context))
            for e, text in timestamps
            if e.index in near_elements or "ublished" in e.itemprop
        ),
        (("page", _written_in(lines, context)) for lines in (sure, labelled)),
        (("time", read_time(text, context)) for e, text in timestamps),
        (("page", _written_in(near, context)), ("address", address), ("page", _written_in(page.lines, context))),
    )
    for source, value in candidates:
        if value is not None and (
            source == "page" or not address or abs((value - address).days) <= _MAX_ADDRESS_DISTANCE_DAYS
        ):
            return value, source
    return None, ""


def _zone_shown(
    published: datetime | None, page: PageTree, headline: Line | None, context: DateContext
) -> timezone | None:
    """Return the zone in which a time shown near the headline is the same as `published`, if that is in UTC."""
    if published is None or headline is None or published.utcoffset() or not (published.hour or published.minute):
        return None
    for line in page.lines[max(0, headline.index - _LINES_BEFORE_HEADLINE) : headline.index + _LINES_AFTER_HEADLINE]:
        shown = _written_in([line], context) if len(line.text) <= _MAX_SURE_DATE_CHARS else None
        if shown is None or not (shown.hour or shown.minute):
            continue
        ahead = shown.replace(tzinfo=UTC) - published.replace(second=0)
        if ahead and _MIN_ZONE <= ahead <= _MAX_ZONE and not ahead % _ZONE_STEP:
            return timezone(ahead)
    return None


def _written_in(lines: Iterable[Line], context: DateContext) -> datetime | None:
    """Return the first date in short lines, but not in captions: pictures may be older."""
    american = context.language.lower() == "en-us"
    for line in lines:
        if len(line.text) <= _MAX_WRITTEN_DATE_CHARS and not line.zone & (Zone.FIGURE | Zone.CAPTION):
            value = find_date(line.text, context, american=american)
            if value is not None:
                return value
    return None


def read_time(text: str, context: DateContext) -> datetime | None:
    """Return the moment that the text of an element or attribute names, to the second; None if it is not a date."""
    found = read_date(text, context) if len(text.strip()) >= _MIN_DATE_CHARS else None
    return found.replace(microsecond=0) if found else find_date(text[:_MAX_WRITTEN_DATE_CHARS], context)


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


def is_date_label(text: str) -> bool:
    """Return whether a short line begins with the word for "date" or "published"."""
    return len(text) <= _MAX_LABELLED_CHARS and _LABEL.match(text) is not None


def override_metadata(metadata: Metadata, rules: SiteRules, tree: LexborHTMLParser) -> None:
    """Replace title, byline and time of publication with what the rules' selectors match, if they match anything."""
    title = next((text for node in _select(tree, rules.title) if (text := clean(node.text()))), "")
    if title:
        metadata.title, metadata.heading, metadata.sources["title"] = title, "", "rule"
    authors = unique([name for node in _select(tree, rules.byline) for name in names(node.text())])
    if authors:
        metadata.byline, metadata.sources["byline"] = tuple(authors), "rule"
    for node in _select(tree, rules.published):
        text = node.attributes.get("datetime") or node.attributes.get("content") or clean(node.text())
        value = read_time(text, DateContext(metadata.lang))
        if value:
            metadata.published, metadata.sources["published"] = value, "rule"
            return


def _select(tree: LexborHTMLParser, selectors: Sequence[str]) -> list[LexborNode]:
    return [node for selector in selectors for node in tree.css(selector)]
