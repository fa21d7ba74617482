"""The HTML pages of the two outlets, each in the template of a different content management system."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from .noise import Noise
    from .schedule import Edition, Outlet, ScheduledArticle


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
    return (_ledger if data.outlet.style == "ledger" else _courier)(data, noise)


def missing_page(outlet: Outlet, noise: Noise, *, gone: bool) -> str:
    """Return the page for an unknown address, or for an article that was taken down (*gone*)."""
    what = "This article is no longer available" if gone else "Page not found"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{what} | {escape(outlet.name)}</title>'
        f'<meta name="robots" content="noindex"></head><body><h1>{what}</h1>'
        f'<p>Try the <a href="/">front page</a>.</p><!-- {noise.nonce} --></body></html>'
    )


def front_page(outlet: Outlet, links: tuple[tuple[str, str], ...], noise: Noise) -> str:
    """Return the front page with *links* to articles, each a headline and a path."""
    items = "".join(
        f'<li class="teaser"><h2><a href="{escape(path)}">{escape(title)}</a></h2></li>' for title, path in links
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(outlet.name)}</title>'
        f'<link rel="alternate" type="application/rss+xml" href="/rss.xml" title="{escape(outlet.name)}"></head>'
        f"<body>{_ticker(noise)}<h1>{escape(outlet.name)}</h1><p>{escape(outlet.motto)}</p>"
        f'<ol id="top-stories">{items}</ol>{_footer(outlet, noise)}</body></html>'
    )


def _head(data: PageData, noise: Noise) -> str:
    edition, outlet = data.edition, data.outlet
    title = escape(edition.title)
    json_ld = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": edition.title,
        "description": edition.dek,
        "datePublished": data.published.isoformat(timespec="seconds"),
        "dateModified": data.modified.isoformat(timespec="seconds"),
        "author": [{"@type": "Person", "name": name} for name in edition.byline],
        "publisher": {"@type": "NewsMediaOrganization", "name": outlet.name},
        "articleSection": data.article.section,
        "inLanguage": "en-US",
        "mainEntityOfPage": data.url,
        "isAccessibleForFree": True,
    }
    script = json.dumps(json_ld, ensure_ascii=False).replace("</", "<\\/")
    return (
        f'<meta charset="utf-8"><title>{title} | {escape(outlet.name)}</title>'
        f'<meta name="csrf-token" content="{noise.csrf}">'
        f'<meta name="description" content="{escape(edition.dek)}">'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">'
        f'<meta property="og:description" content="{escape(edition.dek)}">'
        f'<meta property="og:url" content="{escape(data.url)}">'
        f'<meta property="og:site_name" content="{escape(outlet.name)}">'
        f'<meta property="article:published_time" content="{data.published.isoformat(timespec="seconds")}">'
        f'<meta property="article:modified_time" content="{data.modified.isoformat(timespec="seconds")}">'
        f'<link rel="canonical" href="{escape(data.url)}">'
        f'<script type="application/ld+json">{script}</script>'
        f'<script nonce="{noise.nonce}">window.__page={{"build":"{noise.build}","readers":{noise.readers}}};</script>'
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


def _list(heading: str, css: str, items: list[tuple[str, str]]) -> str:
    links = "".join(f'<li><a href="{escape(path)}">{escape(title)}</a></li>' for title, path in items)
    return f'<aside class="{css}"><h2>{heading}</h2><ul>{links}</ul></aside>'


def _footer(outlet: Outlet, noise: Noise) -> str:
    return (
        f'<footer class="site-footer"><p>{escape(outlet.footer)}</p>'
        f'<form action="/search"><input type="hidden" name="t" value="{noise.csrf[:20]}"><input name="q"></form>'
        f'<p>© 2026 {escape(outlet.name)}</p></footer><img src="/pixel.gif?{noise.nonce}" alt="" width="1" height="1">'
    )


def _names(edition: Edition) -> str:
    *others, last = [f'<a rel="author" href="/staff/">{escape(name)}</a>' for name in edition.byline]
    return f"{', '.join(others)} and {last}" if others else last


def _ledger(data: PageData, noise: Noise) -> str:
    edition = data.edition
    most_read = [(title, f"/living/?m={noise.build}{n}") for n, title in enumerate(noise.most_read)]
    ad_name, ad_text, creative = noise.ads[1]
    body = "\n".join(_body(data, noise))
    published = data.published.isoformat(timespec="seconds")
    return f"""<!doctype html>
<html lang="en-US" class="no-js b-{noise.build}">
<head>{_head(data, noise)}</head>
<body data-request="{noise.nonce}">
{_ticker(noise)}
<nav class="main-nav"><a href="/">Home</a><a href="/local">Local</a>
<a href="/living">Living</a><a href="/e">E-paper</a></nav>
<main>
<article class="story story--{noise.build}">
<header>
<p class="kicker"><a href="/section">{escape(data.article.section)}</a></p>
<h1 class="story__headline">{escape(edition.title, quote=False)}</h1>
<p class="story__standfirst">{escape(edition.dek, quote=False)}</p>
<p class="story__byline">By {_names(edition)}</p>
<p class="story__dates"><time datetime="{published}">{data.published:%B %d, %Y}</time>
<span class="updated">Updated {noise.minutes} minutes ago</span></p>
<ul class="share"><li><a href="#">Share</a></li><li><a href="#comments">{noise.comments} comments</a></li></ul>
</header>
<div class="story__body">
{body}
</div>
<div class="newsletter"><p>Get the morning letter: the Ledger in your mailbox at six.</p>
<form method="post" action="/letter"><input type="hidden" name="csrf" value="{noise.csrf}">
<button>Sign up</button></form></div>
</article>
{_list("Related", "related-stories", list(data.others[:4]))}
{_list("Most read", "most-read", most_read)}
<div class="ad-slot" data-creative="{creative}"><a href="/ads/{creative}">{escape(ad_name)}: {escape(ad_text)}</a></div>
</main>
{_footer(data.outlet, noise)}
</body>
</html>
"""


def _courier(data: PageData, noise: Noise) -> str:
    edition = data.edition
    body = "\n".join(f'<div class="block-{noise.build}">{part}</div>' for part in _body(data, noise))
    trending = [(title, f"/t/{noise.build}{n}") for n, title in enumerate(noise.most_read)]
    _, ad_text, creative = noise.ads[2]
    stamp = data.published.isoformat(timespec="seconds")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>{_head(data, noise)}</head>
<body>
<div id="banner-{creative}" class="advertisement">{escape(ad_text)}</div>
<div class="topbar"><a href="/">Inland Courier</a>
<ul><li><a href="/state">State</a></li><li><a href="/valley">Valley</a></li></ul></div>
<div class="layout" data-v="{noise.nonce}">
<div class="col-main">
<h1 itemprop="headline">{escape(edition.title, quote=False)}</h1>
<h2 class="dek">{escape(edition.dek, quote=False)}</h2>
<div class="author-line"><span class="byline">By {_names(edition)}</span>
<time datetime="{stamp}">{data.published:%d %B %Y}</time> · <span>{noise.readers} readers now</span></div>
<div class="article-content" itemprop="articleBody">
{body}
</div>
<section id="comments"><h3>{noise.comments} comments</h3>
<p><a href="/login?csrf={noise.csrf[:12]}">Sign in to comment</a></p></section>
</div>
<div class="col-side">{_list("More from the Courier", "more-from", list(data.others[:4]))}
{_list("Trending", "trending", trending)}</div>
</div>
{_footer(data.outlet, noise)}
</body>
</html>
"""
