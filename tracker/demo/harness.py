"""Run a demo: the news sites, the receiver of alerts, and an unmodified service in a separate process."""

from __future__ import annotations

import base64
import json
import os
import queue
import random
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self, TextIO

import tomlkit

from tracker.addresses.urls import identity
from tracker.archive.archive import Archive
from tracker.archive.articles import list_articles
from tracker.archive.versions import iter_versions
from tracker.errors import TrackerError, UsageError
from tracker.model.change import LabelKind
from tracker.model.version import VersionQuery

from .http_server import LogEntry, WebhookReceiver
from .news_server import NewsServer
from .schedule import Schedule, ScheduledArticle, SimulatedClock

_MARKER: Final = ".writethru-demo"
_HEADER: Final = (
    "# Written by writethru demo. Its sites run on this machine; check real ones far less often than these.\n"
)
MIN_CHECK_SECONDS: Final = 0.3


@dataclass(frozen=True, slots=True)
class Workspace:
    """The files of one demo; `interval` is the real seconds between two checks of a page."""

    directory: Path
    interval: float

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.directory / "writethru.toml"

    @property
    def database(self) -> str:
        """The archive, as a SQLAlchemy URL."""
        return f"sqlite:///{self.directory.absolute() / 'writethru.db'}"

    @property
    def secret(self) -> Path:
        """The file that holds the webhook secret."""
        return self.directory / "webhook.secret"

    def log(self, name: str) -> Path:
        """The log file `name`: access, alerts or service."""
        return self.directory / "logs" / f"{name}.jsonl"


def create_workspace(directory: Path, speed: float) -> Workspace:
    """Create `directory`, replacing the workspace of an earlier demo.

    At `speed` simulated seconds per real second, pages are checked every simulated second where possible.

    Raises UsageError if the path exists and is not the workspace of a demo, or has another configuration in it.
    """
    if directory.exists() or directory.is_symlink():
        # Only files of the demo are deleted: a link may lead anywhere, and users create archives in the folder.
        is_ours = (directory / _MARKER).is_file() and not any(directory.glob("*/writethru.toml"))
        if not is_ours or directory.is_symlink():
            raise UsageError(
                "this path has files that writethru demo did not create; nothing was changed",
                resource=str(directory),
                hint="choose another directory: writethru demo --dir NAME",
            )
        shutil.rmtree(directory)
    (directory / "logs").mkdir(parents=True)
    (directory / _MARKER).write_text("writethru demo replaces this directory each time it runs\n", encoding="utf-8")
    return Workspace(directory, max(1 / speed, MIN_CHECK_SECONDS))


def make_secret(seed: int) -> str:
    """Return a webhook secret; it protects nothing but the demo's own receiver."""
    key = random.Random(f"secret:{seed}").randbytes(32)  # noqa: S311 - see above
    return "whsec_" + base64.b64encode(key).decode()


def write_config(
    workspace: Workspace, schedule: Schedule, bases: Mapping[str, str], webhook_url: str, secret: str
) -> None:
    """Write the configuration for the service, and the webhook secret that it refers to.

    `bases` has the URL of each outlet, by its key; alerts are sent to `webhook_url`.
    """
    workspace.secret.write_text(secret + "\n", encoding="utf-8")
    workspace.secret.chmod(0o600)
    interval = f"{round(workspace.interval * 1000)}ms"
    sources = [
        {"name": outlet.name, "feeds": [f"{bases[outlet.key]}/rss.xml"], "poll": interval, "every": interval}
        for outlet in schedule.outlets
    ]
    members = map(schedule.article, schedule.story_articles)
    document = {
        "contact": "demo@writethru.invalid",
        "archive": {"database": workspace.database},
        "fetch": {"timeout": "10s"},
        "service": {"listen": "", "log": "json", "tick": f"{round(workspace.interval * 200)}ms"},
        "sources": sources,
        "stories": [{"name": schedule.story, "urls": [bases[article.outlet] + article.path for article in members]}],
        "rules": [rule.model_dump(mode="json", exclude_defaults=True) for rule in schedule.rules],
        "targets": [
            {
                "name": "newsdesk",
                "type": "webhook",
                "url": webhook_url,
                "secret": {"file": str(workspace.secret.absolute())},
                "private": True,
            }
        ],
    }
    workspace.config.write_text(_HEADER + tomlkit.dumps(document), encoding="utf-8")


