"""A worker whose connections were cut: it listens again, where Procrastinate left alone would only poll."""

import asyncio
from typing import Any

import psycopg
import pytest

from tests.postgres import Server
from tests.waiting import until
from tracker.jobs.postgres import open_postgres_queue

pytestmark = pytest.mark.postgres


async def test_a_worker_that_cannot_reach_the_server_for_a_while_listens_again(
    postgres: Server, postgres_url: str
) -> None:
    taken: list[str] = []

    async def crawl(host: str) -> None:
        taken.append(host)

    def asked(query: str) -> list[Any]:
        with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
            return connection.execute(query.encode()).fetchall()

    listening = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%' "
        "AND pid <> pg_backend_pid()"
    )
    name = postgres_url.partition("?")[0].rpartition("/")[2]
    doors = f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS'
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    async with open_postgres_queue(
        postgres_url, crawl, concurrency=4, crashed=lambda _host, _error: None, grace=0.5
    ) as queue:
        work = asyncio.create_task(queue.work())
        await until(lambda: asked(listening))
        await asyncio.to_thread(postgres.execute, f"{doors} false")
        await asyncio.to_thread(postgres.execute, cut)
        await asyncio.sleep(1)
        await asyncio.to_thread(postgres.execute, f"{doors} true")
        await until(lambda: asked(listening))
        assert await queue.offer(["a.test"])
        await until(lambda: taken)
        await queue.drain(5)
        await asyncio.wait([work])
