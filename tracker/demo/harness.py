"""Runs a demo: the news sites, the webhook receiver, and an unmodified service that watches them."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

from tracker.archive.articles import list_articles
from tracker.archive.versions import iter_versions
from tracker.errors import TrackerError
from tracker.model.version import VersionQuery

from .news_server import NewsServer
from .schedule import Schedule, SimulatedClock
from .scoring import ScoreReport, expected_result, score
from .service_process import ServiceProcess, Workspace, make_secret, write_config
from .webhook_receiver import WebhookReceiver

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

    from .http_server import LogEntry

_POLL_SECONDS: Final = 0.1


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
            self.expected = expected_result(self.schedule, bases)
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
        return len({entry["id"] for entry in self.receiver.accepted()}) >= len(self.expected.alerts)

    def score(self, archive: Archive) -> ScoreReport:
        """Compare the archive and the alerts received with what has been published so far."""
        interval, end = self.workspace.interval * self.clock.speed, self.clock.now()
        archived = {}
        for tracked in list_articles(archive):
            versions = iter_versions(archive, VersionQuery(article=tracked.id, reverse=True))
            archived[tracked.url] = [version.content for version in versions]
        return score(archived, self.expected, self.receiver.log.entries(), interval=interval, end=end)
