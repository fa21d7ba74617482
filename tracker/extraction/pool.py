"""Extract in child processes that can be killed: a hostile page may hang or crash the parser, but never the service.

`ExtractPool` hands pages to the children; `ChildProcess` is one of them, as the parent sees it. `reader.py` is the code
that runs in the child.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import pickle
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar, TypeVarTuple

import msgspec

from tracker.errors import PageError
from tracker.model.article import Reading, SamePage
from tracker.model.capture import Capture, Failure, FailureKind
from tracker.observe import logs

from . import reader
from .reader import ERROR, LENGTH_BYTES, MAX_CHILD_MEMORY_BYTES, framed, serve
from .site_rules import load_site_rules

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_log = logs.get("pool")

TIMEOUTS_SECONDS: Final = (5.0, 20.0)
"""How long the first and the second attempt to read a page may take."""
MIN_LARGE_PAGE_BYTES: Final = 1_000_000
"""Larger pages leave one child process to the others: small pages must not wait behind them."""
_REFUSED_BEFORE: Final = "the page was refused before: it hung or crashed the parser twice"
MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024
_FORKING: Final = multiprocessing.get_context("forkserver")
_READ_BYTES: Final = 1 << 16
_START_TIMEOUT_SECONDS: Final = 60.0
_EXIT_TIMEOUT_SECONDS: Final = 5.0


class ExtractPool:
    """Child processes that read captures, each with limits on memory, processor time and elapsed time.

    Args:
        workers: how many child processes there are at most.
        sites: folders of site rules, read with the first page; the first folder with rules for an outlet counts.
        timeouts: seconds that each attempt at a page may take.
    """

    def __init__(
        self, workers: int, *, sites: Sequence[Path] = (), timeouts: tuple[float, ...] = TIMEOUTS_SECONDS
    ) -> None:
        self._timeouts = timeouts
        self._refused: set[str] = set()
        self._sites = sites
        self._rules: tuple[dict[str, Any], ...] | None = None
        self._closed = False
        self._large_pages = asyncio.Semaphore(max(workers - 1, 1))
        self._workers = asyncio.Semaphore(workers)
        self._idle: list[ChildProcess] = []
        self._busy: set[ChildProcess] = set()
        self._preparing: asyncio.Task[None] | None = None

    async def read(self, capture: Capture, *, prefer: str = "") -> Reading | Failure:
        """Return the reading of a page, or why it cannot be read; `prefer` is as in `extractor.read`."""
        arguments = (capture.body, capture.final_url, capture.charset, capture.status, prefer)
        return await self.run((Reading,), reader.read, *arguments, about=capture)

    async def read_unless_same(
        self, capture: Capture, fingerprint: str, *, prefer: str = ""
    ) -> Reading | SamePage | Failure:
        """Return SamePage if the page has the `fingerprint` of an earlier reading, else the result of `read`."""
        arguments = (capture.body, capture.final_url, capture.charset, capture.status, prefer, fingerprint)
        return await self.run((Reading, SamePage), reader.read_unless_same, *arguments, about=capture)

    async def run(
        self, returns: tuple[type[T], ...], function: Callable[..., T], *arguments: object, about: Capture
    ) -> T | Failure:
        """Call `function`, of a module, in a child process and return its result, or a Failure with the reason.

        `returns` are the types of its results. `about` is the capture that it works on: after every attempt has failed
        once, that capture is refused without a further attempt.
        """
        reason = ""
        async with self._large_pages if len(about.body) > MIN_LARGE_PAGE_BYTES else nullcontext():
            if about.sha256 in self._refused:
                return _failure(about, _REFUSED_BEFORE)
            for seconds in self._timeouts:
                try:
                    return await self._attempt(returns, function, arguments, seconds)
                except TimeoutError:
                    reason = f"the page took longer than {seconds:g} s to read"
                except ChildDied as error:
                    reason = f"the page crashed the process that read it (exit code {error.exit_code})"
                except InvalidAnswer:
                    reason = "the process that read the page gave no valid answer"
                except ChildError as error:
                    if error.kind == PageError.__name__:
                        return _failure(about, error.text)
                    if error.kind != MemoryError.__name__:
                        _log.error("reader", url=about.final_url, error=str(error), exc_info=error)
                        return _failure(about, f"an error occurred while the page was read: {error}")
                    reason = f"the page needs more than {MAX_CHILD_MEMORY_BYTES >> 30} GiB of memory to be read"
        self._refused.add(about.sha256)
        return _failure(about, reason)

    async def _attempt(
        self, returns: tuple[type[T], ...], function: Callable[..., T], arguments: tuple[object, ...], seconds: float
    ) -> T:
        """Call `function` in an idle child process that is alive, or in a new one.

        Raises ConfigError if a site rule cannot be used.
        """
        async with self._workers:
            preparing = self._preparing
            if preparing is None or (preparing.done() and (preparing.cancelled() or preparing.exception())):
                # One task for all attempts prepares the process that children are forked from.
                preparing = asyncio.create_task(asyncio.to_thread(prepare_children), name="readers")
                self._preparing = preparing
            if not preparing.done():
                await asyncio.shield(preparing)
            if self._closed:
                raise RuntimeError("the pool is closed")
            while self._idle:
                child = self._idle.pop()
                if child.is_alive:
                    break
                child.discard()
            else:
                if self._rules is None:
                    # As plain values: a child that imported their class would import pydantic.
                    self._rules = tuple(rules.model_dump() for rules in load_site_rules(self._sites))
                try:
                    child = ChildProcess(reader.initialize, self._rules)
                except (OSError, EOFError):  # the process that forks has died, but not because of the page
                    await asyncio.to_thread(prepare_children)
                    child = ChildProcess(reader.initialize, self._rules)
            self._busy.add(child)
            try:
                await child.wait_until_started()
                async with asyncio.timeout(seconds):
                    return await child.call(returns, reader.call_with_limit, function, arguments, seconds)
            finally:
                self._busy.discard(child)
                if child.owes_answer or self._closed:  # the next call would receive that answer
                    child.discard()
                else:
                    self._idle.append(child)

    def close(self) -> None:
        """End the child processes; calls in progress raise RuntimeError. Idempotent."""
        self._closed = True
        for child in self._idle:
            child.discard()
        for child in self._busy:
            child.kill()
        for child in (*self._idle, *self._busy):
            child.join()
        self._idle.clear()


def _failure(capture: Capture, reason: str) -> Failure:
    return Failure(FailureKind.UNREADABLE, reason, capture.url, capture.status, final_url=capture.final_url)


class ChildDied(Exception):
    """The child process ended before it answered; `exit_code` is below zero if a signal ended it."""

    def __init__(self, exit_code: int | None) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


class ChildError(Exception):
    """The function that the child was asked to call raised an exception; `kind` is the name of its class."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind
        self.text = text


