"""C4: two schedulers and three workers on one PostgreSQL go through every fault of operation; nothing is lost.

python -m tests.nightly.cluster [--minutes 12] [--hosts 20] [--pages 10] [--dir DIR]

While retention deletes pages in a loop, three workers and the leader are killed, the server is restarted and crashes,
a table is locked for 40 s, and the server accepts too few connections for 20 s. The truth is the sites' own log of what
they served. With --dir the log of each process is kept there.
"""

import json
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from signal import SIGINT, SIGTERM
from typing import Final

import psycopg

from tests.loopback import free_port
from tests.postgres import Server, running
from tests.service import RunningService, run_program, until
from tracker.archive.articles import list_articles
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.versions import iter_versions
from tracker.demo.harness import make_secret
from tracker.demo.http_server import WebhookReceiver
from tracker.model.version import VersionQuery

from .changing_sites import ChangingSites, number_in
from .report import progress, read_options, report

CHECK_SECONDS: Final = 10.0
EDITION_SECONDS: Final = 120.0
LOCK_SECONDS: Final = 40.0
LIMIT_SECONDS: Final = 20.0
PRUNE_PAUSE_SECONDS: Final = 5.0
SAMPLE_SECONDS: Final = 2.0
ROLE: Final = "writethru"
CONFIG: Final = """contact = "t@example.org"
[service]
tick = "1s"
log = "json"
storm = 0
[web]
listen = ""
[[sources]]
name = "Paper"
every = "{every:g}s"
keep_newest = 1
urls = {urls}
[[rules]]
name = "all"
to = ["desk"]
[[targets]]
name = "desk"
type = "webhook"
url = "{hook}"
secret = {{ file = "{secret}" }}
private = true
"""


def metric_at(port: int, name: str) -> float | None:
    """Return the value of a gauge without labels, or None where the process does not answer."""
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as page:
        for line in page.read().decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
    return None


