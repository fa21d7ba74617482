"""Find when an article was published and modified: from its metadata, the page, or its address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from . import machine_dates, written_dates
from .html_tags import Zone
from .name_hints import Hint

if TYPE_CHECKING:
    from .page_head import PageHead
    from .page_tree import Line, PageTree

_PUBLISHED_KEYS: Final = tuple(
    (
        "article:published_time datepublished og:article:published_time article:published og:published_time "
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
        "article:modified_time datemodified og:updated_time article:modified og:article:modified_time lastmod "
        "last-modified dcterms.modified dc.date.modified revised article:updated updated_time "
        "cxenseparse:updatetime"
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
        value = machine_dates.parse(text) or written_dates.find(text[:_MAX_WRITTEN_DATE_CHARS])
        if value is None:
            continue
        if not machine_dates.names_zone(text) and len(text) >= _MINUTES_CHARS:
            # Another source may give the same time with its zone.
            clock = text[:_MINUTES_CHARS].replace(" ", "T")
            for _, other in _values(head, properties, keys):
                if other[:_MINUTES_CHARS].replace(" ", "T") == clock and machine_dates.names_zone(other):
                    return machine_dates.parse(other) or value, source
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
    address = machine_dates.from_url(url)
    timestamps = sorted(
        page.timestamps,
        key=lambda each: ("ublished" not in each[0].itemprop, each[0].index < start - _ELEMENTS_BEFORE_HEADLINE),
    )
    for element, text in timestamps:
        value = machine_dates.parse(text)
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
    value = _written_in(near, american=american)
    if value is None and address is not None:
        return address, "address"
    if value is None:
        labelled = [line for line in page.lines if written_dates.is_label(line.text)]
        value = _written_in(labelled, american=american) or _written_in(page.lines, american=american)
    return value, "page" if value is not None else ""


def _written_in(lines: Iterable[Line], *, american: bool) -> datetime | None:
    """Return the first date in short lines; not in captions: what pictures show may be older."""
    for line in lines:
        if len(line.text) <= _MAX_WRITTEN_DATE_CHARS and not line.zone & (Zone.FIGURE | Zone.CAPTION):
            value = written_dates.find(line.text, american=american)
            if value is not None:
                return value
    return None
