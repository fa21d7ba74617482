"""What a perfect archive would hold of a schedule, and which alerts it would have sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.model.labels import LabelKind

if TYPE_CHECKING:
    from tracker.model.article import Article

    from .schedule import Edition, Schedule, ScheduledArticle

VERSION: Final = "version"
UNPUBLISHED: Final = str(LabelKind.UNPUBLISHED)


@dataclass(frozen=True, slots=True)
class ExpectedVersion:
    """An edition as the archive should hold it; times are simulated seconds.

    Attributes:
        n: number of the edition, from 1.
        born: when it is published.
        died: when it is replaced or taken down; None if it stays online.
        key: equal for versions with the same headline, dek, byline, text and notices.
        kinds: labels that describe the edit.
    """

    url: str
    n: int
    born: float
    died: float | None
    title: str
    key: str
    kinds: tuple[str, ...] = ()

    def seconds_online(self, end: float) -> float:
        """Return how long it is online before *end*."""
        return (end if self.died is None else min(self.died, end)) - self.born


@dataclass(frozen=True, slots=True, order=True)
class ExpectedAlert:
    """An alert that must be sent: `event` is "version" for edition `n`, or "unpublished" with `n` 0."""

    rule: str
    url: str
    n: int
    event: str = VERSION


@dataclass(frozen=True)
class Expected:
    """The versions of every article, in order, by URL; and the alerts."""

    versions: Mapping[str, tuple[ExpectedVersion, ...]]
    alerts: frozenset[ExpectedAlert]


def content_key(
    title: str, dek: str, byline: Iterable[str], paragraphs: Iterable[str], notices: Iterable[tuple[str, str]]
) -> str:
    """Return a hash of a version's words; white space and the division into blocks make no difference."""
    # As JSON, so that no two versions run together to the same text.
    parts = [title, dek, list(byline), " ".join(paragraphs), [list(each) for each in notices]]
    text = json.dumps(parts, ensure_ascii=False)
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def edition_key(edition: Edition, title: str = "") -> str:
    """Return the content key of an edition, optionally under another title."""
    notes = [(str(kind), text) for kind, text in edition.notes]
    return content_key(title or edition.title, edition.dek, edition.byline, edition.paragraphs, notes)


def article_key(article: Article) -> str:
    """Return the content key of a version from an archive."""
    notices = [(str(notice.kind), notice.text) for notice in article.notices]
    text = " ".join(article.text.split())
    return content_key(article.title, article.dek, article.byline, [text], notices)


def expected_result(schedule: Schedule, bases: Mapping[str, str]) -> Expected:
    """Return what an archive should hold of `schedule` and the alerts; `bases` has each outlet's URL, by its key."""
    versions: dict[str, tuple[ExpectedVersion, ...]] = {}
    alerts: set[ExpectedAlert] = set()
    for article in schedule.articles:
        url = bases[article.outlet] + article.path
        versions[url] = _versions(article, url)
        for number, edition in enumerate(article.editions[1:], start=2):
            matching = _matching_rules(schedule, article, edition.kinds)
            alerts |= {ExpectedAlert(name, url, number) for name in matching}
        if article.gone_at is not None:
            matching = _matching_rules(schedule, article, frozenset({LabelKind.UNPUBLISHED}))
            alerts |= {ExpectedAlert(name, url, 0, UNPUBLISHED) for name in matching}
    return Expected(versions, frozenset(alerts))


def _versions(article: ScheduledArticle, url: str) -> tuple[ExpectedVersion, ...]:
    ends = [*(edition.at for edition in article.editions[1:]), article.gone_at]
    return tuple(
        ExpectedVersion(
            url=url,
            n=number,
            born=edition.at,
            died=end,
            title=edition.title,
            key=edition_key(edition),
            kinds=tuple(sorted(str(kind) for kind in edition.kinds)),
        )
        for number, (edition, end) in enumerate(zip(article.editions, ends, strict=True), start=1)
    )


def _matching_rules(schedule: Schedule, article: ScheduledArticle, kinds: frozenset[LabelKind]) -> list[str]:
    source = schedule.outlet(article.outlet).name
    return [
        rule.name
        for rule in schedule.rules
        if (not rule.labels or not kinds.isdisjoint(rule.labels))
        and (not rule.sources or source in rule.sources)
        and (not rule.stories or article.key in schedule.story_articles)
        and all(pattern in article.path for pattern in rule.urls)
    ]