class InvalidAnswer(Exception):
    """The child's answer is not of an expected type or length; the child must not be used again."""


def prepare_children() -> None:
    """Start the process that children are forked from, and wait until it has imported the extractor.

    A child then takes 2 ms instead of the half second of its imports, and shares the memory of the modules. The
    process that forks has one thread and no connection of ours.
    """
    _FORKING.set_forkserver_preload([reader.__name__, f"{__package__}.extractor"])
    for seconds in (0.1, 1.0, 5.0, None):
        first = _FORKING.Process(target=reader.do_nothing, daemon=True)
        try:
            first.start()
        except (OSError, EOFError):  # the old process is ending; a new one starts only after that
            if seconds is None:
                raise
            time.sleep(seconds)
        else:
            first.join()
            return


class ChildProcess:
    """A child process that calls the functions it is sent, one after the other, over a socket of its own.

    Raises OSError or EOFError if the process that forks has died; `prepare_children` starts another.

    It is started at once, and ends with the process that made it. The parent's event loop reads the results from the
    socket itself: that costs 0.22 ms for a page of 97 KB. With an executor of `concurrent.futures`, which puts threads
    and queues between them, it was 0.56 ms.

    A message in either direction is its length in 8 bytes (big-endian), then its bytes. The parent sends a pickle of
    ``(function, arguments)``. A page may have taken control of the child, so the child's answers are never unpickled:
    they are MessagePack of ``(name of a type, value)``, of limited length, and the parent decodes only values of the
    expected types.

    Args:
        initialize: a function of a module, called first in the child, with `arguments`.

    Attributes:
        owes_answer: whether an answer is still to come, so that the child cannot be called again; the first answer is
            that it has started.
    """

    def __init__(self, initialize: Callable[[*Ts], object], *arguments: *Ts) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = _FORKING.Process(target=serve, args=(theirs, initialize, arguments), daemon=True)
            try:
                self._process.start()
            except BaseException:
                ours.close()
                raise
        ours.setblocking(False)
        self._socket = ours
        self.owes_answer = True

    @property
    def is_alive(self) -> bool:
        """Return whether the process has not ended."""
        return self._process.is_alive()

    async def wait_until_started(self) -> None:
        """Wait until `initialize` has returned. Raises ChildDied if that takes more than a minute."""
        if not self.owes_answer:
            return
        try:
            async with asyncio.timeout(_START_TIMEOUT_SECONDS):
                await self._receive()
        except TimeoutError:
            raise ChildDied(None) from None
        self.owes_answer = False

    async def call(self, returns: tuple[type[T], ...], function: Callable[..., T], *arguments: object) -> T:
        """Call `function`, of a module, in the child and return its result, of one of the types `returns`.

        Raises ChildError if it raises an exception, ChildDied, InvalidAnswer. A caller that stops waiting must kill the
        child, or the answer would be taken for that of the next call.
        """
        self.owes_answer = True
        request = pickle.dumps((function, arguments), pickle.HIGHEST_PROTOCOL)
        with suppress(OSError):  # a dead child: _receive finds that out
            await asyncio.get_running_loop().sock_sendall(self._socket, framed(request))
        answer = await self._receive()
        expected: dict[str, Any] = {each.__name__: each for each in returns}
        try:
            name, value = _decoder(tuple[str, msgspec.Raw]).decode(answer)
            if name == ERROR:
                kind, text, trace = _decoder(tuple[str, str, str]).decode(value)
            else:
                result: T = _decoder(expected[name]).decode(value)
        except (msgspec.MsgspecError, KeyError, ValueError) as error:
            raise InvalidAnswer(str(error)) from error
        self.owes_answer = False
        if name == ERROR:
            raised = ChildError(kind, text)
            raised.add_note(f"in a child process:\n{trace}")
            raise raised
        return result

    def kill(self) -> None:
        """End the process at once; a caller that waits for its answer gets ChildDied. Idempotent."""
        self._process.kill()

    def discard(self) -> None:
        """End the process and close its socket, on which no call may be waiting. Idempotent."""
        self._process.kill()
        self._socket.close()

    def join(self) -> None:
        """Wait until the process has ended."""
        self._process.join()

    async def _receive(self) -> bytes:
        """Return the next answer. Raises ChildDied if the child has closed its end, InvalidAnswer if it is too long."""
        loop = asyncio.get_running_loop()
        received, missing = bytearray(), LENGTH_BYTES
        while missing > 0:
            try:
                part = await loop.sock_recv(self._socket, max(missing, _READ_BYTES))
            except OSError:
                part = b""
            if not part:
                await asyncio.to_thread(self._process.join, _EXIT_TIMEOUT_SECONDS)
                raise ChildDied(self._process.exitcode)
            received += part
            if len(received) >= LENGTH_BYTES:
                length = int.from_bytes(received[:LENGTH_BYTES])
                if length > MAX_ANSWER_BYTES:
                    raise InvalidAnswer(f"an answer of {length:,} bytes")
                missing = LENGTH_BYTES + length - len(received)
        return bytes(memoryview(received)[LENGTH_BYTES:])


@lru_cache(maxsize=16)
def _decoder(type_: Any) -> msgspec.msgpack.Decoder[Any]:  # noqa: ANN401 - any type that msgspec knows
    return msgspec.msgpack.Decoder(type_)