# The event of a line that is not a log entry, such as a line of a traceback.
OUTPUT: Final = "output"
# Longer than the service takes to finish its running checks.
MAX_STOP_SECONDS: Final = 35.0


class ServiceProcess:
    """Run `writethru run` with the configuration at `config`.

    The service may fetch from loopback, and does not wait between requests there. Its working directory is that of
    the configuration; WRITETHRU_* variables of this process are not passed on. All output is appended to the file
    `log`, and `on_entry` is called with each log entry, in a thread that reads the output.
    """

    def __init__(self, config: Path, log: Path, on_entry: Callable[[LogEntry], None]) -> None:
        self._config = config
        self._log = log
        self._on_entry = on_entry
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """The process id, or None if no process was started or it was stopped."""
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        """The exit code, if the process ended on its own; None while it runs and before it is started."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start the service; one that was started before must have been stopped."""
        assert self._process is None
        run = ["run", "--migrate", "--no-pace", "--config", str(self._config.absolute())]
        # A variable that the user has set for real work would point the demo at a real archive.
        env = {name: value for name, value in os.environ.items() if not name.startswith("WRITETHRU_")}
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-c", "from tracker.cli.main import main; main()", *run],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            cwd=self._config.parent,
            env={**env, "WRITETHRU_ALLOW_PRIVATE": "1"},
            # Ctrl-C in the terminal goes to this process alone, which then stops the service.
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def stop(self) -> int:
        """Stop the service with SIGTERM, or in the end with SIGKILL; read its output, and return its exit code."""
        if self._process is None:
            return 0
        assert self._reader is not None
        self._process.terminate()  # does nothing if it has ended
        try:
            self._process.wait(MAX_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        code = self._process.wait()
        # A child that outlives the service keeps the pipe open, but all the service wrote is in it by now.
        self._reader.join(5)
        if self._process.stdout is not None and not self._reader.is_alive():
            self._process.stdout.close()
        self._process = None
        return code

    def _read(self, lines: TextIO) -> None:
        with self._log.open("a", encoding="utf-8") as file:
            for line in lines:
                file.write(line)
                file.flush()
                self._on_entry(parse_log_line(line))


def parse_log_line(line: str) -> LogEntry:
    """Return a line of a JSON log as an entry; any other line becomes the event "output" with its `text`."""
    try:
        entry = json.loads(line)
    except ValueError:
        entry = None
    return entry if isinstance(entry, dict) and "event" in entry else {"event": OUTPUT, "text": line.rstrip("\n")}


_POLL_SECONDS: Final = 0.1
_GONE: Final = frozenset({LabelKind.UNPUBLISHED})


@dataclass(frozen=True, slots=True)
class DemoResult:
    """How many versions lived long enough to be captured, and are in the archive; how many alerts are due, and sent."""

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

    Leaving the context stops the service and closes every port. `speed` is in simulated seconds per real second.
    """

    def __init__(self, schedule: Schedule, workspace: Workspace, speed: float) -> None:
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
            # The alerts by rule, address, and whether the page is gone.
            self.expected_alerts: Counter[tuple[str, str, bool]] = Counter()
            for article in self.schedule.articles:
                url = identity(self.news_server.url(article))
                edits = [(edition.kinds, False) for edition in article.editions[1:]]
                edits += [(_GONE, True)] if article.gone_at is not None else []
                for kinds, is_gone in edits:
                    names = matching_rules(self.schedule, article, kinds)
                    self.expected_alerts.update((name, url, is_gone) for name in names)
            # Kept only now: a failure above closes everything that was opened before it.
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def events(self, seconds: float | None = None) -> Iterator[LogEntry | None]:
        """Yield events as they happen until the schedule ends, or for `seconds` of real time, and None meanwhile.

        They are log entries of the service, and those of the webhook receiver with the event "alert". Raises
        TrackerError if the service ended on its own.
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
        # With the version, so that an alert that was delivered twice counts once.
        received = set()
        for entry in self.receiver.accepted():
            payload = entry["payload"]
            is_gone = any(label["kind"] == LabelKind.UNPUBLISHED for label in payload["labels"])
            received.add((payload["rule"], identity(payload["url"]), is_gone, payload["version"]))
        alerts = Counter((rule, url, is_gone) for rule, url, is_gone, _ in received)
        return DemoResult(
            lived=len(lived),
            captured=sum(key in archived for key in lived),
            alerts_due=self.expected_alerts.total(),
            alerts_delivered=(self.expected_alerts & alerts).total(),
        )
