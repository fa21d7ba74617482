"""Metadata of an article, each with the source on the page that gave it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, timedelta, timezone
from typing import TYPE_CHECKING, Final

from tracker.model import Headlines

from . import byline, dates, wording
from .headline import Choice, choose, is_edit, strip_site
from .headline import key as words_of
from .text import overlap
from .tree import Zone
from .vocabulary import Hint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from .head import Head
    from .tree import Element, Line, PageTree

_PUBLISHED: Final = (
    "article:published_time",
    "datepublished",
    "og:article:published_time",
    "article:published",
    "og:published_time",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "dc.date.created",
    "pubdate",
    "publishdate",
    "publish_date",
    "publication_date",
    "publish-date",
    "date",
    "last-published",
    "article.published",
    "vr:published_time",
    "rnews:datepublished",
    "article_date_original",
    "originalpublicationdate",
    "article:post_date",
    "iso-8601-publish-date",
    "bt:pubdate",
    "shareaholic:article_published_time",
    "og:pubdate",
    "datecreated",
    "created",
    "ptime",
    "article-published",
    "mediator_published_time",
)
_MODIFIED: Final = (
    "article:modified_time",
    "datemodified",
    "og:updated_time",
    "article:modified",
    "og:article:modified_time",
    "lastmod",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
    "revised",
    "article:updated",
    "updated_time",
    "cxenseparse:updatetime",
)
# Languages of one time zone: a clock on their pages that names none is theirs.
_ONE_ZONE: Final = {"ja": timezone(timedelta(hours=9)), "ko": timezone(timedelta(hours=9))}
_WORDY: Final = 4
_STAMPED: Final = 160
_CLOCKED: Final = 16  # "2024-05-03 14:02"
_SHORT_HEAD: Final = 15
_SOON: Final = 5
_FIRST: Final = 0.65
_DESCRIPTION: Final = ("og:description", "description", "twitter:description", "dc.description", "sailthru.description")


@dataclass(slots=True)
class Fields:
    """What was found, and where; *sources* maps the field to its source."""

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


def gather(head: Head, page: PageTree, url: str) -> Fields:
    """Read every field from the head first, then from the page, then from the address."""
    found = Fields()
    _title(found, head, page)
    found.byline, source = byline.find(head, page, found.headline)
    if source:
        found.sources["byline"] = source
    section, key = head.first(
        "article:section", "og:article:section", "articlesection", "section", "parsely-section", "cxenseparse:section"
    )
    section, key = (section, key) if section else (head.entity("articleSection"), "json-ld")
    found.section = section
    found.lang = _language(head)
    _times(found, head, page, url)
    found.description = head.first(*_DESCRIPTION)[0] or head.entity("description")
    if section:
        found.sources["section"] = key
    return found


def _language(head: Head) -> str:
    lang = head.lang or head.first("og:locale", "content-language", "language")[0] or head.entity("inLanguage")
    return lang.replace("_", "-").split(",")[0].strip()[:35]


# --- title


def _title(found: Fields, head: Head, page: PageTree) -> None:
    site = head.first("og:site_name", "application-name", "twitter:site", "publisher")[0]
    og, _ = head.first("og:title", "twitter:title", "dc.title", "title", "headline", "sailthru.title", "parsely-title")
    ld = head.entity("headline", "name")
    html = head.title
    h1s = [line for line in page.lines if line.zone & Zone.HEADING and _in_h1(line)]
    if len(h1s) == 1 and len(h1s[0].text.split()) >= _WORDY:
        best, found.headline = h1s[0].text, h1s[0]
    else:
        found.headlines = Headlines(og=strip_site(og, site))
        best = _best_h1(found, head, page, h1s, [strip_site(text, site) for text in (ld, og, html) if text])
    found.headlines = Headlines(h1=best or (h1s[0].text if len(h1s) == 1 else ""), og=og, html=html, jsonld=ld)
    below = _headed_below(page, found.headline, [(strip_site(og, site), "og:title"), (ld, "json-ld")])
    if below is not None:
        found.headline, chosen = below[0], Choice(*below[1:], heading=best)
    else:
        chosen = choose(best, og, ld, html, site, found.headline)
    found.title, found.heading = chosen.title, chosen.heading
    if chosen.title:
        found.sources["title"] = chosen.source


def _headed_below(page: PageTree, h1: Line | None, said: list[tuple[str, str]]) -> tuple[Line, str, str] | None:
    """Return the heading that heads the text where the h1 above it is a breadcrumb's: it repeats what a surface says.

    A kicker may stand before it, in an element of its own. Where the h1 is an edit of what they say, they lag behind.
    """
    if h1 is None:
        return None
    near = [line for line in page.lines[h1.index + 1 : h1.index + _SOON] if line.zone & Zone.HEADING and not line.links]
    for text, source in said:
        own = words_of(text)
        if len(text) < _SHORT_HEAD or own == words_of(h1.text) or is_edit(h1.text, text):
            continue
        before = ""
        for line in near:
            shown = words_of(line.text)
            if shown == own or (shown.endswith(own) and 2 * len(own) > len(shown)):
                return line, text, source
            if before and before + shown == own:
                return line, line.text, source
            before = shown
    return None


def _best_h1(found: Fields, head: Head, page: PageTree, h1s: list[Line], others: list[str]) -> str:
    """Return the h1 that the other surfaces agree with, and note its line."""
    agreements = [sum(_agree(line.text, other) for other in others) for line in h1s]
    likely = _FIRST * max(agreements, default=0.0)
    for line, agreement in zip(h1s, agreements, strict=True):
        if agreement >= likely > 0:  # the first of those that agree well: later ones are teasers, copies for print
            found.headline = line
            return line.text
    if len(h1s) == 1 and not others:
        found.headline = h1s[0]
        return h1s[0].text
    return _outside(found, head, page, others)


def _outside(found: Fields, head: Head, page: PageTree, others: list[str]) -> str:
    """Return an h1 that stands in a breadcrumb, where it repeats the headline; anchor the headline where it is seen."""
    if found.headline is None:
        for line in page.lines:
            if (
                line.zone & Zone.HEADING
                and len(line.text) > _SHORT_HEAD
                and any(_agree(line.text, o) >= 1 for o in others)
            ):
                found.headline = line
                break
    shown = [found.headlines.og] if found.headlines.og else others
    return next((text for text in head.h1s if any(_agree(text, other) >= 1 for other in shown)), "")


def _in_h1(line: Line) -> bool:
    node: Element | None = line.owner
    for _ in range(3):
        if node is None:
            return False
        if node.tag == "h1":
            return True
        node = node.parent
    return False


def _agree(one: str, other: str) -> float:
    left, right = one.casefold(), other.casefold()
    if left == right:
        return 1.2
    if len(left) > 8 and (left in right or right in left):
        return 1.0
    shared = overlap(one, other)
    return shared if shared >= 0.5 else 0.0


# --- times


def _times(found: Fields, head: Head, page: PageTree, url: str) -> None:
    found.published = _first_time(found, "published", head, ("datePublished", "dateCreated", "uploadDate"), _PUBLISHED)
    found.modified = _first_time(found, "modified", head, ("dateModified",), _MODIFIED)
    if found.published is None:
        when = _search_page(found, page, url)
        offset = _ONE_ZONE.get(found.lang[:2].lower())
        found.published = when.replace(tzinfo=offset) if when and offset and when.tzinfo is UTC else when


def _first_time(
    found: Fields, name: str, head: Head, entity: tuple[str, ...], keys: tuple[str, ...]
) -> datetime | None:
    for source, text in _said(head, entity, keys):
        value = dates.parse(text) or wording.find(text[:_STAMPED])
        if value:
            found.sources[name] = source
            if dates.names_zone(text) or len(text) < _CLOCKED:
                return value
            return _zoned(value, text, [other for _, other in _said(head, entity, keys)])
    return None


def _said(head: Head, entity: tuple[str, ...], keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield what JSON-LD and then the meta tags say, with the source."""
    for key in entity:
        text = head.entity(key)
        if text:
            yield "json-ld", text
    for key in keys:
        if key in head.metas:
            text = head.first(key)[0]
            if text:
                yield key, text


