"""Decide whether a redirect still leads to the same article."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tracker.urls import identity

if TYPE_CHECKING:
    from tracker.model.article import Article
    from tracker.model.capture import Capture
    from tracker.model.check import Tracked
    from tracker.model.version import Version

_LONG_WORD: Final = re.compile(r"[^\W\d_]{5,}")
_ALIKE: Final = 0.5


def leads_elsewhere(tracked: Tracked, found: Capture, article: Article, latest: Version | None) -> str:
    """Return where a redirect away from the article went; empty if it still leads to the article.

    A moved page has the article's headline or half of its words. Takedowns often redirect to the front page, a
    section or another story, none of which is an edit.
    """
    if identity(found.final_url) == identity(tracked.url):
        return ""
    if latest is not None:
        alike = _alike(latest.content, article)
        return "" if alike else f"the address redirects to a different page: {found.final_url}"
    path, before = urlsplit(found.final_url).path.rstrip("/"), urlsplit(tracked.url).path
    if not path or before.startswith(f"{path}/"):
        return f"the address redirects to a front or section page: {found.final_url}"
    return ""


def _alike(old: Article, new: Article) -> bool:
    if old.title and old.title == new.title:
        return True
    one, other = _words(old), _words(new)
    return len(one & other) >= _ALIKE * min(len(one), len(other))


def _words(article: Article) -> set[str]:
    return set(_LONG_WORD.findall(f"{article.title} {article.text}".casefold()))
