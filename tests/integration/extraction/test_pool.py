import asyncio
import hashlib
import json
import multiprocessing
import os
import pickle
import platform
import signal
import socket
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from webencodings.labels import LABELS

from tests.integration.extraction import hostile_reader
from tests.unit.extraction.pages import PARAGRAPHS, article
from tests.waiting import until
from tracker.extraction.pool import MIN_LARGE_PAGE_BYTES, ExtractPool
from tracker.extraction.sandbox import missing_protection
from tracker.model.article import PageKind, Reading, SamePage
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


ENDLESS = "any(iter(int, 1))"


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    sites = tmp_path_factory.mktemp("sites")
    (sites / "herald.toml").write_text('hosts = ["herald.test"]\nboilerplate = ["^Nobody reads this"]\n')
    with closing(ExtractPool(1, sites=[sites])) as made:
        yield made


async def test_pages_are_read_in_a_child_with_the_rules_of_their_host_and_their_charset(pool):
    reading = await pool.read(capture(article("<p>Nobody reads this line of the outlet.</p>")))
    assert isinstance(reading, Reading)
    assert reading.article.text == "\n\n".join(PARAGRAPHS)
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


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_pages_do_no_harm(pool, name):
    assert len(HOSTILE[name]) > 200_000
    assert isinstance(await pool.read(capture(HOSTILE[name])), Reading | Failure)
    assert (await pool.read(capture(article()))).page is PageKind.ARTICLE


async def test_a_page_that_takes_too_long_is_refused_and_not_tried_again():
    page = capture(article())
    with closing(ExtractPool(1, timeouts=(0.3, 0.4))) as pool:
        slow = await pool.run((bool,), eval, ENDLESS, about=page)
        again = await pool.read(page)
    assert isinstance(slow, Failure)
    assert slow.kind is FailureKind.UNREADABLE
    assert "longer than" in slow.reason
    assert isinstance(again, Failure)
    assert "refused before" in again.reason


async def test_large_pages_leave_a_child_to_others(tmp_path):
    pool, over = ExtractPool(2, timeouts=(60.0,)), tmp_path / "over"
    pages = [capture(b" " * MIN_LARGE_PAGE_BYTES + b"%d" % n) for n in range(3)]
    try:
        large = [asyncio.create_task(pool.run((bool,), eval, wait_for(over), about=page)) for page in pages]
        async with asyncio.timeout(30):
            await pool.read(capture(article()))
        assert not any(each.done() for each in large)
        over.touch()
        await asyncio.gather(*large)
    finally:
        over.touch()
        pool.close()


async def test_crashes_and_want_of_memory_are_told(pool):
    for code, words in (("__import__('os').abort()", "crashed"), ("bytearray(1 << 40)", "memory")):
        answer = await pool.run((int,), eval, code, about=capture(words.encode()))
        assert isinstance(answer, Failure)
        assert words in answer.reason
    both = await asyncio.gather(pool.read(capture(article())), pool.read(capture(article())))
    assert both[0] == both[1]


async def test_a_child_that_died_while_it_had_nothing_to_do_is_held_against_no_page():
    others = set(multiprocessing.active_children())
    with closing(ExtractPool(1)) as made:
        assert isinstance(await made.read(capture(article())), Reading)
        for _ in range(3):
            (child,) = set(multiprocessing.active_children()) - others
            child.kill()
            child.join()
            assert isinstance(await made.read(capture(article())), Reading)
    assert set(multiprocessing.active_children()) <= others
    with pytest.raises(RuntimeError):
        await made.read(capture(article()))


async def until_at_work(others: set[BaseProcess]) -> None:
    """Wait until the one child that is not among *others* works: it was idle, and has used the processor since."""
    (child,) = set(multiprocessing.active_children()) - others
    before = _cpu_ticks(child.pid)
    await until(lambda: _cpu_ticks(child.pid) > before + 5)


def _cpu_ticks(process: int | None) -> int:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


async def test_who_no_longer_waits_takes_the_child_along():
    others = set(multiprocessing.active_children())
    with closing(ExtractPool(1)) as made:
        await made.read(capture(article()))
        waits = asyncio.create_task(made.run((bool,), eval, ENDLESS, about=capture(b"slow")))
        await until_at_work(others)
        waits.cancel()
        assert isinstance(await made.read(capture(article())), Reading)
        assert waits.cancelled()


