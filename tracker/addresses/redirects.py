"""Whether a redirect still leads to the article, and which address is watched if it does not.

A redirect never renames an article: the address under which it was added stays watched. Other addresses can only become
its aliases, see `same_article.py`.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from tracker.model.article import Article, Reading
from tracker.model.capture import Capture, FetchResult
from tracker.model.version import Version
from tracker.model.watch import WatchedArticle

from .same_article import is_amp, is_same_document
from .urls import identity, join

# Short words are much the same in any two articles of a language.
_LONG_WORD: Final = re.compile(r"[^\W\d_]{5,}")
_ALIKE: Final = 0.5  # share of such words that an article and the page it moved to have in common


def leads_elsewhere(tracked: WatchedArticle, found: Capture, article: Article, latest: Version | None) -> str:
    """Return where a redirect away from the article went; empty if it still leads to the article.

    A moved page has the article's headline or half of its words. Takedowns often redirect to the front page, a
    section or another story, none of which is an edit. Where nothing was read before, only another form of the same
    page is the article: what any other address says belongs to the history of that address.
    """
    if full := _page_of_amp(tracked.url, found, article, latest):
        return f"this is the AMP form of a page that is watched in its place: {full}"
    if _slashless(found.final_url) == _slashless(tracked.url):
        return ""
    if latest is not None:
        if latest.content.title and latest.content.title == article.title:
            return ""
        old, new = (
            set(_LONG_WORD.findall(f"{each.title} {each.text}".casefold())) for each in (latest.content, article)
        )
        is_alike = len(old & new) >= _ALIKE * min(len(old), len(new))
        return "" if is_alike else f"the address redirects to a different page: {found.final_url}"
    # Nothing was read before, so only the addresses can tell.
    if _is_above(found.final_url, tracked.url):
        return f"the address redirects to a front or section page: {found.final_url}"
    if not is_same_document(tracked.url, found.final_url):
        return watched_apart(found.final_url)
    return ""


def watched_apart(url: str) -> str:
    """Say that a redirect leads to `url`, which is watched as an article of its own."""
    return f"the address redirects to another page, which is watched as an article of its own: {url}"


def onward_address(url: str, found: FetchResult, reading: Reading | None, latest: Version | None) -> str:
    """Return the address to watch in place of `url` that, when first read, was an AMP page or redirected; else ""."""
    if latest is not None or reading is None or not isinstance(found, Capture) or not reading.is_article:
        return ""
    if full := _page_of_amp(url, found, reading.article, latest):
        return full
    stays = is_same_document(url, found.final_url) or _is_above(found.final_url, url)
    return "" if stays else found.final_url


def _page_of_amp(url: str, found: Capture, article: Article, latest: Version | None) -> str:
    """Return the address of the page that an AMP page, read for the first time, says it is a form of; else ""."""
    if latest is not None or not article.canonical_url or not is_amp(url):
        return ""
    full = join(found.final_url, article.canonical_url)
    return full if full and not is_amp(full) and is_same_document(url, full) else ""


def _slashless(url: str) -> str:
    """Return the identity of an address without a slash at the end of its path, which many sites add or drop."""
    path, mark, query = identity(url).partition("?")
    return f"{path.rstrip('/')}{mark}{query}"


def _is_above(url: str, below: str) -> bool:
    """Return whether `url` is a front page, or the section that the address `below` is in."""
    path = urlsplit(url).path.rstrip("/")
    return not path or urlsplit(below).path.startswith(f"{path}/")
