"""Runs a soak test: the service, in a process of its own, watches a scenario in accelerated time."""

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

from tracker.archive.articles import list_articles
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.stories import list_copies
from tracker.archive.versions import iter_versions
from tracker.demo.harness import ServiceProcess, make_secret
from tracker.demo.http_server import LogEntry, WebhookReceiver
from tracker.demo.schedule import SimulatedClock
from tracker.model.version import VersionQuery

from .assessment import EVERY, TAKEN_DOWN, ArchiveContents, Assessment, Conditions, Gate, assess, zero_gate
from .fault_server import FaultServer
from .scenario import Scenario

CHECK_SECONDS: Final = 5.0
"""Real seconds between two checks of a page."""
LOCK_SECONDS: Final = 4.0
"""Real seconds for which another program holds the archive's lock."""
_REJECT_CHANCE: Final = 0.15
_CHECKS_AFTER_OUTAGE: Final = 3
"""Checks that it may take until every page is checked again after an outage."""
_QUIET_SECONDS: Final = 25
"""The run ends when no alert has arrived for this long: a rejected one is sent again before."""
_REPORT_SECONDS: Final = 30

CONFIG: Final = """\
contact = "soak@writethru.invalid"

[archive]
database = "{database}"

[fetch]
timeout = "10s"

[service]
listen = ""
log = "json"
tick = "500ms"
concurrency = 16
storm = 0
{sources}
[[rules]]
name = "{every}"
to = ["desk"]

[[rules]]
name = "{taken_down}"
labels = ["unpublished", "restored"]
to = ["desk"]

[[targets]]
name = "desk"
type = "webhook"
url = "{webhook}"
secret = {{ file = "{secret}" }}
private = true
"""
SOURCE: Final = """
[[sources]]
name = "{name}"
feeds = ["{base}/rss.xml"]
poll = "{poll:g}s"
every = "{every:g}s"
"""


