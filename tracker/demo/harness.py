"""Runs a demo: the news sites, the webhook receiver, and an unmodified service that watches them."""

from __future__ import annotations

import queue
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

from tracker.addresses.urls import identity
from tracker.archive.articles import list_articles
from tracker.archive.versions import iter_versions
from tracker.errors import TrackerError
from tracker.model.change import LabelKind
from tracker.model.version import VersionQuery

from .news_server import NewsServer
from .schedule import Schedule, ScheduledArticle, SimulatedClock
from .service_process import ServiceProcess, Workspace, make_secret, write_config
from .webhook_receiver import WebhookReceiver

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

    from .http_server import LogEntry

_POLL_SECONDS: Final = 0.1
_GONE: Final = frozenset({LabelKind.UNPUBLISHED})


@dataclass(frozen=True, slots=True)
class DemoResult:
    """How many of the versions and alerts that a demo should give are there.

    Attributes:
        lived: versions that were online long enough to be captured.
        captured: those of them that the archive has.
        alerts_due: alerts that the rules ask for.
        alerts_delivered: those of them that were accepted.
    """

    lived: int
    captured: int
    alerts_due: int
    alerts_delivered: int

    @property
    def is_complete(self) -> bool:
        """Whether every version and every alert is there."""
        return (self.captured, self.alerts_delivered) == (self.lived, self.alerts_due)


def matching_rules(schedule: Schedule, article: ScheduledArticle, kinds: frozenset[LabelKind]) -> list[str]:
    """Return the names of the rules that an edit of `article` with these labels meets."""
    source = schedule.outlet(article.outlet).name
    return [
        rule.name
        for rule in schedule.rules
        if (not rule.labels or not kinds.isdisjoint(rule.labels))
        and (not rule.sources or source in rule.sources)
        and (not rule.stories or article.key in schedule.story_articles)
        and all(pattern in article.path for pattern in rule.urls)
    ]


class Harness:
    """Run the servers of a demo while the context is open; the caller starts the service.

    Leaving the context stops the service and closes every port.

    Args:
        speed: simulated seconds per real second.
        alert_delay: seconds the webhook receiver takes to answer.
    """

    def __init__(self, schedule: Schedule, workspace: Workspace, speed: float, *, alert_delay: float = 0.0) -> None:
        self.schedule = schedule
        self.workspace = workspace
        self.clock = SimulatedClock(speed)
        self._queue: queue.SimpleQueue[LogEntry] = queue.SimpleQueue()
        self._stack = ExitStack()
        self.news_server = NewsServer(schedule, self.clock, datetime.now(UTC), workspace.log("access"))
        self.receiver = WebhookReceiver(
            make_secret(schedule.seed),
            workspace.log("alerts"),
            on_entry=lambda entry: self._queue.put({"event": "alert", **entry}),
            delay=alert_delay,
        )
        self.service = ServiceProcess(workspace.config, workspace.log("service"), self._queue.put)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.news_server)
            stack.enter_context(self.receiver)
            # After the servers, so that it is stopped before them and ends without failures in its log.
            stack.callback(self.service.stop)
            bases = self.news_server.bases
            write_config(self.workspace, self.schedule, bases, self.receiver.url, self.receiver.secret)
            self.expected_alerts = self._expected_alerts()
            # Kept only now: whatever fails above closes what was opened before it.
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def events(self, seconds: float | None = None) -> Iterator[LogEntry | None]:
        """Yield events as they happen until the schedule ends, or for `seconds` of real time.

        Yields:
            Log entries of the service, and those of the webhook receiver with the event "alert"; None now and then
            while there are none.

        Raises:
            TrackerError: the service ended on its own.
        """
        end = None if seconds is None else time.monotonic() + seconds
        while not (self.clock.now() >= self.schedule.duration if end is None else time.monotonic() >= end):
            try:
                yield self._queue.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                yield None
            if self.service.exit_code is not None:
                raise TrackerError(
                    f"the service ended with exit code {self.service.exit_code}",
                    hint=f"see its log, {self.workspace.log('service')}",
                )

    def drain(self) -> Iterator[LogEntry]:
        """Yield the events that have already happened, without waiting."""
        while not self._queue.empty():
            yield self._queue.get()

    def has_all_alerts(self) -> bool:
        """Return whether as many different alerts were accepted as are expected."""
        return len({entry["id"] for entry in self.receiver.accepted()}) >= self.expected_alerts.total()

    def result(self, archive: Archive) -> DemoResult:
        """Count the versions in the archive and the alerts received among those expected so far."""
        interval, end = self.workspace.interval * self.clock.speed, self.clock.now()
        archived: set[tuple[str, str, str]] = set()
        for tracked in list_articles(archive):
            for version in iter_versions(archive, VersionQuery(article=tracked.id)):
                content = version.content
                archived.add((identity(tracked.url), content.title, " ".join(content.text.split())))
        lived = []
        for article in self.schedule.articles:
            ends = [*(edition.at for edition in article.editions[1:]), article.gone_at or end]
            lived += [
                (identity(self.news_server.url(article)), edition.title, " ".join(" ".join(edition.paragraphs).split()))
                for edition, until in zip(article.editions, ends, strict=True)
                if min(until, end) - edition.at > interval
            ]
        return DemoResult(
            lived=len(lived),
            captured=sum(key in archived for key in lived),
            alerts_due=self.expected_alerts.total(),
            alerts_delivered=(self.expected_alerts & self._received_alerts()).total(),
        )

    def _expected_alerts(self) -> Counter[tuple[str, str, bool]]:
        """Count the alerts by rule, address, and whether the page is gone."""
        expected: Counter[tuple[str, str, bool]] = Counter()
        for article in self.schedule.articles:
            url = identity(self.news_server.url(article))
            for edition in article.editions[1:]:
                expected.update((name, url, False) for name in matching_rules(self.schedule, article, edition.kinds))
            if article.gone_at is not None:
                expected.update((name, url, True) for name in matching_rules(self.schedule, article, _GONE))
        return expected

    def _received_alerts(self) -> Counter[tuple[str, str, bool]]:
        received = set()
        for entry in self.receiver.accepted():
            payload = entry["payload"]
            is_gone = any(label["kind"] == LabelKind.UNPUBLISHED for label in payload["labels"])
            received.add((payload["rule"], identity(payload["url"]), is_gone, payload["version"]))
        return Counter((rule, url, is_gone) for rule, url, is_gone, _ in received)
