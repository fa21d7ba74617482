from __future__ import annotations

import asyncio
import hashlib
import multiprocessing
from datetime import UTC, datetime

import pytest
from pebble.pool.base_pool import PoolStatus

from tests.unit.extract.pages import PARAGRAPHS, article
from tracker.extract import ExtractPool
from tracker.extract import pool as pool_module
from tracker.extract.pool import LARGE
from tracker.model import Capture, Failure, FailureKind, PageKind, Reading


def capture(body: bytes, charset: str = "") -> Capture:
    headers = (("Content-Type", f"text/html; charset={charset}" if charset else "text/html"),)
    return Capture(
        "https://herald.test/a",
        "https://herald.test/a",
        200,
        headers,
        body,
        datetime(2024, 5, 3, tzinfo=UTC),
        hashlib.sha256(body).hexdigest(),
    )


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    sites = tmp_path_factory.mktemp("sites")
    (sites / "herald.toml").write_text('hosts = ["herald.test"]\nboilerplate = ["^Nobody reads this"]\n')
    made = ExtractPool(1, sites=[sites], timeouts=(1.5, 3.0))
    yield made
    made.close()


@pytest.mark.anyio
async def test_pages_are_read_in_a_child_with_the_rules_of_their_host(pool):
    reading = await pool.read(capture(article("<p>Nobody reads this line of the house.</p>")))
    assert isinstance(reading, Reading)
    assert reading.article.text == "\n\n".join(PARAGRAPHS)


@pytest.mark.anyio
async def test_the_charset_of_the_header_counts(pool):
    reading = await pool.read(
        capture(article(paragraphs=PARAGRAPHS).decode().replace("’", "'").encode("cp1252", "replace"), "cp1252")
    )
    assert reading.page is PageKind.ARTICLE


HOSTILE = {
    "deep": b"<div>" * 60_000,
    "deep and closed": b"<div>" * 60_000 + b"x" + b"</div>" * 60_000,
    "attributes": b"<p " + b" ".join(b"a%d=1" % n for n in range(60_000)) + b">text",
    "templates": b"<template>" * 100_000,
    "lists": b"<ul><li>" * 40_000,
    "formatting": b"<p><font><b><i>" * 20_000,
    "json": b'<script type="application/ld+json">' + b"[" * 500_000 + b"</script>",
    "entities": b"&amp;" * 60_000,
}


@pytest.mark.anyio
@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_pages_do_no_harm(pool, name):
    assert len(HOSTILE[name]) > 200_000
    assert isinstance(await pool.read(capture(HOSTILE[name])), Reading | Failure)
    assert (await pool.read(capture(article()))).page is PageKind.ARTICLE


@pytest.mark.anyio
async def test_a_page_that_takes_too_long_is_refused_and_not_tried_again(monkeypatch):
    import tracker.extract.pool as module

    monkeypatch.setattr(module, "_work", _sleep)
    pool = ExtractPool(1, timeouts=(0.3, 0.4))
    try:
        slow = await pool.read(capture(article()))
        again = await pool.read(capture(article()))
    finally:
        pool.close()
    assert isinstance(slow, Failure)
    assert slow.kind is FailureKind.UNREADABLE
    assert "longer than" in slow.reason
    assert isinstance(again, Failure)
    assert "refused before" in again.reason


@pytest.mark.anyio
async def test_large_pages_leave_a_child_to_others(monkeypatch, tmp_path):
    monkeypatch.setattr(pool_module, "_work", _wait_where_large)
    pool, over = ExtractPool(2, timeouts=(60.0,)), tmp_path / "over"
    try:
        body = str(over).encode()
        large = [asyncio.create_task(pool.read(capture(body + b" " * LARGE + b"%d" % n))) for n in range(3)]
        async with asyncio.timeout(30):
            await pool.read(capture(body))
        assert not any(each.done() for each in large)
        over.touch()
        await asyncio.gather(*large)
    finally:
        over.touch()
        pool.close()


@pytest.mark.anyio
async def test_crashes_and_want_of_memory_are_told(pool, monkeypatch):
    import tracker.extract.pool as module

    for work, words in ((_crash, "crashed"), (_starve, "memory")):
        monkeypatch.setattr(module, "_work", work)
        answer = await pool.read(capture(words.encode() * 10))
        assert isinstance(answer, Failure)
        assert words in answer.reason
    monkeypatch.undo()
    both = await asyncio.gather(pool.read(capture(article())), pool.read(capture(article())))
    assert both[0] == both[1]


@pytest.mark.anyio
async def test_a_pool_that_a_fault_has_ended_is_replaced(monkeypatch):
    broken = ExtractPool(1)
    try:
        assert isinstance(await broken.read(capture(article())), Reading)
        children = [each.pid for each in multiprocessing.active_children()]
        monkeypatch.setattr(broken._pool._context, "status", PoolStatus.ERROR)
        assert isinstance(await broken.read(capture(article())), Reading)
        assert children != [each.pid for each in multiprocessing.active_children()]
    finally:
        broken.close()
    with pytest.raises(RuntimeError):
        await broken.read(capture(article()))


def _wait_where_large(_work, given, _seconds):
    import time
    from pathlib import Path

    while len(given[0]) > LARGE and not Path(given[0].split()[0].decode()).exists():
        time.sleep(0.01)


def _crash(*_):
    import os

    os.abort()


def _starve(*_):
    raise MemoryError


def _sleep(*_):
    import time

    time.sleep(30)
