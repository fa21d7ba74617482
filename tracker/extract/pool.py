"""Reading in children that can be killed: a hostile page may hang or crash the parser, never the service."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import resource
import time
from concurrent.futures import TimeoutError as PoolTimeout
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final, TypeVar

from pebble import ProcessExpired, ProcessPool

from ..model import Capture, Failure, FailureKind, Reading
from ..urls import hostname_of
from .reading import read
from .rules import SiteRules, load_sites, rules_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

T = TypeVar("T")
MEMORY: Final = 1 << 30
"""Address space of a child, bytes."""
TIMEOUTS: Final = (5.0, 20.0)
"""Seconds a page may take, first and second try."""
LARGE: Final = 1_000_000
"""Bytes above which pages take turns, so that not all children are busy with them: other pages must not wait."""
REFUSED_BEFORE: Final = "the page was refused before: it hung or crashed the parser twice"
_SETTINGS: dict[str, tuple[SiteRules, ...]] = {}


class ExtractPool:
    """Reads captures in a few child processes, each with limits on memory, processor time and wall-clock time.

    *sites* are folders of rules for single outlets, those that win first. Raises ConfigError where a rule cannot be
    used.
    """

    def __init__(self, workers: int, *, sites: Sequence[Path] = (), timeouts: tuple[float, ...] = TIMEOUTS) -> None:
        self._timeouts = timeouts
        self._refused: set[str] = set()
        self._workers = workers
        self._rules = load_sites(sites)
        self._closed = False
        self._large = asyncio.Semaphore(max(workers - 1, 1))
        self._pool = self._opened()

    async def read(self, capture: Capture, *, prefer: str = "") -> Reading | Failure:
        """Return what the page says, or why it cannot be read. A page that failed twice is not tried again."""
        given = (capture.body, capture.final_url, _charset(capture), capture.status, prefer)
        return await self.run(_read, *given, about=capture)

    async def run(self, work: Callable[..., T], *given: object, about: Capture) -> T | Failure:
        """Return what *work*, a function of a module, makes of *given* in a child, or why it could not.

        What *about* brought is not tried again once it has failed twice.
        """
        async with self._large if len(about.body) > LARGE else nullcontext():
            return await self._tried(work, given, about)

    async def _tried(self, work: Callable[..., T], given: tuple[object, ...], about: Capture) -> T | Failure:
        if about.sha256 in self._refused:
            return _failure(about, REFUSED_BEFORE)
        reason = ""
        for seconds in self._timeouts:
            try:
                task = self._living().schedule(_work, args=(work, given, seconds), timeout=seconds)
                done: T = await asyncio.wrap_future(task)
            except (PoolTimeout, TimeoutError):
                reason = f"the page took longer than {seconds:g} s to read"
            except ProcessExpired as error:
                reason = f"the page crashed its reader (exit code {error.exitcode})"
            except MemoryError:
                reason = "the page needs more memory than a reader may use"
            else:
                return done
        self._refused.add(about.sha256)
        return _failure(about, reason)

    def _opened(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers,
            initializer=_start,
            initargs=(self._rules,),
            context=multiprocessing.get_context("spawn"),
        )

    def _living(self) -> ProcessPool:
        """Return the pool, or another where a fault of its own has ended it: it would refuse every page."""
        if not (self._closed or self._pool.active):
            self._pool.stop()  # type: ignore[no-untyped-call] # pebble has no annotation there
            self._pool = self._opened()
        return self._pool

    def close(self) -> None:
        """Stop the children. Idempotent."""
        self._closed = True
        self._pool.stop()  # type: ignore[no-untyped-call] # pebble has no annotation there
        self._pool.join()


def _failure(capture: Capture, reason: str) -> Failure:
    return Failure(FailureKind.UNREADABLE, reason, capture.url, capture.status, final_url=capture.final_url)


def _charset(capture: Capture) -> str:
    _, found, label = capture.header("content-type").lower().partition("charset=")
    return label.split(";")[0].strip(" \"'") if found else ""


def _start(sites: tuple[SiteRules, ...]) -> None:
    _SETTINGS["sites"] = sites
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # A page makes many small objects and hardly a cycle: looking for cycles less often saves a tenth of the time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _work(work: Callable[..., T], given: tuple[object, ...], seconds: float) -> T:
    # The limit counts the life of the process; a worker lives for many pages.
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + 2 * seconds) + 1, hard))
    return work(*given)


def _read(body: bytes, url: str, charset: str, status: int, prefer: str) -> Reading:
    rules = rules_for(hostname_of(url), _SETTINGS.get("sites", ()))
    return read(body, url, charset=charset, status=status, rules=rules, prefer=prefer)
