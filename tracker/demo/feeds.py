"""The machine-readable pages of an outlet: its RSS feed, news sitemap and robots.txt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .schedule import Outlet

ROBOTS_TXT: Final = """\
User-agent: *
Disallow: /ads/
Disallow: /search
Disallow: /login

Sitemap: {base}/news-sitemap.xml
"""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One article in a feed or sitemap; `query` is appended to its URL, `guid` defaults to the URL."""

    url: str
    title: str
    dek: str
    published: datetime
    modified: datetime
    query: str = "?utm_source=rss"
    guid: str = ""


def rss(outlet: Outlet, base: str, items: Sequence[FeedItem]) -> str:
    """Return the RSS feed of the outlet at *base*, with the items in the order given."""
    entries = "".join(
        f"<item><title>{escape(i.title)}</title><link>{escape(i.url + i.query)}</link>"
        f'<guid isPermaLink="false">{escape(i.guid or i.url)}</guid><description>{escape(i.dek)}</description>'
        f"<pubDate>{format_datetime(i.published)}</pubDate></item>\n"
        for i in items
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>{escape(outlet.name)}</title><link>{base}/</link><description>{escape(outlet.motto)}</description>"
        f'<atom:link href="{base}/rss.xml" rel="self" type="application/rss+xml"/>\n{entries}</channel></rss>\n'
    )


def sitemap(outlet: Outlet, items: Sequence[FeedItem]) -> str:
    """Return the outlet's news sitemap, with the items in the order given."""
    entries = "".join(
        f"<url><loc>{escape(i.url)}</loc><lastmod>{i.modified.isoformat(timespec='seconds')}</lastmod><news:news>"
        f"<news:publication><news:name>{escape(outlet.name)}</news:name><news:language>en</news:language>"
        f"</news:publication><news:publication_date>{i.published.isoformat(timespec='seconds')}"
        f"</news:publication_date><news:title>{escape(i.title)}</news:title></news:news></url>\n"
        for i in items
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{entries}</urlset>\n'
    )
