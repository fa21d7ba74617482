"""Extract in child processes that can be killed: a hostile page may hang or crash the parser, but never the service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final, TypeVar

from tracker.errors import PageError
from tracker.model.article import Reading, SamePage
from tracker.model.capture import Capture, Failure, FailureKind
from tracker.observe import logs

from . import reader
from .child_process import ChildDied, ChildError, ChildProcess, InvalidAnswer, prepare_children

T = TypeVar("T")

_log = logs.get("pool")

TIMEOUTS_SECONDS: Final = (5.0, 20.0)
"""How long the first and the second attempt to read a page may take."""
MIN_LARGE_PAGE_BYTES: Final = 1_000_000
"""Larger pages leave one child process to the others: small pages must not wait behind them."""
_REFUSED_BEFORE: Final = "the page was refused before: it hung or crashed the parser twice"


class ExtractPool:
    """Child processes that read captures, each with limits on memory, processor time and elapsed time.

    Args:
        workers: how many child processes there are at most.
        sites: folders of site rules, read with the first page; for an outlet, the first folder that knows it counts.
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
        """Return what the page says, or why it cannot be read; `prefer` is as in `extractor.read`."""
        arguments = (capture.body, capture.final_url, capture.charset, capture.status, prefer)
        return await self.run((Reading,), reader.read, *arguments, about=capture)

    async def read_unless_same(
        self, capture: Capture, fingerprint: str, *, prefer: str = ""
    ) -> Reading | SamePage | Failure:
        """Return SamePage if the page has the `fingerprint` of an earlier reading, else what `read` returns."""
        arguments = (capture.body, capture.final_url, capture.charset, capture.status, prefer, fingerprint)
        return await self.run((Reading, SamePage), reader.read_unless_same, *arguments, about=capture)

    async def run(
        self, returns: tuple[type[T], ...], function: Callable[..., T], *arguments: object, about: Capture
    ) -> T | Failure:
        """Return what `function`, of a module, returns in a child process, or why it could not.

        `returns` are the types that it may return. `about` is the capture that it works on: once that has failed at
        every attempt, it is refused without another.
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
                    reason = f"the page crashed its reader (exit code {error.exit_code})"
                except InvalidAnswer:
                    reason = "the page's reader gave no valid answer"
                except ChildError as error:
                    if error.kind != MemoryError.__name__:
                        return _failure(about, _explain(error, about))
                    reason = "the page needs more memory than a reader may use"
        self._refused.add(about.sha256)
        return _failure(about, reason)

    async def _attempt(
        self, returns: tuple[type[T], ...], function: Callable[..., T], arguments: tuple[object, ...], seconds: float
    ) -> T:
        async with self._workers:
            if not (preparing := self._prepared()).done():
                await asyncio.shield(preparing)
            child = self._take_child()
            try:
                await child.wait_until_started()
                async with asyncio.timeout(seconds):
                    return await child.call(returns, reader.call_with_limit, function, arguments, seconds)
            finally:
                self._busy.discard(child)
                if child.owes_answer or self._closed:  # the next call would take that answer for its own
                    child.discard()
                else:
                    self._idle.append(child)

    def _prepared(self) -> asyncio.Task[None]:
        """Return the task, common to all attempts, that prepares the process which children are forked from."""
        task = self._preparing
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._preparing = asyncio.create_task(
                asyncio.to_thread(prepare_children, reader.__name__, f"{__package__}.extractor"), name="readers"
            )
        return task

    def _take_child(self) -> ChildProcess:
        """Return an idle child process that is alive, a new one if there is none.

        Raises ConfigError if a site rule cannot be used.
        """
        if self._closed:
            raise RuntimeError("the pool is closed")
        while self._idle:
            child = self._idle.pop()
            if child.is_alive:
                break
            child.discard()
        else:
            if self._rules is None:
                from .site_rules import load_site_rules  # most runs read no page

                # As plain values: a child that imported their class would import pydantic.
                self._rules = tuple(rules.model_dump() for rules in load_site_rules(self._sites))
            child = ChildProcess(reader.initialize, self._rules)
        self._busy.add(child)
        return child

    def close(self) -> None:
        """End the child processes; calls that wait for them raise RuntimeError. Idempotent."""
        self._closed = True
        for child in self._idle:
            child.discard()
        for child in self._busy:
            child.kill()
        for child in (*self._idle, *self._busy):
            child.join()
        self._idle.clear()


def _explain(error: ChildError, about: Capture) -> str:
    """Return why a page could not be read; log the error unless it says that of the page itself."""
    if error.kind == PageError.__name__:
        return error.text
    _log.error("reader", url=about.final_url, error=str(error), exc_info=error)
    return f"the page's reader failed: {error}"


def _failure(capture: Capture, reason: str) -> Failure:
    return Failure(FailureKind.UNREADABLE, reason, capture.url, capture.status, final_url=capture.final_url)
