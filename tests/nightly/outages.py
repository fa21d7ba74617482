"""L1: the leader is frozen or its machine vanishes, PostgreSQL is away: another leads soon, nothing is done twice.

python -m tests.nightly.outages [--away 130] [--hosts 6] [--pages 3]

Two services with every role share one PostgreSQL, one of them through a proxy that can stop forwarding. The truth is
the sites' own log of what they served, and the webhook's of what it accepted.
"""

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from signal import SIGCONT, SIGSTOP, SIGTERM, Signals
from typing import Final

from tests.dropping_proxy import DroppingProxy
from tests.postgres import Server, running
from tests.service import RunningService, until
from tracker.archive.opening import open_archive
from tracker.archive.outbox import list_deliveries
from tracker.demo.harness import make_secret
from tracker.demo.http_server import WebhookReceiver
from tracker.model.alert import DeliveryState

from .changing_sites import ChangingSites
from .cluster import CONFIG, Cluster, check_alerts, compare, log_lines
from .report import Figure, progress, read_options, report

CHECK_SECONDS: Final = 3.0
EDITION_SECONDS: Final = 20.0
MAX_TAKEOVER_SECONDS: Final = 60.0
MAX_IDLE_SECONDS: Final = 10.0
# By then an archive that does not answer at all has to be reported.
MAX_SILENCE_SECONDS: Final = 45.0
PATIENCE: Final = 200.0


def times_led(service: RunningService) -> int:
    """Return how often a service reported that it leads."""
    return sum("this process schedules" in each["detail"] for each in service.logged("lead"))


def take_over(other: RunningService, cause: Callable[[], None]) -> float:
    """Cause the loss of the leader; return after how many seconds the other service leads."""
    before, began = times_led(other), time.monotonic()
    cause()
    until("another service leads", lambda: times_led(other) > before, PATIENCE)
    return time.monotonic() - began


def send_to_server(server: Server, sent: Signals) -> None:
    """Send a signal to every process of the server."""
    assert server.pid is not None
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    for each in (server.pid, *map(int, children)):
        with suppress(ProcessLookupError):
            os.kill(each, sent)


class Away:
    """PostgreSQL is away for a while, once.

    Attributes:
        idle: seconds from its return until every page was served again, beyond the interval of checks.
        wrong: samples of `writethru_archive_up` that say 1 while it was away, but for the first seconds.
    """

    def __init__(self, cluster: Cluster, sites: ChangingSites, seconds: float) -> None:
        self._cluster, self._sites, self._seconds = cluster, sites, seconds
        self.idle, self.wrong = 0.0, 0

    def go(self, leave: Callable[[], None], come_back: Callable[[], None]) -> None:
        """Let the server leave, sample the gauge, and wait until every page is served after its return."""
        left = time.monotonic()
        leave()
        back = threading.Event()
        sampling = threading.Thread(target=self._sample, args=(left, back), daemon=True)
        sampling.start()
        time.sleep(self._seconds)
        back.set()
        sampling.join()
        come_back()
        returned = time.monotonic()
        until("every page is visited", lambda: self._sites.are_all_served_since(returned), PATIENCE)
        self.idle = max(time.monotonic() - returned - CHECK_SECONDS, 0.0)

    def _sample(self, left: float, back: threading.Event) -> None:
        while not back.wait(1):
            for service in self._cluster.living("all"):
                says = self._cluster.metric(service, "writethru_archive_up")
                if time.monotonic() - left > MAX_SILENCE_SECONDS and not back.is_set():
                    self.wrong += says != 0


def leaders(cluster: Cluster) -> int:
    """Return how many services say that they lead."""
    return sum(cluster.metric(each, "writethru_leader") == 1 for each in cluster.living("all"))


def doubled_ids(receiver: WebhookReceiver) -> int:
    """Return how many messages were accepted under an ID that had been accepted before."""
    ids = [entry["id"] for entry in receiver.accepted()]
    return len(ids) - len(set(ids))