class Processes:
    """Processes of the program that share the archive at `url`; all that were ever started are in `processes`."""

    def __init__(self, folder: Path, url: str, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self.url = url
        open_archive(url, migrate=True).close()
        self.processes: list[tuple[str, RunningService]] = []
        self.ports: dict[RunningService, int] = {}

    def start(self, role: str, url: str = "") -> None:
        """Start one more process, which reaches the database at `url` if another is given; "web" serves the pages."""
        port = free_port()
        env = {"WRITETHRU_DB": url or self.url}
        command = ("serve",) if role == "web" else ("run", "--no-pace", "--role", role)
        where = ("--listen", f"127.0.0.1:{port}")
        service = self._stack.enter_context(RunningService(self._folder, *where, env=env, command=command))
        self.processes.append((role, service))
        self.ports[service] = port

    def living(self, role: str) -> list[RunningService]:
        """Return the processes of a role that run."""
        return [each for known, each in self.processes if known == role and each.process.poll() is None]

    def metric(self, service: RunningService, name: str) -> float | None:
        """Return the value of a gauge without labels, or None where the process does not answer."""
        return metric_at(self.ports[service], name)

    def kill(self, service: RunningService) -> None:
        """Kill a process, and start another of its role three seconds later."""
        role = next(role for role, each in self.processes if each is service)
        service.kill()
        time.sleep(3)
        self.start(role)

    def stop(self, role: str) -> list[int]:
        """Stop every process of a role that runs and return their exit codes."""
        left = self.living(role)
        for each in left:
            each.process.send_signal(SIGTERM)
        return [each.wait(60) for each in left]


class Cluster(Processes):
    """The processes that share a new database of `server`."""

    def __init__(self, folder: Path, server: Server, stack: ExitStack) -> None:
        self.server = server
        server.execute(f"CREATE ROLE {ROLE} LOGIN")
        made = server.create()
        server.execute(f'ALTER DATABASE "{made.partition("?")[0].rpartition("/")[2]}" OWNER TO {ROLE}')
        super().__init__(folder, made.replace("postgres@", f"{ROLE}@"), stack)

    @property
    def leader(self) -> RunningService | None:
        """The scheduler that leads, if one does."""
        return next((each for each in self.living("scheduler") if self._leads(each)), None)

    def restart_server(self) -> None:
        self.server.stop(SIGINT)
        self.server.start()

    def crash_server(self) -> None:
        self.server.stop()
        time.sleep(2)
        self.server.start()

    def lock_table(self) -> None:
        """Lock the table of versions, as a migration or VACUUM FULL does."""
        with psycopg.connect(self.url.replace("+psycopg", "")) as connection:
            connection.execute("LOCK TABLE version IN ACCESS EXCLUSIVE MODE")
            time.sleep(LOCK_SECONDS)

    def limit_connections(self) -> None:
        """Cut all connections, and accept half as many for a while."""
        sessions = f"FROM pg_stat_activity WHERE usename = '{ROLE}'"
        with psycopg.connect(self.server.url.replace("+psycopg", ""), autocommit=True) as connection:
            row = connection.execute(f"SELECT count(*) {sessions}".encode()).fetchone()
            assert row is not None
            connection.execute(f"ALTER ROLE {ROLE} CONNECTION LIMIT {row[0] // 2}".encode())
            connection.execute(f"SELECT pg_terminate_backend(pid) {sessions}".encode())
            time.sleep(LIMIT_SECONDS)
            connection.execute(f"ALTER ROLE {ROLE} CONNECTION LIMIT -1".encode())

    def _leads(self, service: RunningService) -> bool:
        return bool(lead := service.logged("lead")) and "this process schedules" in lead[-1]["detail"]


class Background:
    """What goes on during the faults until `stop`: retention in a loop, and a look at the lag gauge every few seconds.

    Attributes:
        pruned: exit codes of `writethru prune`, with how often each was seen.
        pages: pages deleted.
        lags: pairs of the gauge and of what the sites' log says, in seconds.
    """

    def __init__(self, cluster: Cluster, sites: ChangingSites, folder: Path) -> None:
        self._cluster, self._sites, self._folder = cluster, sites, folder
        self._stop = threading.Event()
        self.pruned: Counter[int] = Counter()
        self.messages: Counter[str] = Counter()
        self.pages = 0
        self.lags: list[tuple[float, float]] = []
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._prune, self._sample)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _prune(self) -> None:
        env = {"WRITETHRU_DB": self._cluster.url}
        while not self._stop.wait(PRUNE_PAUSE_SECONDS):
            done = run_program(self._folder, "prune", "--keep", "1", "--json", env=env)
            self.pruned[done.returncode] += 1
            if done.returncode:
                self.messages[done.stderr.strip()] += 1
            else:
                self.pages += sum(json.loads(line).get("pages", 0) for line in done.stdout.splitlines())

    def _sample(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            if (leader := self._cluster.leader) is None:
                continue
            lag = self._cluster.metric(leader, "writethru_lag_seconds")
            if lag is None or not self._cluster.metric(leader, "writethru_archive_up"):
                continue
            now = time.monotonic()
            oldest = min(self._sites.last_served(now).values(), default=now)
            self.lags.append((lag, max(now - oldest - CHECK_SECONDS, 0.0)))


def go_through(cluster: Cluster, sites: ChangingSites, seconds: float, tell: Callable[[str], None]) -> list[float]:
    """Cause each fault in turn, with equal pauses; return how long after each one every page was served again."""

    def kill_worker() -> None:
        cluster.kill(cluster.living("worker")[0])

    def kill_leader() -> None:
        if cluster.leader is not None:
            cluster.kill(cluster.leader)

    faults = {
        "a worker is killed": kill_worker,
        "the leader is killed": kill_leader,
        "the server restarts": cluster.restart_server,
        "another worker is killed": kill_worker,
        "a table is locked": cluster.lock_table,
        "the server crashes": cluster.crash_server,
        "a third worker is killed": kill_worker,
        "connections are limited": cluster.limit_connections,
    }
    waits = []
    for number, (what, cause) in enumerate(faults.items()):
        began = time.monotonic()
        cause()
        ended = time.monotonic()
        until(f"every page is visited after: {what}", lambda: sites.are_all_served_since(ended), 180)  # noqa: B023
        waits.append(time.monotonic() - ended)
        tell(f"{what}: every page served again after {waits[-1]:.1f} s")
        time.sleep(max(seconds / len(faults) - (time.monotonic() - began), 0) if number < len(faults) - 1 else 20)
    return waits


def compare(cluster: Processes, sites: ChangingSites, ended: float) -> dict[str, float]:
    """Compare what is stored with what the sites published and served, and with what the logs reported."""
    with open_archive(cluster.url) as archive:
        urls = {each.id: each.url for each in list_articles(archive)}
        versions = list(iter_versions(archive, VersionQuery(limit=1_000_000, reverse=True)))
        damage = len(verify(archive).damage)
    stored = Counter((urls[each.article], number_in(each.content.text)) for each in versions)
    sent = {(each.url, each.number) for each in sites.served}
    # What was sent once may have been sent to a process that was then killed.
    counts = Counter((each.url, each.number) for each in sites.served if each.at < ended)
    served = {edition for edition, count in counts.items() if count > 1}
    first: dict[str, float] = {}
    for each in sites.served:
        first.setdefault(each.url, each.at)
    due = {(url, number) for url, start in first.items() for number in sites.published(url, start, ended)}
    hashes = {(each.article, each.n): each.content.sha256 for each in versions}
    reported = [each for _, service in cluster.processes for each in service.versions]
    return {
        "versions": len(versions),
        "due": len(due),
        "lost": len(due - stored.keys()),
        "served and lost": len(served - stored.keys()),
        "false": len(stored.keys() - sent),
        "twice": sum(count > 1 for count in stored.values()),
        "reported and lost": sum(hashes.get((article, n)) != sha for article, n, sha in reported),
        "reported twice": len(reported) - len({(article, n) for article, n, _ in reported}),
        "damage": damage,
    }


def check_alerts(cluster: Processes, receiver: WebhookReceiver) -> tuple[int, int, int]:
    """Return how many alerts arrived under an id of their own, how many versions have none, and how many have two."""
    with open_archive(cluster.url) as archive:
        versions = {
            (each.article, each.n) for each in iter_versions(archive, VersionQuery(limit=1_000_000)) if each.n > 1
        }
    ids: dict[tuple[str, int], set[str]] = {}
    for entry in receiver.accepted():
        data = entry["payload"]
        ids.setdefault((data["article"], data["version"]), set()).add(entry["id"])
    return len(ids), len(versions - ids.keys()), sum(len(each) > 1 for each in ids.values())


def log_lines(cluster: Processes) -> list[str]:
    """Return the warnings and errors of all processes, each kind with how often it was logged."""
    kinds: Counter[str] = Counter()
    for role, service in cluster.processes:
        for entry in list(service.entries):
            if entry.get("level") in {"warning", "error"}:
                told = {name: entry[name] for name in ("level", "event", "detail", "error", "hint") if name in entry}
                kinds[f"{role} {json.dumps(told)[:400]}"] += 1
        for line in service.output:
            kinds[f"{role} OTHER OUTPUT {line[:300]}"] += 1
    return [f"{count:5} × {kind}" for kind, count in kinds.most_common()]


def main() -> int:
    options = read_options(__doc__, minutes=12.0, hosts=20, pages=10, dir=None)
    with (
        progress("cluster") as tell,
        running() as server,
        tempfile.TemporaryDirectory(prefix="wt-cluster-") as made,
        ChangingSites(options.hosts, options.pages, EDITION_SECONDS) as sites,
        WebhookReceiver(make_secret(0)) as receiver,
        ExitStack() as stack,
    ):
        folder = Path(made)
        secret = folder / "secret"
        secret.write_text(receiver.secret)
        config = CONFIG.format(every=CHECK_SECONDS, urls=json.dumps(sites.urls), hook=receiver.url, secret=secret)
        (folder / "writethru.toml").write_text(config)
        cluster = Cluster(folder, server, stack)
        for role in ("scheduler", "scheduler", "worker", "worker", "worker"):
            cluster.start(role)
        until("every page is visited", lambda: sites.are_all_served_since(0), 120)
        background = Background(cluster, sites, folder)
        background.start()
        waits = go_through(cluster, sites, options.minutes * 60, tell)
        background.stop()
        ended = time.monotonic()
        codes = cluster.stop("worker")
        with suppress(AssertionError):
            until("every alert is delivered", lambda: check_alerts(cluster, receiver)[1] == 0, 60)
        codes += cluster.stop("scheduler")
        found, (alerts, silent, doubled) = (
            compare(cluster, sites, ended - 2 * CHECK_SECONDS),
            check_alerts(cluster, receiver),
        )
        lines = log_lines(cluster)
        tell("\n".join(["warnings and errors:", *lines]))
        for message, count in background.messages.items():
            tell(f"{count} × prune: {message}")
        if options.dir is not None:
            options.dir.mkdir(parents=True, exist_ok=True)
            for number, (role, service) in enumerate(cluster.processes):
                text = "\n".join(map(json.dumps, service.entries))
                (options.dir / f"{number}-{role}.jsonl").write_text(text + "\n" + "\n".join(service.output))
            (options.dir / "lags.json").write_text(json.dumps(background.lags))
    off = sorted(abs(gauge - truth) for gauge, truth in background.lags) or [999.0]
    figures = {
        "pages served": (len(sites.served), ">=", len(sites.urls) * 10),
        "editions due": (found["due"], ">=", len(sites.urls) * 3),
        "editions due and not stored": (found["lost"], "==", 0),
        "editions served twice, not stored": (found["served and lost"], "==", 0),
        "versions never published": (found["false"], "==", 0),
        "editions stored twice": (found["twice"], "==", 0),
        "versions logged and not stored": (found["reported and lost"], "==", 0),
        "versions logged twice": (found["reported twice"], "==", 0),
        "damage found by verify": (found["damage"], "==", 0),
        "requests at once to a host": (sites.max_parallel, "==", 1),
        "alerts delivered": (alerts, ">=", found["due"] - len(sites.urls)),
        "versions without an alert": (silent, "==", 0),
        "versions under two alert ids": (doubled, "==", 0),
        "prunes that ended well": (background.pruned[0], ">=", 20),
        "prunes that ended otherwise": (
            sum(n for code, n in background.pruned.items() if code not in {0, 1, 75}),
            "==",
            0,
        ),
        # While the server is down a prune may fail, but never with an exception that nobody expected.
        "prunes with an internal error": (
            sum(n for message, n in background.messages.items() if "internal error" in message),
            "==",
            0,
        ),
        "pages deleted": (background.pages, ">=", len(sites.urls)),
        "longest until all is visited, seconds": (round(max(waits), 1), "<=", 90.0),
        "lag gauge: samples": (len(off), ">=", 30),
        "lag gauge: median error, seconds": (round(statistics.median(off), 2), "<=", SAMPLE_SECONDS),
        # A page sent to a worker that is then killed stays overdue; while a table is locked nothing is counted.
        "lag gauge: share within 5 seconds": (round(sum(each <= 5 for each in off) / len(off), 3), ">=", 0.85),
        "crashes in the log": (sum(len(each.logged("crash")) for _, each in cluster.processes), "==", 0),
        "exit codes that are not 0": (sum(code != 0 for code in codes), "==", 0),
    }
    return report("cluster", figures)


if __name__ == "__main__":
    sys.exit(main())
