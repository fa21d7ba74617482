"""A process that delivers what an archive's outbox holds, made to be killed."""

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from multiprocessing.synchronize import Event

from tracker.alerts.channels.webhook import WebhookNotifier
from tracker.alerts.delivery_worker import DeliveryWorker
from tracker.archive.database.locking import lock
from tracker.archive.opening import open_archive
from tracker.archive.outbox import release_leases
from tracker.archive.thread import ArchiveThread
from tracker.archive.watch_state import count_all
from tracker.config.tables import FetchConfig
from tracker.fetch.client import HttpFetcher
from tracker.observe import logs


def deliver(database: str, base: str, names: Sequence[str], deadline: float, ready: Event) -> None:
    """Deliver until nothing is pending; *ready* is set once the archive is ours."""
    os.environ["WRITETHRU_ALLOW_PRIVATE"] = "1"
    logs.configure("logfmt")
    asyncio.run(_work(database, base, names, deadline, ready))


async def _work(database: str, base: str, names: Sequence[str], deadline: float, ready: Event) -> None:
    with lock(database):
        async with ArchiveThread(lambda: open_archive(database)) as thread:
            await thread.run(release_leases)
            fetcher = HttpFetcher(FetchConfig(), contact="", version="test")
            targets = {name: WebhookNotifier(f"{base}/{name}", fetcher, private=True) for name in names}
            outbox = DeliveryWorker(thread, targets, deadline=deadline, max_wait=0.2, delay_scale=0.0005)
            ready.set()
            while (await thread.run(count_all)).pending_alerts:
                if not await outbox.deliver_due(datetime.now(UTC)):
                    await asyncio.sleep(0.02)
            await outbox.aclose()
            await fetcher.aclose()
