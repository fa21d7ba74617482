"""Passes over a paper that end in `os._exit` at a named point: no clean-up, no flush, as if the power went.

``python -m tests.programme.crashing CONFIG`` makes a whole pass, so that all is imported, and then reads lines from
stdin, ``POINT N CONFIG`` or ``whole 0 CONFIG``; each makes it fork a process that makes one pass and dies when it goes
by the point for the Nth time. On stdout: the exit code.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.alerts import delivery_worker
from tracker.archive import checks
from tracker.config import load
from tracker.extraction import read
from tracker.fetch import HttpFetcher
from tracker.model import Capture
from tracker.pipeline import check
from tracker.service import Wanted, check_once, runtime

if TYPE_CHECKING:
    from collections.abc import Callable

DIED = 86


class Reader:
    """Reads in this process: a pool of children takes longer to start than the pass that is to be broken off."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    async def read(self, capture: Capture, *, prefer: str = "") -> object:
        return read(capture.body, capture.final_url, prefer=prefer)

    async def run(self, work: Callable[..., object], *given: object, about: Capture) -> object:
        del about
        return work(*given)

    def close(self) -> None:
        pass


POINTS: dict[str, tuple[Any, str]] = {
    "fetched": (HttpFetcher, "fetch"),
    "read": (Reader, "read"),
    "written": (checks, "carry_out"),
    "committed": (check, "settle"),
    "listed": (check, "commit_poll"),
    "claimed": (delivery_worker, "claim_deliveries"),
    "sent": (HttpFetcher, "post"),
    "acknowledged": (delivery_worker, "mark_delivered"),
}


def die(owner: Any, name: str, times: int) -> None:
    """Make the process die when *name* of *owner* has returned something for the *times*-th time."""
    real, passed = getattr(owner, name), [0]

    def went_by(result: object) -> None:
        if name == "fetch" and not isinstance(result, Capture):
            return
        if result or name in {"mark_delivered", "commit_poll"}:
            passed[0] += 1
        if passed[0] == times:
            os._exit(DIED)

    async def waited(*args: Any, **kwargs: Any) -> Any:
        result = await real(*args, **kwargs)
        went_by(result)
        return result

    def called(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs)
        went_by(result)
        return result

    setattr(owner, name, waited if inspect.iscoroutinefunction(real) else called)


def one_pass(config: Path, point: str, times: int) -> int:
    vars(runtime)["ExtractPool"] = Reader
    if point in POINTS:
        die(*POINTS[point], times)
    asyncio.run(check_once(load(config), Wanted(everything=True), no_pace=True))
    return 0


def main(config: Path) -> None:
    one_pass(config, "whole", 0)
    for line in sys.stdin:
        point, times, path = line.split()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = one_pass(Path(path), point, int(times))
            finally:
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