def _zoned(value: datetime, text: str, others: list[str]) -> datetime:
    """Return *value* with the zone that another source gives for the same clock; its own *text* names none."""
    for other in others:
        if other[:16].replace(" ", "T") == text[:16].replace(" ", "T") and dates.names_zone(other):
            return dates.parse(other) or value
    return value


def _search_page(found: Fields, page: PageTree, url: str) -> datetime | None:
    """Look for the day of publication near the headline, then in the address, then anywhere, and note where it was."""
    start = found.headline.owner.index if found.headline is not None else 0
    stamps = sorted(page.stamps, key=lambda stamp: ("ublished" not in stamp[0].itemprop, stamp[0].index < start - 40))
    address = dates.from_address(url)
    for element, text in stamps:
        value = dates.parse(text)
        if (
            value
            and not element.zone & (Zone.ASIDE | Zone.FOOTER)
            and (not address or abs((value - address).days) <= 2)
        ):
            found.sources["published"] = "time"
            return value
    american = found.lang.lower() == "en-us"
    value = _in_words(_near(page, found.headline), american=american)
    if value is None and address is not None:
        found.sources["published"] = "address"
        return address
    labelled = [line for line in page.lines if wording.is_label(line.text)]
    value = value or _in_words(labelled, american=american) or _in_words(page.lines, american=american)
    if value is not None:
        found.sources["published"] = "page"
    return value


def _in_words(lines: list[Line], *, american: bool) -> datetime | None:
    pictures = Zone.FIGURE | Zone.CAPTION  # what they show may be older
    short = (line.text for line in lines if len(line.text) <= _STAMPED and not line.zone & pictures)
    return next((value for text in short if (value := wording.find(text, american=american))), None)


def _near(page: PageTree, headline: Line | None) -> list[Line]:
    """Return the lines about the headline, those after it first; its own last: what it dates is the event."""
    if headline is None:
        return [line for line in page.lines if line.owner.hint & Hint.DATE]
    at = headline.index
    return page.lines[at + 1 : at + 14] + page.lines[max(0, at - 6) : at] + [headline]