async def test_answers_of_any_length_arrive_and_what_is_raised_is_a_failure_of_that_page(pool):
    answer = await pool.run((int,), eval, "{}['no such thing']", about=capture(b"raises"))
    assert isinstance(answer, Failure)
    assert answer.reason == "an error occurred while the page was read: KeyError: 'no such thing'"
    assert isinstance(await pool.read(capture(article())), Reading)
    for size in (0, 65_528, 65_536, 3_000_000):
        assert await pool.run((bytes,), bytes, size, about=capture(b"sizes")) == bytes(size)


async def test_closing_ends_what_is_waited_for():
    made, others = ExtractPool(1), set(multiprocessing.active_children())
    await made.read(capture(article()))
    waits = asyncio.create_task(made.run((bool,), eval, ENDLESS, about=capture(b"slow")))
    await until_at_work(others)
    made.close()
    with pytest.raises(RuntimeError):
        await waits


def wait_for(path: Path) -> str:
    """Return an expression for a child to evaluate, which has no module of the tests; it ends once *path* exists."""
    ready = f"iter(lambda: __import__('os').path.exists({str(path)!r}), True)"
    return f"not any(__import__('time').sleep(0.01) for _ in {ready})"


@pytest.mark.skipif(not os.access("/proc/self/oom_score_adj", os.W_OK), reason="only Linux can be told")
async def test_where_memory_runs_out_a_reader_goes_first():
    others = set(multiprocessing.active_children())
    with closing(ExtractPool(1)) as made:
        await made.read(capture(article()))
        (child,) = set(multiprocessing.active_children()) - others
        score, own = (Path(f"/proc/{process}/oom_score_adj").read_text() for process in (child.pid, "self"))
    assert int(score) > int(own)


SECRET = "open({path!r}).read()"
HOSTILE_CODE = {
    "read a file": SECRET,
    "write a file": "open({path!r}, 'a').write('x')",
    "make a file": "open({path!r} + '.new', 'w').write('x')",
    "list a folder": "len(__import__('os').listdir('/etc'))",
    "delete a file": "__import__('os').remove({path!r})",
    "open a connection": "__import__('socket').create_connection(('127.0.0.1', {port}), 5)",
    "send a datagram": "__import__('socket').socket(2, 2).sendto(b'x', ('127.0.0.1', {port}))",
    "open a local socket": "__import__('socket').socket(1).connect({path!r})",
    "open a raw socket": "__import__('socket').socket(2, 3, 1)",
    "run a program": "__import__('os').execv('/bin/true', ['true'])",
    "start a program": "__import__('subprocess').run(['/bin/true']).returncode",
    "look into its parent": "open('/proc/%d/environ' % __import__('os').getppid(), 'rb').read()",
    "end its parent": "__import__('os').kill(__import__('os').getppid(), 0)",
    "allow itself more memory": "__import__('resource').setrlimit(9, (1 << 40, 1 << 40))",
}


@pytest.mark.skipif(bool(missing_protection()), reason="this machine cannot confine a process")
@pytest.mark.parametrize("what", HOSTILE_CODE)
async def test_hostile_code_in_a_child_reaches_no_file_and_no_network(pool, tmp_path, what):
    path = tmp_path / "secret"
    path.write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = HOSTILE_CODE[what].format(path=str(path), port=server.getsockname()[1])
        answer = await pool.run((str, int, bytes), eval, code, about=capture(what.encode()))
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert isinstance(answer, Failure), answer
    assert "PermissionError" in answer.reason or "ValueError: not allowed to raise maximum limit" in answer.reason
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]
    assert path.read_text() == "secret"
    assert isinstance(await pool.read(capture(article())), Reading)


