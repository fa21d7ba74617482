"""Whether an address still leads to the article it led to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tracker.urls import identity

if TYPE_CHECKING:
    from tracker.model import Article, Capture, Tracked, Version

_LONG_WORD: Final = re.compile(r"[^\W\d_]{5,}")
_ALIKE: Final = 0.5


def leads_elsewhere(tracked: Tracked, found: Capture, article: Article, latest: Version | None) -> str:
    """Say where a redirect went that left the article behind, or nothing where it did not.

    A moved page still has the article's headline or half of its words; a takedown is often a redirect to the front
    page, a section or another story, and none of those is an edit.
    """
    if identity(found.final_url) == identity(tracked.url):
        return ""
    if latest is not None:
        alike = _alike(latest.content, article)
        return "" if alike else f"the address leads to another page now: {found.final_url}"
    path, before = urlsplit(found.final_url).path.rstrip("/"), urlsplit(tracked.url).path
    if not path or before.startswith(f"{path}/"):
        return f"the address leads to a front or section page: {found.final_url}"
    return ""


def _alike(old: Article, new: Article) -> bool:
    if old.title and old.title == new.title:
        return True
    one, other = _words(old), _words(new)
    return len(one & other) >= _ALIKE * min(len(one), len(other))


def _words(article: Article) -> set[str]:
    return set(_LONG_WORD.findall(f"{article.title} {article.text}".casefold()))