class SoakRun:
    """One run of a soak test.

    Args:
        folder: an existing directory for the archive, the configuration and the logs.
        speed: simulated seconds per real second.
        report: called with a line of progress now and then.
    """

    def __init__(self, folder: Path, scenario: Scenario, speed: float, report: Callable[[str], None]) -> None:
        self._folder = folder
        self._scenario = scenario
        self._clock = SimulatedClock(speed)
        self._report = report
        self._entries: list[LogEntry] = []
        self._outages: list[tuple[float, float]] = []

    def run(self, kills: Sequence[float] = ()) -> Assessment:
        """Run the scenario to its end and assess the result.

        At each of the real seconds `kills` after the start the service is killed and started again. Halfway between
        the first and second kill, the third and fourth and so on, the archive is locked for `LOCK_SECONDS`.
        """
        schedule, folder = self._scenario.schedule, self._folder
        (folder / "expected.jsonl").write_text("\n".join(self._scenario.lines()) + "\n", encoding="utf-8")
        locks = [(one + other) / 2 for one, other in list(pairwise(kills))[::2]]
        with ExitStack() as stack:
            opened = datetime.now(UTC)
            server = stack.enter_context(FaultServer(self._scenario, self._clock, opened, folder / "access.jsonl"))
            secret = make_secret(schedule.seed)
            receiver = stack.enter_context(RejectingReceiver(schedule.seed, secret, folder / "alerts.jsonl"))
            config = self._write_config(server.bases, receiver)
            service = ServiceProcess(config, folder / "service.jsonl", self._entries.append)
            stack.callback(service.stop)
            service.start()
            self._watch(service, list(kills), locks)
            count, since = -1, time.monotonic()
            while time.monotonic() - since < _QUIET_SECONDS:
                if len(receiver.log.entries()) != count:
                    count, since = len(receiver.log.entries()), time.monotonic()
                time.sleep(0.2)
            end = min(self._clock.now(), schedule.duration)
            code = service.stop()
            conditions = Conditions(CHECK_SECONDS * self._clock.speed, end, tuple(self._outages))
            archive = read_archive(self._database)
            found = assess(
                archive, self._scenario, server.bases, server.access.entries(), receiver.log.entries(), conditions
            )
            return replace(found, gates=(*found.gates, *self._health_gates(code)))

    def _health_gates(self, code: int) -> Sequence[Gate]:
        """Return the gates over the archive as `verify` sees it, and over how the service ran and ended."""
        with open_archive(self._database, readonly=True) as archive:
            verified = verify(archive)
        return (
            zero_gate("damage found by verify", len(verified.damage), verified.versions),
            zero_gate("crashes in the log", self._count("crash"), len(self._entries)),
            Gate("exit code of the service", code, at_most=0, of=1),
        )

    @property
    def _database(self) -> str:
        return f"sqlite:///{self._folder / 'writethru.db'}"

    def _write_config(self, bases: Mapping[str, str], receiver: WebhookReceiver) -> Path:
        secret = self._folder / "webhook.secret"
        secret.write_text(receiver.secret + "\n", encoding="utf-8")
        outlets = self._scenario.schedule.outlets
        text = CONFIG.format(
            database=self._database,
            sources="".join(
                SOURCE.format(name=each.name, base=bases[each.key], poll=2 * CHECK_SECONDS, every=CHECK_SECONDS)
                for each in outlets
            ),
            every=EVERY,
            taken_down=TAKEN_DOWN,
            webhook=receiver.url,
            secret=secret,
        )
        config = self._folder / "writethru.toml"
        config.write_text(text, encoding="utf-8")
        return config

    def _watch(self, service: ServiceProcess, kills: list[float], locks: list[float]) -> None:
        start = reported = time.monotonic()
        while self._clock.now() < self._scenario.schedule.duration:
            time.sleep(0.1)
            now = time.monotonic()
            if kills and now - start > kills[0]:
                kills.pop(0)
                self._outage(lambda: self._kill_and_restart(service))
            if locks and now - start > locks[0]:
                locks.pop(0)
                self._outage(lambda: lock_archive(self._folder / "writethru.db"))
            if now - reported > _REPORT_SECONDS:
                reported = now
                self._report(f"{self._clock.now() / 3600:5.1f} h simulated, {self._count('version')} versions stored")
            if service.exit_code is not None:
                log = self._folder / "service.jsonl"
                raise SystemExit(f"the service ended with exit code {service.exit_code}; see {log}")

    def _outage(self, cause: Callable[[], None]) -> None:
        start = self._clock.now()
        cause()
        end = self._clock.now() + _CHECKS_AFTER_OUTAGE * CHECK_SECONDS * self._clock.speed
        self._outages.append((start, end))

    def _kill_and_restart(self, service: ServiceProcess) -> None:
        assert service.pid is not None
        os.kill(service.pid, signal.SIGKILL)
        service.stop()
        starts = self._count("started")
        service.start()
        while self._count("started") == starts and service.exit_code is None:
            time.sleep(0.1)

    def _count(self, event: str) -> int:
        return sum(entry.get("event") == event for entry in list(self._entries))


def read_archive(database: str) -> ArchiveContents:
    """Read everything that is assessed from the archive at the URL `database`."""
    with open_archive(database, readonly=True) as archive:
        articles = [
            (tracked, list(iter_versions(archive, VersionQuery(article=tracked.id, reverse=True))))
            for tracked in list_articles(archive)
        ]
        return ArchiveContents(articles, list_copies(archive, [tracked.id for tracked, _ in articles]))


def lock_archive(path: Path, seconds: float = LOCK_SECONDS) -> None:
    """Hold the archive's write lock, as another program with an open transaction does."""
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")


class RejectingReceiver(WebhookReceiver):
    """Rejects one message in seven, each only once: after a second time the sender waits for minutes."""

    def __init__(self, seed: int, secret: str, log_path: Path) -> None:
        super().__init__(secret, log_path)
        self._rng = random.Random(f"sink:{seed}")
        self._seen: set[str] = set()

    def status(self, message_id: str) -> int:
        """Return 503 for some messages that are new, else 204."""
        if message_id in self._seen:
            return 204
        self._seen.add(message_id)
        return 503 if self._rng.random() < _REJECT_CHANCE else 204