async def test_an_answer_that_is_none_is_refused_and_never_unpickled(pool, tmp_path):
    mark = tmp_path / "unpickled"
    bomb = pickle.dumps(Touch(mark))
    for answer in (bomb, b"", b"\x92\xa7Reading\xc0", b"\x92\xa3int\xc0"):
        module = "__import__('sys').modules['tracker.extraction.reader']"
        code = f"setattr({module}, '_encoded', lambda *_: {answer!r})"
        refused = await pool.run((Reading,), eval, code, about=capture(answer + b"bomb"))
        assert isinstance(refused, Failure)
        assert "gave no valid answer" in refused.reason
    code = "b'x' * (1 << 26)"
    assert isinstance(await pool.run((bytes,), eval, code, about=capture(b"long")), Failure)
    assert not mark.exists()
    assert isinstance(await pool.read(capture(article())), Reading)


@dataclass
class Touch:
    path: Path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("encoding", sorted(set(LABELS.values())))
async def test_a_page_in_any_encoding_of_the_standard_is_read_or_refused_by_name(pool, encoding):
    page = article().replace(b"</body>", b"<p>Caf\xe9 \x1b$)C \xa4\xa1 ~{VP~}</p></body>")
    found = await pool.read(capture(page, encoding))
    named = isinstance(found, Failure) and "an encoding that may not be decoded" in found.reason
    assert isinstance(found, Reading) or named


KILLED = """
import asyncio, os, pickle, select, signal, socket

made = []
pair = socket.socketpair
socket.socketpair = lambda: made.append(pair()) or made[-1]

from tracker.extraction.pool import ChildProcess, framed

async def ask():
    child = ChildProcess(int)
    await child.wait_until_started()
    await child.call((bytes,), bytes, 10)
    (ours, _) = made[-1]
    ours.sendall(framed(pickle.dumps((bytes, (10,)))))
    select.select([ours], [], [])  # it has answered, and nobody reads it
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(ask())
"""


@lru_cache(maxsize=2)
def attempts_of(user: str) -> dict[str, Any]:
    """Return what came of the attempts of `hostile_reader`, as the user that tests or as nobody."""
    done = subprocess.run(
        [sys.executable, "-m", hostile_reader.__name__, "65534" if user == "nobody" else "0"],
        env=os.environ | {hostile_reader.SECRET_NAME: token_hex(20)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "owned" not in done.stdout + done.stderr
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


USERS = ["self", pytest.param("nobody", marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root can be nobody"))]
CONFINED = pytest.mark.skipif(
    bool(missing_protection()) or platform.machine() != "x86_64", reason="the attempts are for Linux on x86_64"
)


@CONFINED
@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("what", hostile_reader.ATTEMPTS)
def test_code_that_took_over_a_reader_is_refused(user, what):
    assert attempts_of(user)["attempts"][what] is False


@CONFINED
@pytest.mark.parametrize("user", USERS)
def test_a_reader_has_no_secret_and_no_descriptor_but_its_own_and_the_service_is_as_before(user):
    assert len(hostile_reader.ATTEMPTS) >= 40
    answers = attempts_of(user)
    assert (answers["environment"], answers["leaks"]) == ("", 0)
    *standard, own = answers["opened"]
    assert standard == ["/dev/null"] * 3
    assert own.startswith("socket:")
    assert answers["unchanged"]
    assert answers["files"] == ["file"]
    assert answers["next reader"] is True


@pytest.mark.skipif(sys.platform != "linux", reason="the process that forks is found in /proc")
async def test_a_process_that_forks_is_replaced_once_it_is_dead():
    others = set(multiprocessing.active_children())
    with closing(ExtractPool(1)) as made:
        for _ in range(3):
            assert isinstance(await made.read(capture(article())), Reading)
            (child,) = set(multiprocessing.active_children()) - others
            os.kill(parent_of(child.pid), signal.SIGKILL)
            child.kill()
        assert isinstance(await made.read(capture(article())), Reading)


def parent_of(process: int | None) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_child_ends_without_a_word_when_its_parent_is_killed():
    # Its stderr is its parent's, so this waits for it, too.
    done = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert done.stderr == ""


async def test_a_page_that_says_the_same_is_recognised_in_a_child(pool):
    first = await pool.read(capture(article()))
    other = article(after="<script>t = 2</script>").replace(b"1 Quay Street", b"2 Quay Street")
    assert await pool.read_unless_same(capture(other), first.fingerprint) == SamePage()
    edited = article().replace(b"nine to four", b"nine to three")
    assert "nine to three" in (await pool.read_unless_same(capture(edited), first.fingerprint)).article.text
