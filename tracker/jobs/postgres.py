"""The queue between processes: Procrastinate on PostgreSQL, with one job for each host, never for each article.

`crawl_host(host)` has the host as its queueing lock and its lock, so that a host is queued once and crawled by one
worker at a time across all processes. Jobs carry no data, since the due times are in the archive. So the job of a dead
worker is deleted, because the next tick submits its host again, and the queue's schema is recreated whenever
Procrastinate's version changes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from typing import Any, Final

import procrastinate
import psycopg
from procrastinate import exceptions
from procrastinate.jobs import Status
from psycopg_pool import AsyncConnectionPool

from tracker.archive.database.drivers import PROCESS, SERVER_OPTIONS, TCP, archive_url
from tracker.durations import backoff
from tracker.errors import ArchiveError
from tracker.observe import logs, metrics
from tracker.tasks import wait_at_most

SCHEMA: Final = "writethru_queue"
QUEUE: Final = "hosts"
HEARTBEAT_SECONDS: Final = 5.0
# Seconds without a heartbeat after which a worker is considered dead.
MAX_SILENCE_SECONDS: Final = 30.0

NEXT_LEAP_DAY: Final = "0 0 29 2 *"

_FAULTS: Final = (exceptions.ConnectorException, psycopg.Error, OSError)
MIN_RECONNECT, MAX_RECONNECT = timedelta(seconds=1), timedelta(seconds=4)
"""The pause between attempts to reconnect: a server that is back is found within ten seconds."""
MAX_WAIT_SECONDS: Final = 10.0
"""How long a statement may wait for a connection."""
_log = logs.get("jobs")


class PostgresQueue:
    """Passes due hosts to workers in any process, as `crawl.LocalQueue` does in one.

    `offer` adds hosts, `work` takes them until `drain`; a process may do either or both. `crawl` is called
    for each host; `crashed` is called with the host if it raises.
    """

    def __init__(
        self,
        app: procrastinate.App,
        crawl: Callable[[str], Awaitable[None]],
        *,
        concurrency: int,
        crashed: Callable[[str, BaseException], None],
        grace: float,
    ) -> None:
        self._app = app
        self._crawl = crawl
        self._crashed = crashed
        self._concurrency = concurrency
        self._grace = grace
        self._closing = asyncio.Event()
        self._cancelled = False
        self._worker: asyncio.Task[None] | None = None
        self._task = app.task(name="crawl_host", queue=QUEUE)(self._take)
        # Procrastinate ends a worker with a broken heartbeat or listener only while a periodic task is pending.
        # Without one nobody would notice a worker that goes on while its hosts are given to another.
        app.periodic(cron=NEXT_LEAP_DAY)(app.task(name="leap_day", queue="leap_days")(_leap_day))

    async def offer(self, hosts: Sequence[str]) -> int:
        """Ask for hosts to be crawled by some worker; return how many were neither queued nor being crawled.

        Raises ArchiveError if the server cannot be reached.
        """
        with _reaching_server(), suppress(exceptions.AlreadyEnqueued):
            rows = await self._app.connector.execute_query_all_async(
                "SELECT DISTINCT lock FROM procrastinate_jobs"
                " WHERE status IN ('todo', 'doing') AND queue_name = 'hosts'"
            )
            busy = {row["lock"] for row in rows}
            idle = {host: lock for host in hosts if (lock := f"host:{host}") not in busy}
            if idle and not self._closing.is_set():
                # One statement for all. If another scheduler has just queued one of them, none is queued, and the next
                # tick tries again.
                jobs = [
                    self._task.configure(lock=lock, queueing_lock=lock, task_kwargs={"host": host}).job
                    for host, lock in idle.items()
                ]
                await self._app.job_manager.batch_defer_jobs_async(jobs)
                return len(idle)
        return 0

    async def work(self) -> None:
        """Crawl queued hosts until `drain`; if the server goes away, reconnect."""
        self._worker = asyncio.current_task()
        asyncio.get_running_loop().set_exception_handler(_report_unless_fault)
        failures = 0
        while not self._closing.is_set():
            before = asyncio.get_running_loop().time()
            try:
                await self._app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=self._concurrency,
                    install_signal_handlers=False,
                    delete_jobs="always",
                    shutdown_graceful_timeout=self._grace,
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=MAX_SILENCE_SECONDS,
                )
            except _FAULTS as error:
                # An outage is reported once, not for each attempt that fails.
                tell = _log.debug if failures else _log.warning
                tell("queue", detail=f"the work was interrupted and starts again: {_reason(error)}")
            lived = asyncio.get_running_loop().time() - before
            failures = 0 if lived > 3 * MAX_WAIT_SECONDS else failures + 1
            await wait_at_most(self._closing, backoff(MIN_RECONNECT, failures + 1, MAX_RECONNECT).total_seconds())

    async def drain(self, seconds: float) -> bool:
        """Accept no more and let running crawls finish; False if some were cancelled after `seconds`."""
        self._closing.set()
        worker = self._worker
        if worker is not None and not worker.done():
            # Procrastinate takes this as a request to stop: it waits up to `grace` for running jobs, then cancels them.
            worker.cancel()
            await asyncio.wait([worker], timeout=seconds + 5)
        return not self._cancelled

    async def release_dead_workers(self) -> list[str]:
        """Delete the jobs of dead workers and return their hosts. Raises ArchiveError without the server."""
        manager = self._app.job_manager
        with _reaching_server():
            stalled = list(await manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=MAX_SILENCE_SECONDS))
            for job in stalled:
                assert job.id is not None
                await manager.finish_job_by_id_async(job_id=job.id, status=Status.FAILED, delete_job=True)
            await manager.prune_stalled_workers(MAX_SILENCE_SECONDS)
        return [str(job.task_kwargs["host"]) for job in stalled]

    async def _take(self, host: str) -> None:
        metrics.HOSTS_IN_PROGRESS.inc()
        try:
            await self._crawl(host)
        except asyncio.CancelledError:
            self._cancelled = self._closing.is_set()  # and not in an outage
            raise
        except Exception as error:  # noqa: BLE001 - `crashed` logs and counts it; the other hosts continue
            self._crashed(host, error)
        finally:
            metrics.HOSTS_IN_PROGRESS.dec()


def _report_unless_fault(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report an error that nobody awaits, except for jobs whose end Procrastinate could not record."""
    if not isinstance(context.get("exception"), _FAULTS):
        loop.default_exception_handler(context)


