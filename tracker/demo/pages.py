"""The pages of an outlet: articles and front page from the templates in this folder, feed, robots.txt.

Templates of articles are named after outlets. `Noise` has the parts that differ on every request and are not news.
"""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Final

from .schedule import Edition, Outlet, ScheduledArticle

_TEXTS: Final = tomllib.loads(files(__package__).joinpath("noise.toml").read_text("utf-8"))
_HEX: Final = "0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Noise:
    """The changing parts of one response. `positions` are the paragraphs that promos are inserted at."""

    nonce: str
    csrf: str
    build: str
    minutes: int
    comments: int
    readers: int
    ads: tuple[tuple[str, str, str], ...]
    promos: tuple[str, ...]
    most_read: tuple[str, ...]
    ticker: tuple[str, ...]
    positions: tuple[int, ...]


def make_noise(seed: int, path: str, request: int, headlines: Sequence[str] = ()) -> Noise:
    """Return the noise of response number `request`; `headlines` of other articles are used as promos."""
    # By seed, path and number: a run can be repeated, and no two responses are the same.
    rng = random.Random(f"noise:{seed}:{path}:{request}")  # noqa: S311 - not used for security

    def token(length: int) -> str:
        return "".join(rng.choices(_HEX, k=length))

    promos = [*headlines, *_TEXTS["most_read"]]
    return Noise(
        nonce=token(16),
        csrf=token(40),
        build=token(5),
        minutes=rng.randint(1, 58),
        comments=rng.randint(3, 400),
        readers=rng.randint(20, 9000),
        ads=tuple((name, text, token(12)) for name, text in rng.sample(_TEXTS["advertisers"], 3)),
        promos=tuple(rng.sample(promos, 2)),
        most_read=tuple(rng.sample(_TEXTS["most_read"], 5)),
        ticker=tuple(f"{name} {rng.uniform(2, 900):,.2f} {rng.choice('▲▼')}" for name in _TEXTS["ticker"]),
        positions=tuple(sorted(rng.sample(range(1, 5), 2))),
    )


@dataclass(frozen=True, slots=True)
class PageData:
    """What an article page is made of; `others` are links to other articles, each a headline and a path."""

    outlet: Outlet
    article: ScheduledArticle
    edition: Edition
    url: str
    published: datetime
    modified: datetime
    others: tuple[tuple[str, str], ...]


def article_page(data: PageData, noise: Noise) -> str:
    """Return the HTML page of an article, in the template of its outlet."""
    edition, is_ledger = data.edition, data.outlet.style == "ledger"
    ad_name, ad_text, creative = noise.ads[1 if is_ledger else 2]
    parts = _body(data, noise)
    *others, last = [f'<a rel="author" href="/staff/">{escape(name)}</a>' for name in edition.byline]
    read_path = f"/living/?m={noise.build}" if is_ledger else f"/t/{noise.build}"
    return _template(data.outlet.style).substitute(
        asdict(noise),
        head=_head(data, noise),
        ticker=_ticker(noise),
        section=escape(data.article.section),
        title=escape(edition.title, quote=False),
        dek=escape(edition.dek, quote=False),
        names=f"{', '.join(others)} and {last}" if others else last,
        published=data.published.isoformat(timespec="seconds"),
        published_us=f"{data.published:%B %d, %Y}",
        published_uk=f"{data.published:%d %B %Y}",
        body="\n".join(parts if is_ledger else [f'<div class="block-{noise.build}">{part}</div>' for part in parts]),
        others=_links(data.others[:4]),
        most_read=_links([(title, f"{read_path}{n}") for n, title in enumerate(noise.most_read)]),
        creative=creative,
        ad_name=escape(ad_name),
        ad_text=escape(ad_text),
        csrf_start=noise.csrf[:12],
        footer=_footer(data.outlet, noise),
    )


def missing_page(outlet: Outlet, noise: Noise, *, gone: bool) -> str:
    """Return the page for an unknown address, or for an article that was taken down (`gone`)."""
    what = "This article is no longer available" if gone else "Page not found"
    return _template("missing").substitute(what=what, outlet=escape(outlet.name), nonce=noise.nonce)


