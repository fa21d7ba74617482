"""O1: kills, outages of the database, prune, db compact and backup in a loop for ten minutes; nothing is lost.

python -m tests.nightly.operations [--database sqlite|postgresql] [--minutes 10] [--hosts 8] [--pages 5] [--dir DIR]

On SQLite, one service and `writethru serve` run, with the archive on a disk of its own that is filled up, which needs
root. On PostgreSQL, two services, two workers and `writethru serve` run, and the server stops and crashes. Without
--database it runs on both. The truth is the sites' own log of what they served, and the webhook's of what it accepted.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import cycle
from pathlib import Path
from signal import SIGINT, SIGQUIT, Signals
from typing import Final

from tests.postgres import run_client, running
from tests.service import RunningService, run_program, until
from tracker.archive.articles import list_articles
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.outbox import list_deliveries
from tracker.archive.versions import iter_versions
from tracker.demo.harness import make_secret
from tracker.demo.http_server import WebhookReceiver
from tracker.model.alert import DeliveryState
from tracker.model.version import VersionQuery

from .changing_sites import ChangingSites, number_in
from .cluster import CONFIG, Cluster, Processes, check_alerts, compare, log_lines
from .report import Figure, progress, read_options, report

CHECK_SECONDS: Final = 4.0
EDITION_SECONDS: Final = 25.0
OUTAGE_SECONDS: Final = 15.0
PAUSE_SECONDS: Final = 5.0
# From the answer of a site until its version is stored, and until a service that waited is back.
STORING_SECONDS: Final = 5.0
# Until a site has answered what a process had asked for when it was killed; nobody reads that answer.
ANSWER_SECONDS: Final = 1.0
PATIENCE: Final = 120.0
DISK: Final = "200m"

# The URL of a page and the number in its text.
Edition = tuple[str, int]


class Operation:
    """What an operator and the machines do to the processes.

    Attributes:
        gaps: the times between which what was fetched could not be stored, or its process was ended.
        codes: exit codes of the commands, by command.
    """

    def __init__(self, processes: Processes, folder: Path) -> None:
        self._processes, self._folder = processes, folder
        self._rng = random.Random(46)
        self.gaps: list[tuple[float, float]] = []
        self.codes: Counter[tuple[str, int]] = Counter()
        self.messages: list[str] = []
        self.pages_deleted = self.kills = self.backups = 0

    @property
    def actions(self) -> dict[str, Callable[[], None]]:
        """Everything that is done, in this order, again and again."""
        raise NotImplementedError

    def kill(self, role: str) -> None:
        """Kill a process of a role, start another three seconds later, and wait until it is ready."""
        victim = self._rng.choice(self._processes.living(role))
        with self.gap():
            victim.kill()
        self.kills += 1
        time.sleep(3)
        self._processes.start(role)
        started = self._processes.processes[-1][1]
        if role != "web":  # a process that starts while the server is stopped ends; a supervisor would start it again
            until("it is started", lambda: started.logged("started"), PATIENCE, started)

    def run(self, *command: str) -> None:
        """Run a command on the archive."""
        done = run_program(self._folder, *command, "--json", env={"WRITETHRU_DB": self._processes.url})
        self.codes[command[0], done.returncode] += 1
        if done.returncode:
            self.messages.append(f"{' '.join(command)}: {done.returncode} {done.stderr.strip()[-500:]}")
        self.pages_deleted += sum(json.loads(line).get("pages", 0) for line in done.stdout.splitlines())

    @contextmanager
    def gap(self) -> Iterator[None]:
        """Record that what is fetched meanwhile cannot be stored."""
        began = time.monotonic()
        yield
        self.gaps.append((began - STORING_SECONDS, time.monotonic() + ANSWER_SECONDS))

    def could_store(self, moment: float) -> bool:
        """Return whether a page that was served at a moment could be stored."""
        return not any(start <= moment <= end for start, end in self.gaps)


class OnSqlite(Operation):
    """One service, on a disk of its own."""

    def __init__(self, processes: Processes, folder: Path, disk: Path) -> None:
        super().__init__(processes, folder)
        self._disk = disk

    @property
    def actions(self) -> dict[str, Callable[[], None]]:
        return {
            "the service is killed": lambda: self.kill("all"),
            "backup": self._backup,
            "the disk is full": self._fill_disk,
            "prune": lambda: self._alone("prune"),
            "the service is killed again": lambda: self.kill("all"),
            "db compact": lambda: self._alone("db", "compact"),
            "the service is restarted": self._alone,
        }

    def _alone(self, *command: str) -> None:
        """Stop the service, run a command if one is given, and start the service again."""
        with self.gap():
            self.codes["run", self._processes.stop("all")[0]] += 1
        if command:
            self.run(*command)
        self._processes.start("all")

    def _backup(self) -> None:
        file = self._folder / "backup.db"
        file.unlink(missing_ok=True)
        self.run("backup", str(file))
        with open_archive(f"sqlite:///{file}", readonly=True) as copied:
            self.backups += not verify(copied).damage

    def _fill_disk(self) -> None:
        filler = self._disk / "filler"
        with self.gap():
            with suppress(OSError), filler.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
            time.sleep(OUTAGE_SECONDS)
            filler.unlink()
            time.sleep(STORING_SECONDS)


class OnPostgres(Operation):
    """Two services, two workers and the web pages."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        super().__init__(cluster, folder)
        self._cluster = cluster

    @property
    def actions(self) -> dict[str, Callable[[], None]]:
        return {
            "a worker is killed": lambda: self.kill("worker"),
            "prune": lambda: self.run("prune"),
            "a service is killed": lambda: self.kill("all"),
            "the server is stopped": lambda: self._stop_server(SIGINT),
            "backup": self._backup,
            "the web pages are killed": lambda: self.kill("web"),
            "db compact": lambda: self.run("db", "compact"),
            "the server crashes": lambda: self._stop_server(SIGQUIT),
        }

    def _stop_server(self, how: Signals) -> None:
        with self.gap():
            self._cluster.server.stop(how)
            time.sleep(OUTAGE_SECONDS)
            self._cluster.server.start()
            time.sleep(STORING_SECONDS)

    def _backup(self) -> None:
        file, server = self._folder / "backup.dump", self._cluster.server
        run_client("pg_dump", self._cluster.url, "--format=custom", f"--file={file}")
        restored = server.create()
        run_client("pg_restore", restored, "--exit-on-error", "--no-owner", str(file))
        with open_archive(restored) as archive:
            self.backups += not verify(archive).damage
        server.drop(restored)


