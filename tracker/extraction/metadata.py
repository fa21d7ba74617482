"""Extract an article's metadata, each field with the place on the page that gave it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tracker.model.article import Headlines

from . import byline
from .dates import find_modified, find_published
from .headline import find_headline
from .page_head import PageHead
from .page_tree import Line, PageTree

_SECTION_KEYS: Final = tuple(
    "article:section og:article:section articlesection section parsely-section cxenseparse:section".split()
)
_DESCRIPTION_KEYS: Final = tuple(
    "og:description description twitter:description dc.description sailthru.description".split()
)
_MAX_LANG_CHARS: Final = 35  # what RFC 5646 asks programs to have room for


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
    """Read every field from the head first, then from the page, then from the address."""
    title, headlines, headline = find_headline(head, page)
    description = head.first(*_DESCRIPTION_KEYS)[0] or head.entity("description")
    names, byline_source = byline.find_byline(head, page, headline, description)
    section, section_source = head.first(*_SECTION_KEYS)
    if not section:
        section, section_source = head.entity("articleSection"), "json-ld"
    lang = head.lang or head.first("og:locale", "content-language", "language")[0] or head.entity("inLanguage")
    lang = lang.replace("_", "-").split(",")[0].strip()[:_MAX_LANG_CHARS]
    published, published_source = find_published(head, page, headline, lang, url)
    modified, modified_source = find_modified(head, lang, url)
    sources = {
        "title": title.source if title.title else "",
        "byline": byline_source,
        "byline confirmed": byline.confirmed_by(head, page, names, byline_source),
        "section": section_source if section else "",
        "published": published_source,
        "modified": modified_source,
    }
    return Metadata(
        title=title.title,
        heading=title.heading,
        byline=names,
        published=published,
        modified=modified,
        section=section,
        lang=lang,
        description=description,
        headlines=headlines,
        headline=headline,
        sources={name: source for name, source in sources.items() if source},
    )
