"""How long a worker waits until it looks for a server that went away again."""

import asyncio
import gc
from typing import Any

from tracker.jobs.postgres import PostgresQueue
from tracker.observe import logs

BACK_WITHIN = 10.0


class App:
    """A queue whose server is away."""

    def task(self, **_: object) -> Any:
        return lambda work: work

    periodic = task

    async def run_worker_async(self, **_: object) -> None:
        raise OSError("connection refused")


async def test_a_server_that_is_back_is_found_soon_and_its_absence_is_reported_once(monkeypatch, capsys):
    pauses: list[float] = []

    async def at_once(waiting: Any, seconds: float) -> None:
        waiting.close()
        pauses.append(seconds)
        if len(pauses) == 20:
            queue._closing.set()
        raise TimeoutError

    monkeypatch.setattr(asyncio, "wait_for", at_once)
    logs.configure()
    app: Any = App()
    queue = PostgresQueue(app, lambda _host: asyncio.sleep(0), concurrency=1, crashed=lambda *_: None, grace=1.0)
    await queue.work()
    assert pauses == sorted(pauses)
    assert len(pauses) == 20
    assert pauses[0] < pauses[-1] < BACK_WITHIN / 2
    assert capsys.readouterr().err.count("the work was interrupted") == 1


async def test_jobs_whose_end_could_not_be_recorded_are_not_reported_as_errors(caplog):
    async def job() -> None:
        raise OSError("connection refused")

    class Leaving(App):
        async def run_worker_async(self, **_: object) -> None:
            asyncio.get_running_loop().create_task(job())
            queue._closing.set()
            await asyncio.sleep(0.01)

    app: Any = Leaving()
    queue = PostgresQueue(app, lambda _host: asyncio.sleep(0), concurrency=1, crashed=lambda *_: None, grace=1.0)
    try:
        await queue.work()
        gc.collect()
        assert caplog.records == []
    finally:
        asyncio.get_running_loop().set_exception_handler(None)
