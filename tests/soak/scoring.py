"""Compare an archive, and the alerts it sent, with what a perfect archive would hold of a schedule."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tracker.addresses.urls import identity
from tracker.demo.harness import matching_rules
from tracker.model.labels import LabelKind

if TYPE_CHECKING:
    from tracker.demo.http_server import LogEntry
    from tracker.demo.schedule import Edition, Schedule, ScheduledArticle
    from tracker.model.article import Article


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
    """

    url: str
    n: int
    born: float
    died: float | None
    title: str
    key: str

    def seconds_online(self, end: float) -> float:
        """Return how long it is online before `end`."""
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
            matching = matching_rules(schedule, article, edition.kinds)
            alerts |= {ExpectedAlert(name, url, number) for name in matching}
        if article.gone_at is not None:
            matching = matching_rules(schedule, article, frozenset({LabelKind.UNPUBLISHED}))
            alerts |= {ExpectedAlert(name, url, 0, UNPUBLISHED) for name in matching}
    return Expected(versions, frozenset(alerts))


def _versions(article: ScheduledArticle, url: str) -> tuple[ExpectedVersion, ...]:
    ends = [*(edition.at for edition in article.editions[1:]), article.gone_at]
    return tuple(
        ExpectedVersion(url, number, edition.at, end, edition.title, edition_key(edition))
        for number, (edition, end) in enumerate(zip(article.editions, ends, strict=True), start=1)
    )


@dataclass(frozen=True, slots=True)
class Score:
    """How an archive and its alerts compare with a schedule, in counts.

    Attributes:
        lived: versions that were online long enough to be captured.
        captured: those of them that the archive has.
        false_versions: versions in the archive that were never published.
        alerts_duplicated: alerts received again under another id.
        alerts_repeated: alerts received again under the same id, which a receiver can recognise; not a fault.
        alerts_false: alerts that no rule asked for.
        alerts_unsigned: messages without a valid signature.
    """

    lived: int
    captured: int
    missed: int
    false_versions: int
    alerts_due: int
    alerts_delivered: int
    alerts_duplicated: int
    alerts_repeated: int = 0
    alerts_false: int = 0
    alerts_unsigned: int = 0

    @property
    def perfect(self) -> bool:
        """Whether every version and every alert is there, once, and nothing else is."""
        faults = (self.missed, self.false_versions, self.alerts_duplicated, self.alerts_false, self.alerts_unsigned)
        return not any(faults) and self.alerts_due == self.alerts_delivered


@dataclass(frozen=True)
class ScoreReport:
    """A score and, in words, every version and alert that is missing or should not be there."""

    score: Score
    problems: tuple[str, ...]


def align(archived: Sequence[str], published: Sequence[str]) -> list[int | None]:
    """Match archived versions with published ones, both given as content keys in order.

    Returns:
        For each archived key the index of the published version it matches, or None. Indexes only grow, so a text
        that comes back in the archive matches only if it was also published again.
    """
    found: list[int | None] = []
    start = 0
    for key in archived:
        index = next((i for i in range(start, len(published)) if published[i] == key), None)
        found.append(index)
        if index is not None:
            start = index + 1
    return found


def score(
    archived: Mapping[str, Sequence[Article]],
    expected: Expected,
    alert_log: Iterable[LogEntry],
    *,
    interval: float,
    end: float,
) -> ScoreReport:
    """Compare an archive and the log of a webhook receiver with what was expected.

    `archived` has the versions of every archived article, by its URL and in order. `interval` is the simulated seconds
    between two checks: a version online for no longer than that may be missed. Checking ended at the simulated second
    `end`.
    """
    problems: list[str] = []
    # Maps the numbers that versions have in the archive to those of the editions they match.
    edition_numbers: dict[tuple[str, int], int] = {}
    published = {identity(url): versions for url, versions in expected.versions.items()}
    false_versions = 0
    for url, versions in archived.items():
        editions = [version.key for version in published.get(identity(url), ())]
        for n, index in enumerate(align([article_key(each) for each in versions], editions), start=1):
            if index is None:
                false_versions += 1
                problems.append(f"not published: {url} v{n} “{versions[n - 1].title}”")
            else:
                edition_numbers[identity(url), n] = index + 1
    seen = {(url, edition) for (url, _), edition in edition_numbers.items()}
    due = [v for versions in expected.versions.values() for v in versions if v.seconds_online(end) > interval]
    missed = [v for v in due if (identity(v.url), v.n) not in seen]
    problems += [f"missed: {_describe_version(v)}" for v in missed]
    received = _received(alert_log, edition_numbers)
    alerts = {ExpectedAlert(a.rule, identity(a.url), a.n, a.event) for a in expected.alerts}
    problems += [f"alert not received: {_describe_alert(a)}" for a in sorted(alerts - set(received))]
    problems += [f"unexpected alert: {_describe_alert(a)}" for a in sorted(set(received) - alerts)]
    return ScoreReport(
        Score(
            lived=len(due),
            captured=len(due) - len(missed),
            missed=len(missed),
            false_versions=false_versions,
            alerts_due=len(alerts),
            alerts_delivered=len(alerts & set(received)),
            alerts_duplicated=sum(len(set(ids)) - 1 for ids in received.values()),
            alerts_repeated=sum(len(ids) - len(set(ids)) for ids in received.values()),
            alerts_false=len(set(received) - alerts),
            alerts_unsigned=sum(1 for entry in alert_log if not entry["signed"]),
        ),
        tuple(problems),
    )


def parse_alert(payload: Mapping[str, Any]) -> tuple[str, str, int, str]:
    """Return the rule, URL, archived version number and event of an alert's payload (schema 1)."""
    is_gone = UNPUBLISHED in {label["kind"] for label in payload["labels"]}
    event = UNPUBLISHED if is_gone else VERSION
    return str(payload["rule"]), str(payload["url"]), int(payload["version"]), event


def _received(
    alert_log: Iterable[LogEntry], edition_numbers: Mapping[tuple[str, int], int]
) -> dict[ExpectedAlert, list[str]]:
    """Return the ids that each alert was accepted under; one of an unknown version has a negative number."""
    received: dict[ExpectedAlert, list[str]] = defaultdict(list)
    for entry in alert_log:
        if entry["status"] != 204:
            continue
        rule, url, version, event = parse_alert(entry["payload"])
        n = 0 if event == UNPUBLISHED else edition_numbers.get((identity(url), version), -version)
        received[ExpectedAlert(rule, identity(url), n, event)].append(entry["id"])
    return received


def _describe_version(version: ExpectedVersion) -> str:
    until = f"{version.died} s" if version.died is not None else "the end"
    return f"{version.url} v{version.n} “{version.title}”, online from {version.born} s to {until}"


def _describe_alert(alert: ExpectedAlert) -> str:
    return f"{alert.rule}: {alert.url} " + (f"v{alert.n}" if alert.event == VERSION else alert.event)