@contextmanager
def _reaching_server() -> Iterator[None]:
    try:
        yield
    except _FAULTS as error:
        message = f"the queue cannot be reached: {_reason(error)}"
        raise ArchiveError(message, hint="the next attempt is automatic") from error


async def _leap_day(timestamp: int) -> None:
    """Do nothing, once in four years; no worker takes from its queue."""


@asynccontextmanager
async def open_postgres_queue(
    url: str,
    crawl: Callable[[str], Awaitable[None]],
    *,
    concurrency: int,
    crashed: Callable[[str, BaseException], None],
    grace: float = 20.0,
) -> AsyncIterator[PostgresQueue]:
    """Open the queue in the database of the archive, creating its schema if needed. Raises ArchiveError.

    `crawl` is called for each host that this process takes, `concurrency` at the same time; `crashed` with the host if
    it raises. `grace` is how many seconds running crawls have to end when the queue is drained.
    """
    # `PostgresQueue` and the archive report an outage once. These libraries would report each attempt to connect, in
    # words that do not say what happened.
    for name in ("procrastinate", "psycopg"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    conninfo = archive_url(url).conninfo
    connector = procrastinate.PsycopgConnector(
        conninfo=conninfo,
        kwargs=TCP | {"options": f"-c search_path={SCHEMA} {SERVER_OPTIONS}", "application_name": PROCESS},
        min_size=1,
        max_size=4,
        timeout=MAX_WAIT_SECONDS,
        # By default the pause between attempts doubles for five minutes, even if the server is back sooner.
        reconnect_timeout=MAX_RECONNECT.total_seconds(),
        reconnect_failed=AsyncConnectionPool.check,  # begins a new series of attempts
        # Procrastinate's statements are single transactions; explicit BEGIN and COMMIT would add two round trips.
        configure=lambda connection: connection.set_autocommit(True),
    )
    app = procrastinate.App(connector=connector)
    try:
        await asyncio.to_thread(prepare, conninfo)
        await app.open_async()
    except _FAULTS as error:
        raise ArchiveError(
            f"the queue cannot be opened: {_reason(error)}", hint="check that the server is running"
        ) from error
    try:
        yield PostgresQueue(app, crawl, concurrency=concurrency, crashed=crashed, grace=grace)
    finally:
        await app.close_async()


def prepare(conninfo: str) -> None:
    """Create the queue's schema, or recreate it if another version of Procrastinate made it."""
    version = f"procrastinate {'.'.join(procrastinate.__version__.split('.')[:2])}"
    with psycopg.connect(conninfo, autocommit=False) as connection:
        # Two processes that start at the same time must not both create it.
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('writethru:queue'))")
        found = connection.execute(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s", (SCHEMA,)
        ).fetchone()
        # Jobs that are lost with the old schema come back with the next tick.
        if found == (version,):
            return
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
        connection.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{version}'".encode())
        connection.execute(f"SET LOCAL search_path = {SCHEMA}")
        connection.execute(procrastinate.schema.SchemaManager.get_schema())


def _reason(error: BaseException) -> str:
    cause = error.__cause__ or error
    return (str(cause).strip().splitlines() or [type(cause).__name__])[0][:200]
