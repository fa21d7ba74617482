"""Decide whose text it is: which of the articles with one text is the origin, and which are copies of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tracker.model.article import OUTSIDE_ARTICLE
from tracker.urls import hostname_of

from .copies import copy_groups

if TYPE_CHECKING:
    from tracker.model.article import Article

    from .current_stories import CurrentDecisions
    from .propagation import Timeline

# Agencies as they are credited, and the domains they publish under.
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
# "(AP) —" in a dateline, "© 2026 The Associated Press" in a copyright line. Longer names come first.
_CREDIT: Final = re.compile(
    r"\(((?:The )?(?:" + "|".join(sorted(map(re.escape, _AGENCIES), key=len, reverse=True)) + r"))\)\s*[-–—:]"
    r"|(?:©|\bCopyright)\s*(?:\d{4}\s*)?((?:The )?(?:" + "|".join(map(re.escape, _AGENCIES)) + r"))\b"
)
_CREDIT_BLOCKS: Final = 3
"""Credits are looked for in this many blocks at the start and at the end."""


def copy_origins(
    story: str, timelines: Sequence[Timeline], links: Iterable[tuple[str, str]], decisions: CurrentDecisions
) -> dict[str, str]:
    """Return, for every copy in a story, the article whose text it copies.

    Args:
        story: the id or name of the story.
        timelines: its articles.
        links: pairs of articles that hold the same text.
        decisions: what people decided. OWN takes an article out, ORIGIN says whose text it is.
    """
    name = decisions.name(story)
    known = {each.article: each for each in timelines if (each.article, name) not in decisions.own}
    origins: dict[str, str] = {}
    for group in copy_groups((a, b) for a, b in links if a in known and b in known):
        origin = decisions.origins.get(name, "")
        if origin not in group:
            origin = origin_of([known[article] for article in sorted(group)])
        origins |= {article: origin for article in sorted(group) if article != origin}
    return origins


def origin_of(printed: Sequence[Timeline]) -> str:
    """Return the article whose text the others copy, by the first version of each.

    An article of the agency that most of them credit comes first, else the earliest. That a text credits nobody says
    nothing: many outlets remove the credit. The outlet's own date counts where it is not later than we saw the article.
    """
    counts = Counter(agency for each in printed if (agency := credited(each.versions[0].content)))
    agency = min(counts, key=lambda agency: (-counts[agency], agency), default="")
    domain = _AGENCIES.get(agency, "")
    by_agency = [each for each in printed if domain and f".{hostname_of(each.url)}".endswith(f".{domain}")]
    return min(by_agency or printed, key=_appeared).article


def credited(article: Article) -> str:
    """Return the agency that an article credits in a dateline, byline or copyright line; "" if it credits none."""
    texts = [block.text for block in article.blocks if block.reason != OUTSIDE_ARTICLE]
    for text in (*texts[:_CREDIT_BLOCKS], *texts[-_CREDIT_BLOCKS:]):
        if match := _CREDIT.search(text):
            return _without_the(match.group(1) or match.group(2))
    names = {_without_the(part.strip()) for name in article.byline for part in name.split(",")}
    return next((agency for agency in _AGENCIES if agency in names), "")


def _without_the(agency: str) -> str:
    return agency if agency in _AGENCIES else agency.removeprefix("The ")


def _appeared(each: Timeline) -> tuple[datetime, datetime, str]:
    first = each.versions[0]
    return min(first.content.published or first.seen, first.seen), first.seen, each.article