def front_page(outlet: Outlet, links: tuple[tuple[str, str], ...], noise: Noise) -> str:
    """Return the front page with `links` to articles, each a headline and a path."""
    items = "".join(
        f'<li class="teaser"><h2><a href="{escape(path)}">{escape(title)}</a></h2></li>' for title, path in links
    )
    return _template("front").substitute(
        outlet=escape(outlet.name),
        motto=escape(outlet.motto),
        ticker=_ticker(noise),
        items=items,
        footer=_footer(outlet, noise),
    )


def _head(data: PageData, noise: Noise) -> str:
    edition = data.edition
    published, modified = (time.isoformat(timespec="seconds") for time in (data.published, data.modified))
    json_ld = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": edition.title,
        "description": edition.dek,
        "datePublished": published,
        "dateModified": modified,
        "author": [{"@type": "Person", "name": name} for name in edition.byline],
        "publisher": {"@type": "NewsMediaOrganization", "name": data.outlet.name},
        "articleSection": data.article.section,
        "inLanguage": "en-US",
        "mainEntityOfPage": data.url,
        "isAccessibleForFree": True,
    }
    return _template("head").substitute(
        asdict(noise),
        title=escape(edition.title),
        dek=escape(edition.dek),
        outlet=escape(data.outlet.name),
        url=escape(data.url),
        published=published,
        modified=modified,
        json_ld=json.dumps(json_ld, ensure_ascii=False).replace("</", "<\\/"),
    )


def _body(data: PageData, noise: Noise) -> list[str]:
    """Return the text as HTML paragraphs, with the promos and ads between them."""
    out = [f"<p>{escape(text, quote=False)}</p>" for text in data.edition.paragraphs]
    see, more = noise.promos
    first, second = noise.positions if data.article.noisy else (2, 4)
    path = dict(data.others).get(see, "/living/")
    name, text, creative = noise.ads[0]
    out.insert(min(second, len(out)), f'<p>More: <a href="/topics/?{noise.build}">{escape(more)}</a></p>')
    out.insert(
        min(first, len(out)),
        f'<div class="ad-slot" data-creative="{creative}"><span>Advertisement</span>'
        f'<a href="/ads/{creative}">{escape(name)}: {escape(text)}</a></div>'
        f'<p><em>See: <a href="{escape(path)}">{escape(see)}</a></em></p>',
    )
    out += [f"<p><em>{escape(note, quote=False)}</em></p>" for _, note in data.edition.notes]
    if data.article.credit:
        out.append(f"<p><em>{escape(data.article.credit, quote=False)}</em></p>")
    if data.article.terms:
        out.append(f"<p>{escape(data.article.terms, quote=False)}</p>")
    return out


def _ticker(noise: Noise) -> str:
    return '<div class="ticker">' + "".join(f"<span>{escape(item)}</span>" for item in noise.ticker) + "</div>"


def _links(items: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<li><a href="{escape(path)}">{escape(title)}</a></li>' for title, path in items)


def _footer(outlet: Outlet, noise: Noise) -> str:
    return (
        f'<footer class="site-footer"><p>{escape(outlet.footer)}</p>'
        f'<form action="/search"><input type="hidden" name="t" value="{noise.csrf[:20]}"><input name="q"></form>'
        f'<p>© 2026 {escape(outlet.name)}</p></footer><img src="/pixel.gif?{noise.nonce}" alt="" width="1" height="1">'
    )


@cache
def _template(name: str) -> Template:
    return Template(files(__package__).joinpath(f"{name}.html").read_text("utf-8").removesuffix("\n"))


ROBOTS_TXT: Final = """\
User-agent: *
Disallow: /ads/
Disallow: /search
Disallow: /login
"""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One article in a feed; `query` is appended to its URL, `guid` defaults to the URL."""

    url: str
    title: str
    dek: str
    published: datetime
    query: str = "?utm_source=rss"
    guid: str = ""


def rss(outlet: Outlet, base: str, items: Sequence[FeedItem]) -> str:
    """Return the RSS feed of the outlet at `base`, with the items in the order given."""
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
