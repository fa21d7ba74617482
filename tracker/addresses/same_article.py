"""Which addresses are one article: other forms of its page, other hosts of its site, and its aliases.

Whoever can write at an address must not be able to claim another's. So the functions that compare two addresses ask
what these have in common, and never what a page or a redirect says: an outlet can redirect to any address, and users of
one host can each redirect their own.
"""

from __future__ import annotations

import re
from typing import Final

from tracker.model.article import Reading
from tracker.model.capture import Capture
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
    """Return whether the article at `own` may be known under `other` too, if it was seen to answer there.

    That is so for other forms of its page, and for addresses in the same directory: an outlet that renames a page keeps
    its directory, and users of one host have a directory each. Raises UsageError.
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
    """Return the addresses that an article was seen under besides its own, as far as they may be its aliases.

    The canonical address counts if it is another form of the same page: a page cannot speak for others.
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
