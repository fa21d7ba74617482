import asyncio
import hashlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.extraction.pages import PARAGRAPHS, article
from tracker.extraction import ExtractPool
from tracker.extraction.pool import MIN_LARGE_PAGE_BYTES
from tracker.model.article import PageKind, Reading
from tracker.model.capture import Capture, Failure, FailureKind


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
    made = ExtractPool(1, sites=[sites])
    yield made
    made.close()


@pytest.mark.anyio
async def test_pages_are_read_in_a_child_with_the_rules_of_their_host(pool):
    reading = await pool.read(capture(article("<p>Nobody reads this line of the outlet.</p>")))
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
async def test_a_page_that_takes_too_long_is_refused_and_not_tried_again():
    pool, page = ExtractPool(1, timeouts=(0.3, 0.4)), capture(article())
    try:
        slow = await pool.run(_sleep, about=page)
        again = await pool.read(page)
    finally:
        pool.close()
    assert isinstance(slow, Failure)
    assert slow.kind is FailureKind.UNREADABLE
    assert "longer than" in slow.reason
    assert isinstance(again, Failure)
    assert "refused before" in again.reason


@pytest.mark.anyio
async def test_large_pages_leave_a_child_to_others(tmp_path):
    pool, over = ExtractPool(2, timeouts=(60.0,)), tmp_path / "over"
    pages = [capture(b" " * MIN_LARGE_PAGE_BYTES + b"%d" % n) for n in range(3)]
    try:
        large = [asyncio.create_task(pool.run(_wait_for, str(over), about=page)) for page in pages]
        async with asyncio.timeout(30):
            await pool.read(capture(article()))
        assert not any(each.done() for each in large)
        over.touch()
        await asyncio.gather(*large)
    finally:
        over.touch()
        pool.close()


@pytest.mark.anyio
async def test_crashes_and_want_of_memory_are_told(pool):
    for function, words in ((_crash, "crashed"), (_starve, "memory")):
        answer = await pool.run(function, about=capture(words.encode()))
        assert isinstance(answer, Failure)
        assert words in answer.reason
    both = await asyncio.gather(pool.read(capture(article())), pool.read(capture(article())))
    assert both[0] == both[1]


@pytest.mark.anyio
async def test_a_child_that_died_while_it_had_nothing_to_do_is_held_against_no_page():
    made, others = ExtractPool(1), set(multiprocessing.active_children())
    try:
        assert isinstance(await made.read(capture(article())), Reading)
        for _ in range(3):
            (child,) = set(multiprocessing.active_children()) - others
            child.kill()
            child.join()
            assert isinstance(await made.read(capture(article())), Reading)
    finally:
        made.close()
    assert set(multiprocessing.active_children()) <= others
    with pytest.raises(RuntimeError):
        await made.read(capture(article()))


@pytest.mark.anyio
async def test_who_no_longer_waits_takes_the_child_along(tmp_path):
    made, begun = ExtractPool(1), tmp_path / "begun"
    try:
        waits = asyncio.create_task(made.run(_begin_and_sleep, str(begun), about=capture(b"slow")))
        async with asyncio.timeout(30):
            while not begun.exists():
                await asyncio.sleep(0.01)
        waits.cancel()
        assert isinstance(await made.read(capture(article())), Reading)
        assert waits.cancelled()
    finally:
        made.close()


@pytest.mark.anyio
async def test_what_work_raises_in_a_child_is_raised_here(pool):
    with pytest.raises(KeyError, match="no such") as met:
        await pool.run(_raise, about=capture(b"raises"))
    assert "in _raise" in "".join(met.value.__notes__)
    with pytest.raises(RuntimeError, match="cannot be sent"):
        await pool.run(_raise_what_stays, about=capture(b"raises"))
    assert isinstance(await pool.read(capture(article())), Reading)


@pytest.mark.anyio
async def test_answers_of_any_length_arrive(pool):
    for size in (0, 65_528, 65_536, 3_000_000):
        assert await pool.run(bytes, size, about=capture(b"sizes")) == bytes(size)


@pytest.mark.anyio
async def test_closing_ends_what_is_waited_for(tmp_path):
    made, begun = ExtractPool(1), tmp_path / "begun"
    waits = asyncio.create_task(made.run(_begin_and_sleep, str(begun), about=capture(b"slow")))
    async with asyncio.timeout(30):
        while not begun.exists():
            await asyncio.sleep(0.01)
    made.close()
    with pytest.raises(RuntimeError):
        await waits


def _wait_for(path):
    while not Path(path).exists():
        time.sleep(0.01)


def _crash():
    os.abort()


def _starve():
    raise MemoryError


def _sleep():
    time.sleep(30)


def _begin_and_sleep(path):
    Path(path).touch()
    time.sleep(30)


def _raise():
    raise KeyError("no such thing")


def _raise_what_stays():
    raise _Stays("cannot be sent", 1)


class _Stays(Exception):
    def __init__(self, words, count) -> None:
        super().__init__(words)


def _first_to_go() -> str:
    return Path("/proc/self/oom_score_adj").read_text()


@pytest.mark.skipif(not os.access("/proc/self/oom_score_adj", os.W_OK), reason="only Linux can be told")
@pytest.mark.anyio
async def test_where_memory_runs_out_a_reader_goes_first(pool):
    assert int(await pool.run(_first_to_go, about=capture(b"score"))) > int(_first_to_go())


KILLED = """
import asyncio, os, signal, time
from tracker.extraction.child_process import ChildProcess

async def ask():
    child = ChildProcess(int)
    await child.wait_until_started()
    asked = asyncio.create_task(child.call(bytes, 10))
    await asyncio.sleep(0.1)
    asked = asyncio.create_task(child.call(bytes, 10))
    await asyncio.sleep(0)
    time.sleep(1)  # it has answered by now, and nobody has read it
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(ask())
"""


def test_a_child_ends_without_a_word_when_its_parent_is_killed():
    # Its stderr is its parent's, so this waits for it, too.
    done = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert done.stderr == ""