def main() -> int:
    options = read_options(__doc__, away=130.0, hosts=6, pages=3)
    with (
        progress("outages") as tell,
        running() as server,
        tempfile.TemporaryDirectory(prefix="wt-outages-") as made,
        ChangingSites(options.hosts, options.pages, EDITION_SECONDS) as sites,
        WebhookReceiver(make_secret(0)) as receiver,
        ExitStack() as stack,
    ):
        folder, secret = Path(made), Path(made) / "secret"
        secret.write_text(receiver.secret)
        config = CONFIG.format(every=CHECK_SECONDS, urls=json.dumps(sites.urls), hook=receiver.url, secret=secret)
        (folder / "writethru.toml").write_text(config)
        cluster = Cluster(folder, server, stack)
        proxy = stack.enter_context(DroppingProxy(cluster.url))
        cluster.start("all", proxy.url)
        first = cluster.processes[0][1]
        until("the first leads", lambda: times_led(first), 60, first)
        cluster.start("all")
        second = cluster.processes[1][1]
        until("every page is visited", lambda: sites.are_all_served_since(0), 120, first, second)

        vanished = take_over(second, proxy.is_dropping.set)
        tell(f"the leader's machine vanished: another leads after {vanished:.1f} s")
        time.sleep(15)
        proxy.is_dropping.clear()
        time.sleep(20)
        led = [leaders(cluster)]

        frozen = take_over(first, lambda: second.process.send_signal(SIGSTOP))
        tell(f"the leader is frozen: another leads after {frozen:.1f} s")
        time.sleep(15)
        second.process.send_signal(SIGCONT)
        time.sleep(20)
        led.append(leaders(cluster))
        moment = time.monotonic()
        until("every page is visited", lambda: sites.are_all_served_since(moment), 120, first, second)

        handed_over = doubled_ids(receiver)

        stopped, halted = (Away(cluster, sites, options.away) for _ in range(2))
        stopped.go(server.stop, server.start)
        tell(f"PostgreSQL was stopped for {options.away:g} s: idle for {stopped.idle:.1f} s more")
        time.sleep(20)
        halted.go(lambda: send_to_server(server, SIGSTOP), lambda: send_to_server(server, SIGCONT))
        tell(f"PostgreSQL was frozen for {options.away:g} s: idle for {halted.idle:.1f} s more")
        time.sleep(20)
        led.append(leaders(cluster))

        ended = time.monotonic()
        for each in (first, second):
            each.process.send_signal(SIGTERM)
        codes = [each.wait(90) for each in (first, second)]
        found = compare(cluster, sites, ended - 2 * CHECK_SECONDS)
        alerts, silent, doubled = check_alerts(cluster, receiver)
        with open_archive(cluster.url) as archive:
            waiting = len(list_deliveries(archive, DeliveryState.PENDING))  # of what was stored last
        # What a target accepted just before the server stopped could not be recorded: it is sent again, with its ID.
        unrecorded = sum(len(each.logged("archive_error")) for each in (first, second))
        tell("\n".join(["warnings and errors:", *log_lines(cluster)]))
    figures: dict[str, Figure] = {
        "takeover, machine vanished, s": (round(vanished, 1), "<=", MAX_TAKEOVER_SECONDS),
        "takeover, leader frozen, s": (round(frozen, 1), "<=", MAX_TAKEOVER_SECONDS),
        "fewest leaders at once": (min(led), "==", 1),
        "most leaders at once": (max(led), "==", 1),
        "idle after a stop, s": (round(stopped.idle, 1), "<=", MAX_IDLE_SECONDS),
        "idle after a freeze, s": (round(halted.idle, 1), "<=", MAX_IDLE_SECONDS),
        "archive_up 1 while it was stopped": (stopped.wrong, "==", 0),
        "archive_up 1 while it was frozen": (halted.wrong, "==", 0),
        "versions": (found["versions"], ">=", len(sites.urls) * 5),
        "served twice, not stored": (found["served and lost"], "==", 0),
        "versions of what was not served": (found["false"], "==", 0),
        "versions stored twice": (found["twice"], "==", 0),
        "reported and not stored": (found["reported and lost"], "==", 0),
        "reported twice": (found["reported twice"], "==", 0),
        "damage found by verify": (found["damage"], "==", 0),
        "alerts": (alerts, ">=", len(sites.urls)),
        "versions without an alert": (silent - waiting, "==", 0),
        "versions with two alerts": (doubled, "==", 0),
        "messages sent twice by two leaders": (handed_over, "==", 0),
        "messages sent twice": (doubled_ids(receiver), "<=", unrecorded),
        "exit codes": (max(codes), "==", 0),
    }
    return report("outages", figures)


if __name__ == "__main__":
    sys.exit(main())
