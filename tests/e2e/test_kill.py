"""The service is killed with SIGKILL at twenty moments of the demo, and started again each time.

Whatever its log reported as stored must be stored, every expected alert must arrive, and none under two ids. The
clock of the news sites does not run until a service that was started has checked every page once, so no edition comes
and goes unseen, and the archive must hold all that were published.

With $WRITETHRU_KILLS the demo is repeated with other moments until there are so many kills: one demo sends only some
twenty alerts, and every kill between sending an alert and its answer needs one.
"""

import os
import random
import signal
import sqlite3
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.soak.scoring import UNPUBLISHED, article_key, edition_key, parse_alert
from tracker.addresses.urls import identity
from tracker.archive.articles import list_articles
from tracker.archive.captures import get_capture
from tracker.archive.opening import open_archive
from tracker.archive.versions import get_version, iter_versions
from tracker.demo.harness import Harness, create_workspace, matching_rules
from tracker.demo.http_server import HttpRequest, HttpResponse, LogEntry, WebhookReceiver
from tracker.demo.schedule import Schedule, SimulatedClock, demo_schedule
from tracker.model.change import LabelKind
from tracker.model.version import VersionQuery

WANTED = int(os.environ.get("WRITETHRU_KILLS", "20"))
KILLS = min(WANTED, 20)
RUNS = max(WANTED // 20, 1)
AT_START = AT_NEW_EDITION = KILLS * 3 // 10
AT_ALERT = KILLS * 3 // 20
SPEED = 3.0
ANSWER_SECONDS = 0.15
MAX_WAIT_SECONDS = 120.0
"""A start can take half a minute on a busy machine."""


class StoppableClock(SimulatedClock):
    """A clock that stands while no service runs."""

    _elapsed = 0.0

    def stop(self) -> None:
        self._elapsed = self.now()
        self._started = None

    def now(self) -> float:
        return self._elapsed + super().now()


class SlowReceiver(WebhookReceiver):
    """A receiver that can be asked for an answer and still be waited for when the service is killed."""

    def respond(self, request: HttpRequest) -> HttpResponse:
        response = super().respond(request)
        time.sleep(ANSWER_SECONDS)
        return response


@dataclass(frozen=True, order=True)
class Kill:
    """When to kill the service.

    At the simulated second `at`, or then as soon as edition `served` is first served or (`alert`) an alert has arrived
    and is not answered yet; and `delay` real seconds later. A negative `at` means `delay` seconds after the start.
    """

    at: float
    delay: float = 0.0
    served: tuple[str, int] | None = None
    alert: bool = False


@dataclass
class ServiceLog:
    """What the service reported before each kill."""

    stored: list[tuple[str, int, str]] = field(default_factory=list)
    errors: list[LogEntry] = field(default_factory=list)
    _traceback: list[LogEntry] = field(default_factory=list)

    def add(self, entry: LogEntry | None) -> None:
        if entry is None:
            return
        if entry["event"] == "version":
            self.stored.append((entry["article"], entry["version"], entry["sha256"]))
        elif entry["event"] == "output":
            self._add_output(entry)
        elif entry.get("level") in {"error", "critical"} or entry["event"] == "stale":
            self.errors.append(entry)

    def _add_output(self, entry: LogEntry) -> None:
        """Collect tracebacks; those of children that outlive a killed service are not errors."""
        text = entry["text"]
        if not self._traceback and not text.startswith("Traceback"):
            self.errors += [] if "resource_tracker" in text else [entry]
            return
        self._traceback.append(entry)
        if text.startswith((" ", "Traceback")):
            return
        is_orphan = text.startswith("EOFError") and any(
            "multiprocessing/spawn.py" in each["text"] for each in self._traceback
        )
        self.errors += [] if is_orphan else self._traceback
        self._traceback = []


def choose_kills(schedule: Schedule, rng: random.Random) -> list[Kill]:
    """Choose kills at the start, just after a new edition, between sending an alert and its answer, and anywhere."""
    editions = [
        (edition.at, (article.key, n))
        for article in schedule.articles
        for n, edition in enumerate(article.editions, 1)
        if edition.at > 1
    ]
    chosen = rng.sample(editions, min(AT_NEW_EDITION, len(editions)))
    chosen += rng.choices(editions, k=max(AT_NEW_EDITION - len(editions), 0))
    kills = [Kill(-1.0, rng.uniform(0.3, 4.0)) for _ in range(AT_START)]
    kills += [Kill(at, rng.uniform(0, 0.06), served) for at, served in chosen]
    kills += [Kill(rng.uniform(5, schedule.duration - 15), alert=True) for _ in range(AT_ALERT)]
    kills += [Kill(rng.uniform(0.1, schedule.duration - 3)) for _ in range(KILLS - len(kills))]
    return sorted(kills, key=lambda kill: kill.at)


def wait_for(harness: Harness, log: ServiceLog, kill: Kill) -> None:
    """Let the service run until it is to be killed."""
    if kill.at >= 0:
        wait_until_checked(harness, log)
        alerts = len(harness.receiver.log.entries())
        _wait(harness, log, lambda: _is_due(harness, kill, alerts))
    time.sleep(kill.delay)


def wait_until_checked(harness: Harness, log: ServiceLog) -> None:
    """Wait until the service that was just started has committed one check of every page; then start the clock."""
    server, before = harness.news_server, len(harness.news_server.access.entries())
    now = harness.clock.now()
    online = {each.key: each.outlet for each in harness.schedule.articles if each.edition_at(now) is not None}

    def is_checked() -> bool:
        # Only one request at a time goes to a host, so the next request shows that the page before it was dealt with.
        entries = server.access.entries()[before:]
        first = {entry["article"]: n for n, entry in reversed(list(enumerate(entries)))}
        last = {entry["outlet"]: n for n, entry in enumerate(entries)}
        return all(first.get(key, len(entries)) < last.get(outlet, -1) for key, outlet in online.items())

    _wait(harness, log, is_checked)
    harness.clock.start()


def _wait(harness: Harness, log: ServiceLog, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while not condition():
        assert log.errors == []
        assert time.monotonic() < deadline
        for entry in harness.drain():
            log.add(entry)
        assert harness.service.exit_code is None
        time.sleep(0.002)


def _is_due(harness: Harness, kill: Kill, alerts: int) -> bool:
    if kill.served is not None:
        entries = harness.news_server.access.entries()
        return any(entry["status"] == 200 and (entry["article"], entry["edition"]) == kill.served for entry in entries)
    # On a very slow machine, all alerts may have arrived before the last kills that wait for one.
    has_alert = len(harness.receiver.log.entries()) > alerts or harness.has_all_alerts()
    return harness.clock.now() >= kill.at and (not kill.alert or has_alert)


@pytest.mark.slow
@pytest.mark.timeout(900)  # 21 starts of the service: 40 s alone, over 240 s where ten programs wait for two cores
@pytest.mark.parametrize("seed", range(20, 20 + RUNS))
def test_a_service_that_is_killed_again_and_again_loses_nothing_and_repeats_no_alert(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    log = ServiceLog()
    monkeypatch.setattr("tracker.demo.harness.SimulatedClock", StoppableClock)
    monkeypatch.setattr("tracker.demo.harness.WebhookReceiver", SlowReceiver)
    workspace = create_workspace(tmp_path / "demo", SPEED)
    with Harness(demo_schedule(), workspace, SPEED) as harness:
        clock, service = harness.clock, harness.service
        assert isinstance(clock, StoppableClock)
        # The first request starts the clock. It is made here, so that no time passes before the service has checked.
        with urllib.request.urlopen(harness.news_server.bases["ledger"], timeout=60):
            clock.stop()
        for kill in choose_kills(harness.schedule, random.Random(seed)):
            harness.service.start()
            wait_for(harness, log, kill)
            assert service.pid is not None
            os.kill(service.pid, signal.SIGKILL)
            service.stop()
            clock.stop()
            for entry in harness.drain():
                log.add(entry)
            if log.stored:
                check_integrity(harness)
                with closing(open_archive(harness.workspace.database, readonly=True)) as archive:
                    for article, number, sha256 in log.stored:
                        assert get_version(archive, article, number).content.sha256 == sha256
                        get_capture(archive, article, number)
        harness.service.start()
        wait_until_checked(harness, log)
        for event in harness.events():
            log.add(event)
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while not harness.has_all_alerts() and time.monotonic() < deadline:
            for event in harness.events(0.2):
                log.add(event)
        assert harness.service.stop() == 0
        check_everything(harness)
    assert log.errors == []
    assert len(log.stored) > 10


def check_integrity(harness: Harness) -> None:
    with closing(sqlite3.connect(harness.workspace.directory / "writethru.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def check_everything(harness: Harness) -> None:
    check_integrity(harness)
    with closing(open_archive(harness.workspace.database, readonly=True)) as archive:
        archived = {
            identity(tracked.url): [
                article_key(version.content)
                for version in iter_versions(archive, VersionQuery(article=tracked.id, reverse=True))
            ]
            for tracked in list_articles(archive)
        }
    published, due = {}, set()
    for article in harness.schedule.articles:
        url = identity(harness.news_server.url(article))
        published[url] = [edition_key(edition) for edition in article.editions]
        edits = [(n, edition.kinds) for n, edition in enumerate(article.editions[1:], start=2)]
        edits += [(0, frozenset({LabelKind.UNPUBLISHED}))] if article.gone_at is not None else []
        due |= {(rule, url, n) for n, kinds in edits for rule in matching_rules(harness.schedule, article, kinds)}
    assert archived == published
    assert all(entry["signed"] for entry in harness.receiver.log.entries())
    ids = defaultdict(list)
    for entry in harness.receiver.accepted():
        rule, url, n, event = parse_alert(entry["payload"])
        ids[rule, identity(url), 0 if event == UNPUBLISHED else n].append(entry["id"])
    assert ids.keys() == due
    assert all(len(set(each)) == 1 for each in ids.values())
    assert any(len(each) > 1 for each in ids.values()), "no kill came between sending an alert and its answer"
