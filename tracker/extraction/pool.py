"""Reading in children that can be killed: a hostile page may hang or crash the parser, never the service."""

from __future__ import annotations

import asyncio
import gc
import resource
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from tracker.model import Capture, Failure, FailureKind, Reading
from tracker.urls import hostname_of

from .child import Child, ChildDied
from .reading import read
from .rules import SiteRules, load_sites, rules_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
MEMORY: Final = 1 << 30
"""Address space of a child, bytes."""
TIMEOUTS: Final = (5.0, 20.0)
"""Seconds a page may take, first and second try."""
LARGE: Final = 1_000_000
"""Bytes above which pages take turns, so that not all children are busy with them: other pages must not wait."""
REFUSED_BEFORE: Final = "the page was refused before: it hung or crashed the parser twice"
_OOM_SCORE: Final = Path("/proc/self/oom_score_adj")
_SETTINGS: dict[str, tuple[SiteRules, ...]] = {}


class ExtractPool:
    """Reads captures in a few child processes, each with limits on memory, processor time and wall-clock time.

    *sites* are folders of rules for single outlets, those that win first. Raises ConfigError where a rule cannot be
    used.
    """

    def __init__(self, workers: int, *, sites: Sequence[Path] = (), timeouts: tuple[float, ...] = TIMEOUTS) -> None:
        self._timeouts = timeouts
        self._refused: set[str] = set()
        self._rules = load_sites(sites)
        self._closed = False
        self._large = asyncio.Semaphore(max(workers - 1, 1))
        self._places = asyncio.Semaphore(workers)
        self._free: list[Child] = []
        self._busy: set[Child] = set()

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
                return await self._asked(work, given, seconds)
            except TimeoutError:
                reason = f"the page took longer than {seconds:g} s to read"
            except ChildDied as error:
                reason = f"the page crashed its reader (exit code {error.code})"
            except MemoryError:
                reason = "the page needs more memory than a reader may use"
        self._refused.add(about.sha256)
        return _failure(about, reason)

    async def _asked(self, work: Callable[..., T], given: tuple[object, ...], seconds: float) -> T:
        async with self._places:
            child = self._taken()
            try:
                await child.ready()
                async with asyncio.timeout(seconds):
                    done: T = await child.ask(_work, work, given, seconds)
            finally:
                self._busy.discard(child)
                if child.waits or self._closed:
                    child.let_go()
                else:
                    self._free.append(child)
            return done

    def _taken(self) -> Child:
        """Return a child that waits for work, a new one where none is left."""
        if self._closed:
            raise RuntimeError("the pool is closed")
        while self._free:
            child = self._free.pop()
            if child.lives:
                break
            child.let_go()
        else:
            child = Child(_start, self._rules)
        self._busy.add(child)
        return child

    def close(self) -> None:
        """End the children. Idempotent."""
        self._closed = True
        for child in self._free:
            child.let_go()
        for child in self._busy:
            child.end()
        for child in (*self._free, *self._busy):
            child.join()
        self._free.clear()


def _failure(capture: Capture, reason: str) -> Failure:
    return Failure(FailureKind.UNREADABLE, reason, capture.url, capture.status, final_url=capture.final_url)


def _charset(capture: Capture) -> str:
    _, found, label = capture.header("content-type").lower().partition("charset=")
    return label.split(";")[0].strip(" \"'") if found else ""


def _start(sites: tuple[SiteRules, ...]) -> None:
    _SETTINGS["sites"] = sites
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Where the system runs out of memory its kernel shall end a reader, not the service.
    with suppress(OSError):
        _OOM_SCORE.write_text("500")
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
