"""Whose text it is: the origin of copies, by what they credit, then by time."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.urls import hostname_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from tracker.model import Article

# Agency as it is credited, and the domain it publishes under.
_AGENCIES: Final = {
    "AP": "apnews.com",
    "Associated Press": "apnews.com",
    "Reuters": "reuters.com",
    "Bloomberg": "bloomberg.com",
    "AFP": "afp.com",
    "Agence France-Presse": "afp.com",
    "dpa": "dpa.com",
    "PA": "pa.media",
    "UPI": "upi.com",
    "EFE": "efe.com",
    "ANSA": "ansa.it",
    "Xinhua": "xinhuanet.com",
    "TASS": "tass.com",
    "Kyodo": "kyodonews.net",
    "Yonhap": "yna.co.kr",
    "AAP": "aap.com.au",
    "The Canadian Press": "thecanadianpress.com",
    "CNN": "cnn.com",
    "KFF Health News": "kffhealthnews.org",
    "ProPublica": "propublica.org",
    "The Conversation": "theconversation.com",
    "States Newsroom": "statesnewsroom.com",
    "CalMatters": "calmatters.org",
}
_CREDIT: Final = re.compile(
    r"\(((?:The )?(?:" + "|".join(sorted(map(re.escape, _AGENCIES), key=len, reverse=True)) + r"))\)\s*[-–—:]"
    r"|(?:©|\bCopyright)\s*(?:\d{4}\s*)?((?:The )?(?:" + "|".join(map(re.escape, _AGENCIES)) + r"))\b"
)
_CREDIT_BLOCKS: Final = 3


@dataclass(frozen=True, slots=True)
class Printed:
    """An article as a claimant to a text: its first version, and when it appeared."""

    article: str
    url: str
    content: Article
    first_seen: datetime


def credited(article: Article) -> str:
    """Return the agency that *article* credits its text to, in a dateline, byline or copyright line; or nothing."""
    opening = [block.text for block in article.blocks[:_CREDIT_BLOCKS]]
    closing = [block.text for block in article.blocks[-_CREDIT_BLOCKS:]]
    for text in (*opening, *closing):
        if match := _CREDIT.search(text):
            return _plain(match.group(1) or match.group(2))
    names = {_plain(part.strip()) for name in article.byline for part in name.split(",")}
    return next((agency for agency in _AGENCIES if agency in names), "")


def origin_of(printed: Sequence[Printed]) -> str:
    """Return the article whose text the others copy.

    An article of the agency that most of them credit comes first; else the earliest. That a text credits nobody tells
    nothing: many outlets strip the credit. The outlet's own date counts where it gives one and is not later than we saw
    it.
    """
    agency = _most(credited(each.content) for each in printed)
    home = _AGENCIES.get(agency, "")
    at_home = [each for each in printed if home and _is_under(each.url, home)]
    return min(at_home or printed, key=lambda each: (_appeared(each), each.first_seen, each.article)).article


def _plain(agency: str) -> str:
    return agency if agency in _AGENCIES else agency.removeprefix("The ")


def _most(agencies: Iterable[str]) -> str:
    counts = Counter(agency for agency in agencies if agency)
    return min(counts, key=lambda agency: (-counts[agency], agency), default="")


def _is_under(url: str, domain: str) -> bool:
    host = hostname_of(url)
    return host == domain or host.endswith(f".{domain}")


def _appeared(printed: Printed) -> datetime:
    published = printed.content.published
    return min(published, printed.first_seen) if published else printed.first_seen
