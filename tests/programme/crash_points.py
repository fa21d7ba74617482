"""Passes of the service that end in `os._exit` at a named point: no clean-up and no flush, as if it had been killed.

``python -m tests.programme.crash_points CONFIG`` makes a whole pass, so that everything is imported. Then it reads
lines from stdin, ``POINT N CONFIG`` or ``whole 0 CONFIG``. For each it forks a process that makes one pass and exits
when it gets past the point for the Nth time, and writes the exit code to stdout.
"""

import asyncio
import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tracker.archive.thread import ArchiveThread
from tracker.config.root import load
from tracker.extraction.extractor import read, read_unless_same
from tracker.fetch.client import HttpFetcher
from tracker.model.capture import Capture
from tracker.pipeline import settle
from tracker.service import runtime
from tracker.service.one_pass import Wanted, check_once

CRASHED = 86
"""The exit code of a pass that got to its point."""


class InProcessPool:
    """Extracts in this process: starting child processes takes longer than a pass."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    async def read(self, capture: Capture, *, prefer: str = "") -> object:
        return read(capture.body, capture.final_url, prefer=prefer)

    async def read_unless_same(self, capture: Capture, fingerprint: str, *, prefer: str = "") -> object:
        return read_unless_same(capture.body, capture.final_url, fingerprint, prefer=prefer)

    async def run(self, _returns: object, work: Callable[..., object], *given: object, about: Capture) -> object:
        del about
        return work(*given)

    def close(self) -> None:
        pass


FUNCTIONS: dict[str, tuple[Any, str]] = {
    "fetched": (HttpFetcher, "fetch"),
    "read": (InProcessPool, "read"),
    "written": (settle, "commit_check"),
    "sent": (HttpFetcher, "post"),
}
"""Points after a function returns; "written" is inside the transaction."""
ARCHIVE_CALLS: dict[str, str] = {
    "committed": "settle",
    "listed": "commit_poll",
    "claimed": "claim_deliveries",
    "acknowledged": "mark_delivered",
}
"""Points after the archive's thread has carried out a function of this name, alone or in a group."""
POINTS = ("fetched", "read", "written", "committed", "listed", "claimed", "sent", "acknowledged")


def crash(point: str, times: int) -> None:
    """Make the process exit when it gets past the point for the Nth time."""
    passed = 0

    def count(result: object) -> None:
        nonlocal passed
        is_passed = isinstance(result, Capture) if point == "fetched" else bool(result)
        passed += is_passed or point in {"listed", "acknowledged"}
        if passed == times:
            os._exit(CRASHED)

    if point in FUNCTIONS:
        wrap(*FUNCTIONS[point], lambda result, *_: count(result))
    else:
        name = ARCHIVE_CALLS[point]
        for method in ("run", "run_grouped"):
            wrap(ArchiveThread, method, lambda result, _, call, *__: count(result) if call.__name__ == name else None)


def wrap(owner: Any, name: str, after: Callable[..., None]) -> None:
    """Call `after` with the result and the arguments of each call of a function that returns."""
    real = getattr(owner, name)

    async def call_async(*args: Any, **kwargs: Any) -> Any:
        result = await real(*args, **kwargs)
        after(result, *args)
        return result

    def call(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs)
        after(result, *args)
        return result

    setattr(owner, name, call_async if inspect.iscoroutinefunction(real) else call)


def run_pass(config: Path, point: str, times: int) -> int:
    vars(runtime)["ExtractPool"] = InProcessPool
    if point in POINTS:
        crash(point, times)
    asyncio.run(check_once(load(config), Wanted(everything=True), no_pace=True))
    return 0


def main(config: Path) -> None:
    run_pass(config, "whole", 0)
    for line in sys.stdin:
        point, times, path = line.split()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = run_pass(Path(path), point, int(times))
            finally:
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
