"""Tell from an address alone whether it leads to an article."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

_DATE: Final = re.compile(r"/(?:19|20)\d{2}(?:[/-]?(?:0[1-9]|1[0-2]|[a-z]{3}))(?:[/-]?(?:[0-2]?\d|3[01]))?(?=[/-]|$)")
_LONG_NUMBER: Final = re.compile(r"(?<!\d)\d{6,}(?!\d)")
# Letters and digits mixed, as in /articles/c4g1x2y3z4wo.
_OPAQUE_ID: Final = re.compile(r"(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-z0-9]{9,}")
_PAGE_SUFFIX: Final = re.compile(r"\.(?:html?|php|aspx?|ece|cms|jsp|amp|shtml)$")
_FILE_SUFFIX: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|pdf|zip|mp[34]|m3u8|webm|css|js|json|xml|rss|ics|csv|xlsx?|docx?|txt)$"
)
_NON_ARTICLE_SEGMENTS: Final = frozenset(
    "tag tags topic topics author authors profile profiles people category categories search login signin signup "
    "register subscribe subscription account newsletter newsletters rss feed feeds about contact privacy terms "
    "advertise careers jobs help faq cookie cookies weather horoscope crosswords".split()
)
_MIN_SLUG_WORDS: Final = 4
_MIN_SLUG_CHARS: Final = 20


def looks_like_article(url: str) -> bool:
    """Return whether the path of an absolute address has a date, a long slug, a long number or an opaque identifier."""
    path = unquote(urlsplit(url).path).lower().rstrip("/")
    segments = [segment for segment in path.split("/") if segment]
    if not segments or _FILE_SUFFIX.search(path) or any(segment in _NON_ARTICLE_SEGMENTS for segment in segments):
        return False
    last = _PAGE_SUFFIX.sub("", segments[-1])
    words = [word for word in re.split(r"[-_.+ ]", last) if word]
    return (
        (len(words) >= _MIN_SLUG_WORDS and len(last) >= _MIN_SLUG_CHARS)
        or (_DATE.search(path) is not None and _PAGE_SUFFIX.sub("", _DATE.sub("", path)).strip("/-") != "")
        or _LONG_NUMBER.search(last) is not None
        or (len(segments) > 1 and any(_OPAQUE_ID.fullmatch(word) for word in words))
    )
