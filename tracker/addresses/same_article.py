"""Decide which addresses belong to one article: other forms of its page, its aliases, and redirects.

The publisher of one address must not be able to claim another. So the functions that compare two addresses look at the
addresses alone, never at a page or a redirect: an outlet can redirect to any address, and users of one host can each
redirect their own. A redirect never renames an article: the address under which it was added stays watched, and other
addresses can only become its aliases.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from tracker.model.article import Article, Reading
from tracker.model.capture import Capture, FetchResult
from tracker.model.version import Version
from tracker.model.watch import WatchedArticle

from .urls import identity, is_public_suffix, join

_SERVICE_LABELS: Final = frozenset({"www", "m", "mobile", "amp", "rss", "feed", "feeds"})
_AMP_FORM: Final = re.compile(r"^amp\.|/amp(?:/|$)|\.amp(?:\.html?)?/?$", re.IGNORECASE)
_PAGE_FORM: Final = re.compile(r"(?:/amp|\.amp|\.html?)*/?$", re.IGNORECASE)


def site_of(url: str) -> str:
    """Return the site that an address is on: its host without a label for a service, such as www, m or feeds.

    Another port is another site. Raises UsageError.
    """
    host = identity(url).partition("/")[0].partition("?")[0]
    first, _, rest = host.partition(".")
    return rest if rest and first in _SERVICE_LABELS and not is_public_suffix(rest) else host


def is_same_document(one: str, other: str) -> bool:
    """Return whether two addresses differ only in the form of one page.

    Forms are http and https, www and mobile hosts, AMP pages, a slash or `.html` at the end, and parameters that one of
    the two does not have. Raises UsageError.
    """
    if site_of(one) != site_of(other):
        return False
    (path, query), (other_path, other_query) = _path_and_query(one), _path_and_query(other)
    return path == other_path and (query <= other_query or query >= other_query)


def is_amp(url: str) -> bool:
    """Return whether an address has the form of an AMP page. Raises UsageError."""
    return _AMP_FORM.search(identity(url).partition("?")[0]) is not None


def may_be_alias(own: str, other: str) -> bool:
    """Return whether `other`, at which the article at `own` was found, may become its alias.

    Other forms of its page may, and addresses in the same directory: an outlet that renames a page keeps its directory,
    and users of one host have a directory each. Raises UsageError.
    """
    if is_same_document(own, other):
        return True
    # One path with other parameters, as in view?user=1 and view?user=2, is another page and may be another user's.
    path, other_path = _path_and_query(own)[0], _path_and_query(other)[0]
    directory, other_directory = (
        identity(each).partition("?")[0].partition("/")[2].rpartition("/")[0] for each in (own, other)
    )
    return site_of(own) == site_of(other) and path != other_path and directory == other_directory


def aliases(tracked: WatchedArticle, found: Capture, reading: Reading | None) -> tuple[str, ...]:
    """Return the other addresses at which a check found an article, without those that may not be its aliases.

    The canonical address that the page names counts only if it is another form of the same page. Raises UsageError.
    """
    own = tracked.url
    seen = [url for url in (*found.hops, found.final_url) if url != own and may_be_alias(own, url)]
    if reading and reading.article.canonical_url:
        canonical = join(found.final_url, reading.article.canonical_url)
        if canonical and is_same_document(own, canonical):
            seen.append(canonical)
    return tuple(dict.fromkeys(url for url in seen if identity(url) != identity(own)))


def _path_and_query(url: str) -> tuple[str, frozenset[str]]:
    path, _, query = identity(url).partition("?")
    path = _PAGE_FORM.sub("", path.partition("/")[2])
    return path.removeprefix("amp/"), frozenset(query.split("&")) - {""}


# Short words are much the same in any two articles of a language.
_LONG_WORD: Final = re.compile(r"[^\W\d_]{5,}")
_MIN_SHARED_WORDS: Final = 0.5  # as a share of the shorter text; with fewer, a redirect leads to another article


def leads_elsewhere(tracked: WatchedArticle, found: Capture, article: Article, latest: Version | None) -> str:
    """Return why the page found is not the article, in words for the user; empty if it is the article.

    A moved page has the headline of the `latest` version or half of its words. Takedowns often redirect to the front
    page, a section or another story, none of which is an edit. Without a version, only another form of the same page is
    the article: the text at any other address belongs to the history of that address.
    """
    if full := _page_of_amp(tracked.url, found, article, latest):
        return f"this is an AMP page; the full page is watched instead: {full}"
    if _slashless(found.final_url) == _slashless(tracked.url):
        return ""
    if latest is not None:
        if latest.content.title and latest.content.title == article.title:
            return ""
        old, new = (
            set(_LONG_WORD.findall(f"{each.title} {each.text}".casefold())) for each in (latest.content, article)
        )
        is_alike = len(old & new) >= _MIN_SHARED_WORDS * min(len(old), len(new))
        return "" if is_alike else f"the address redirects to a different page: {found.final_url}"
    if _is_above(found.final_url, tracked.url):
        return f"the address redirects to a front or section page: {found.final_url}"
    if not is_same_document(tracked.url, found.final_url):
        return watched_apart(found.final_url)
    return ""


def watched_apart(url: str) -> str:
    """Return the message for a redirect that leads to `url`, which is watched as a separate article."""
    return f"the address redirects to another page, which is watched as a separate article: {url}"


def onward_address(url: str, found: FetchResult, reading: Reading | None, latest: Version | None) -> str:
    """Return the address to watch instead of `url`, if its first check found an AMP page or a redirect; else ""."""
    if latest is not None or reading is None or not isinstance(found, Capture) or not reading.is_article:
        return ""
    if full := _page_of_amp(url, found, reading.article, latest):
        return full
    stays = is_same_document(url, found.final_url) or _is_above(found.final_url, url)
    return "" if stays else found.final_url


def _page_of_amp(url: str, found: Capture, article: Article, latest: Version | None) -> str:
    """Return the address of the full page that an AMP page names at its first check; else ""."""
    if latest is not None or not article.canonical_url or not is_amp(url):
        return ""
    full = join(found.final_url, article.canonical_url)
    return full if full and not is_amp(full) and is_same_document(url, full) else ""


def _slashless(url: str) -> str:
    """Return the identity of an address without a slash at the end of its path, which many sites add or drop."""
    path, mark, query = identity(url).partition("?")
    return f"{path.rstrip('/')}{mark}{query}"


def _is_above(url: str, below: str) -> bool:
    """Return whether `url` is a front page, or a section that contains the address `below`."""
    path = urlsplit(url).path.rstrip("/")
    return not path or urlsplit(below).path.startswith(f"{path}/")
