"""A thousand alerts over targets that fail, hang and ask for patience, while the service is killed ten times.

None is lost, the order of each article is kept, and an alert arrives twice only where the receiver's answer was lost.
"""

import asyncio
import json
import multiprocessing
import os
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest

from tests.archives import new_archive_at
from tests.integration.alerts.receivers import http_server, webhook
from tracker.alerts import schedule
from tracker.alerts.delivery_worker import DeliveryWorker
from tracker.alerts.payload import version_alert
from tracker.archive.database.locking import lock
from tracker.archive.opening import open_archive
from tracker.archive.outbox import enqueue_alerts, list_deliveries, release_leases
from tracker.archive.state import count_all
from tracker.archive.thread import ArchiveThread
from tracker.config.tables import FetchConfig
from tracker.fetch.client import HttpFetcher
from tracker.model.alert import Alert, DeliveryState
from tracker.observe import logs
from tracker.service.sample_alerts import sample

TARGETS = ("good", "fails", "hangs", "busy", "cuts")
ARTICLES, VERSIONS = 20, 10
KILLS = min(10, int(os.environ.get("WRITETHRU_KILLS", "6")))
DEADLINE = 4.0
FORKS = multiprocessing.get_context("forkserver")  # one process imports all there is, its children start at once
FORKS.set_forkserver_preload(["tests.integration.alerts.test_storm"])


class Receivers:
    """Endpoints that misbehave by the number of times they saw an alert; *got* is what each took, with the time."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, str, int, float]] = []
        self.cut: set[str] = set()
        self._seen: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._busy = 6
        self._hung = 8

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        name = scope["path"].rpartition("/")[2]
        told = json.loads(body)["data"]
        self._seen[name, told["id"]] += 1
        status, headers = self._answer(name, told["id"], told["version"])
        if status is None:
            await asyncio.sleep(30)
            return
        if status < 300:
            self.got.append((name, told["id"], told["article"], told["version"], time.time()))
            if name == "cuts" and self._seen[name, told["id"]] == 1 and told["version"] % 5 == 0:
                self.cut.add(told["id"])
                raise ConnectionAbortedError("the answer is lost")
        named = [(key.encode(), value.encode()) for key, value in headers]
        await send({"type": "http.response.start", "status": status, "headers": named})
        await send({"type": "http.response.body", "body": b""})

    def _answer(self, name: str, key: str, version: int) -> tuple[int | None, tuple[tuple[str, str], ...]]:
        times = self._seen[name, key]
        if name == "fails" and times <= version % 3:
            return 500 + 3 * (times % 2), ()
        if name == "busy" and self._busy and times == 1 and version % 4 == 0:
            self._busy -= 1
            return 429, (("retry-after", "1"),)
        if name == "hangs" and self._hung:
            self._hung -= 1
            return None, ()
        return 204, ()


def thousand() -> list[Alert]:
    version, previous = sample("update")
    made = []
    for n in range(1, VERSIONS + 1):
        for target in TARGETS:
            for article in range(ARTICLES):
                ident = f"{article:012x}"
                told = replace(version, article=ident, n=n)
                made.append(version_alert("R", target, told, previous, link=""))
    return made


async def killed(database: str, base: str, pause: float | None) -> float | None:
    """Let a service deliver, kill it after *pause* seconds, and return when; None where it ended on its own."""
    ready = FORKS.Event()
    worker = FORKS.Process(target=deliver, args=(database, base, TARGETS, DEADLINE, ready))
    worker.start()
    await asyncio.to_thread(ready.wait, 60)
    await asyncio.to_thread(worker.join, 180 if pause is None else pause)
    at = time.time() if worker.is_alive() else None
    worker.kill()
    await asyncio.to_thread(worker.join)
    return at


@pytest.mark.slow
@pytest.mark.timeout(360)
async def test_a_thousand_alerts_survive_kills(tmp_path: Path):
    database = new_archive_at(tmp_path / "a.db")
    alerts = thousand()
    with open_archive(database) as store:
        assert enqueue_alerts(store, alerts, datetime.now(UTC)) == 1000
    receivers = Receivers()
    async with http_server(receivers) as url:
        base = url.removesuffix("/hook")
        kills = [await killed(database, base, 0.25 + 0.05 * n) for n in range(KILLS)]
        await killed(database, base, None)
    assert sum(at is not None for at in kills) == KILLS
    with open_archive(database) as store:
        assert count_all(store).delivered_alerts == 1000
        assert list_deliveries(store, DeliveryState.DEAD) == []
    assert {(name, key) for name, key, *_ in receivers.got} == {(each.target, each.key) for each in alerts}
    _in_order(receivers)
    _no_needless_repeat(receivers, [at for at in kills if at is not None])


def _in_order(receivers: Receivers) -> None:
    first: defaultdict[tuple[str, str], dict[int, None]] = defaultdict(dict)
    for name, _, article, version, _ in receivers.got:
        first[name, article].setdefault(version)
    assert all(list(versions) == sorted(versions) for versions in first.values())


def _no_needless_repeat(receivers: Receivers, kills: list[float]) -> None:
    times: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for name, key, _, _, at in receivers.got:
        times[name, key].append(at)
    for (name, key), taken in times.items():
        repeats = len(taken) - 1 - (key in receivers.cut)
        # What a service had sent when it was killed may be read after its end: a kill counts on either side.
        lost = sum(any(abs(kill - at) < DEADLINE for kill in kills) for at in taken)
        assert repeats <= lost, (name, key, taken, kills)


def deliver(database: str, base: str, names: Sequence[str], deadline: float, ready: Event) -> None:
    """Deliver until nothing is pending; *ready* is set once the archive is ours."""
    os.environ["WRITETHRU_ALLOW_PRIVATE"] = "1"
    # This process is for the test alone: its own delays after failures are two thousand times shorter.
    short = {name: getattr(schedule, name) / 2000 for name in ("FIRST_PAUSE", "MAX_PAUSE")}
    vars(schedule).update(short, RETRY_DELAYS=tuple(each / 2000 for each in schedule.RETRY_DELAYS))
    logs.configure("logfmt")
    asyncio.run(_work(database, base, names, deadline, ready))


async def _work(database: str, base: str, names: Sequence[str], deadline: float, ready: Event) -> None:
    with lock(database):
        async with ArchiveThread(lambda: open_archive(database)) as thread:
            await thread.run(release_leases)
            fetcher = HttpFetcher(FetchConfig(), contact="", version="test")
            targets = {name: webhook(f"{base}/{name}", fetcher) for name in names}
            outbox = DeliveryWorker(thread, targets, deadline=deadline, max_wait=0.2)
            ready.set()
            while (await thread.run(count_all)).pending_alerts:
                if not await outbox.deliver_due(datetime.now(UTC)):
                    await asyncio.sleep(0.02)
            await outbox.aclose()
            await fetcher.aclose()