class Reader(threading.Thread):
    """Read the front page of the web pages every second; count how it was answered."""

    def __init__(self, processes: Processes) -> None:
        super().__init__(daemon=True)
        self._processes, self._end = processes, threading.Event()
        self.answers: Counter[int] = Counter()

    def run(self) -> None:
        while not self._end.wait(1):
            for each in self._processes.living("web"):
                with suppress(OSError):
                    self.answers[self._read(each)] += 1

    def _read(self, service: RunningService) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._processes.ports[service]}/", timeout=30) as page:
                return int(page.status)
        except urllib.error.HTTPError as error:
            return error.code

    def stop(self) -> None:
        self._end.set()
        self.join()


@contextmanager
def disk_at(folder: Path) -> Iterator[Path]:
    """Give a disk that can be filled; only root may mount one."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def go_on(operation: Operation, sites: ChangingSites, minutes: float, tell: Callable[[str], None]) -> list[float]:
    """Do everything in turn for so many minutes; return how long after each every page was served again."""
    end = time.monotonic() + minutes * 60
    waits: list[float] = []
    for what, act in cycle(operation.actions.items()):
        if time.monotonic() > end:
            return waits
        act()
        done = time.monotonic()
        until(f"every page is visited after: {what}", lambda: sites.are_all_served_since(done), PATIENCE)  # noqa: B023
        waits.append(time.monotonic() - done)
        tell(f"{what}: every page served again after {waits[-1]:.1f} s")
        time.sleep(PAUSE_SECONDS)
    return waits


def missing(
    operation: Operation, processes: Processes, sites: ChangingSites, ended: float
) -> tuple[set[Edition], set[Edition]]:
    """Return the editions that were served and not stored: while they could be stored, and only while not."""
    with open_archive(processes.url) as archive:
        urls = {each.id: each.url for each in list_articles(archive)}
        query = VersionQuery(limit=1_000_000)
        stored = {(urls[each.article], number_in(each.content.text)) for each in iter_versions(archive, query)}
    served = [each for each in sites.served if each.at < ended]
    could = {(each.url, each.number) for each in served if operation.could_store(each.at)}
    could_not = {(each.url, each.number) for each in served} - could
    return could - stored, could_not - stored


def tell_lost(lost: set[Edition], operation: Operation, sites: ChangingSites, began: float) -> list[str]:
    """Return a line for each edition that was lost: when it was served, and when nothing could be stored."""
    lines = []
    for url, number in sorted(lost):
        times = [each.at for each in sites.served if (each.url, each.number) == (url, number)]
        near = [gap for gap in operation.gaps if gap[1] > times[0] - 60 and gap[0] < times[-1] + 60]
        gaps = ", ".join(f"{start - began:.1f} to {end - began:.1f} s" for start, end in near)
        served = ", ".join(f"{at - began:.2f} s" for at in times)
        lines.append(f"lost: edition {number} of {url}, served at {served}; nothing could be stored: {gaps}")
    return lines


def run(options: argparse.Namespace, database: str) -> int:
    """Run the processes on a database, and report; return the exit code."""
    is_sqlite = database == "sqlite"
    with (
        progress(f"operations on {database}") as tell,
        tempfile.TemporaryDirectory(prefix="wt-operations-") as made,
        ChangingSites(options.hosts, options.pages, EDITION_SECONDS) as sites,
        WebhookReceiver(make_secret(0)) as receiver,
        ExitStack() as stack,
    ):
        folder, secret = Path(made), Path(made) / "secret"
        secret.write_text(receiver.secret)
        config = CONFIG.format(every=CHECK_SECONDS, urls=json.dumps(sites.urls), hook=receiver.url, secret=secret)
        (folder / "writethru.toml").write_text(config)
        processes: Processes
        operation: Operation
        if is_sqlite:
            disk = stack.enter_context(disk_at(folder / "disk"))
            processes = Processes(folder, f"sqlite:///{disk / 'writethru.db'}", stack)
            operation = OnSqlite(processes, folder, disk)
        else:
            processes = cluster = Cluster(folder, stack.enter_context(running()), stack)
            operation = OnPostgres(cluster, folder)
        for role in ("all", "web") if is_sqlite else ("all", "all", "worker", "worker", "web"):
            processes.start(role)
        until("every page is visited", lambda: sites.are_all_served_since(0), PATIENCE)
        reader = Reader(processes)
        reader.start()
        began = time.monotonic()
        waits = go_on(operation, sites, options.minutes, tell)
        reader.stop()
        ended = time.monotonic()
        codes = processes.stop("worker")
        with suppress(AssertionError):
            until("every alert is delivered", lambda: check_alerts(processes, receiver)[1] == 0, PATIENCE / 2)
        codes += processes.stop("all") + processes.stop("web")
        found = compare(processes, sites, ended - 2 * CHECK_SECONDS)
        lost, excused = missing(operation, processes, sites, ended - 2 * CHECK_SECONDS)
        if lost:
            tell("\n".join(tell_lost(lost, operation, sites, began)))
        alerts, silent, doubled = check_alerts(processes, receiver)
        with open_archive(processes.url) as archive:
            waiting = len(list_deliveries(archive, DeliveryState.PENDING))  # of what was stored last
        ids = [entry["id"] for entry in receiver.accepted()]
        tell("\n".join(["warnings and errors:", *log_lines(processes), *operation.messages]))
        tell(f"commands and their exit codes: {dict(operation.codes)}; web pages: {dict(reader.answers)}")
        if options.dir is not None:
            kept = options.dir / database
            kept.mkdir(parents=True, exist_ok=True)
            for number, (role, service) in enumerate(processes.processes):
                text = "\n".join([*map(json.dumps, service.entries), *service.output])
                (kept / f"{number}-{role}.jsonl").write_text(text)
    figures: dict[str, Figure] = {
        "actions": (len(waits), ">=", options.minutes),
        "processes killed": (operation.kills, ">=", options.minutes / 5),
        "backups without damage": (operation.backups, ">=", options.minutes / 5),
        "pages deleted by prune": (operation.pages_deleted, ">=", 1),
        "pages served": (len(sites.served), ">=", len(sites.urls) * options.minutes * 5),
        "versions": (found["versions"], ">=", len(sites.urls) * options.minutes),
        "served and not stored": (len(lost), "==", 0),
        "the same while nothing could be": (len(excused), ">=", 0),
        "versions of what was not served": (found["false"], "==", 0),
        "versions stored twice": (found["twice"], "==", 0),
        "reported and not stored": (found["reported and lost"], "==", 0),
        "reported twice": (found["reported twice"], "==", 0),
        "damage found by verify": (found["damage"], "==", 0),
        "alerts": (alerts, ">=", len(sites.urls) * (options.minutes - 1)),
        "versions without an alert": (silent - waiting, "==", 0),
        "versions under two alert ids": (doubled, "==", 0),
        "messages sent again with their id": (len(ids) - len(set(ids)), ">=", 0),
        "web pages read": (reader.answers[200], ">=", options.minutes * 10),
        "web pages with an internal error": (reader.answers[500], "==", 0),
        "longest until all is visited, s": (round(max(waits), 1), "<=", 90.0),
        "crashes in the log": (sum(len(each.logged("crash")) for _, each in processes.processes), "==", 0),
        "commands that failed": (sum(n for (_, code), n in operation.codes.items() if code), "==", 0),
        "exit codes that are not 0": (sum(code != 0 for code in codes), "==", 0),
    }
    return report(f"operations on {database}", figures)


def main() -> int:
    options = read_options(__doc__, database="", minutes=10.0, hosts=8, pages=5, dir=None)
    return max([run(options, each) for each in options.database.split() or ("sqlite", "postgresql")])


if __name__ == "__main__":
    sys.exit(main())
