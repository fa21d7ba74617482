"""Wait for asyncio events and tasks, and run a program, for a limited number of seconds."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import PIPE
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any


async def wait_at_most(event: asyncio.Event, seconds: float) -> None:
    """Return once `event` is set, or after `seconds`."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


async def finish_tasks(tasks: Iterable[asyncio.Task[Any]], seconds: float) -> bool:
    """Wait up to `seconds` for `tasks`, then cancel the others; return whether all ended on their own.

    When it returns, all have ended. Their exceptions are not raised.
    """
    running = list(tasks)
    if not running:
        return True
    _, late = await asyncio.wait(running, timeout=seconds)
    for task in late:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    return not late


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended: its exit status, below zero if a signal ended it, and its output."""

    status: int
    output: bytes
    errors: bytes

    @property
    def last_error(self) -> str:
        """The last line that it wrote to standard error, or ""."""
        return self.errors.decode("utf-8", "replace").strip().rpartition("\n")[2]


async def run_program(
    command: Sequence[str],
    stdin: bytes,
    *,
    timeout: float,  # noqa: ASYNC109 - it also ends the program
    stdout: int = PIPE,
    stderr: int = PIPE,
    environment: Mapping[str, str] | None = None,
) -> Ended:
    """Run a program, without a shell, in a session of its own, and return how it ended.

    `timeout` is in seconds; `stdout` and `stderr` as `asyncio.subprocess` names them; without `environment` it gets the
    variables of this process. Raises TimeoutError if it did not end in time, OSError if it cannot be started.
    """
    child = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=stdout, stderr=stderr, env=environment, start_new_session=True
    )
    try:
        async with asyncio.timeout(timeout):
            output, errors = await child.communicate(stdin)
    finally:
        with suppress(ProcessLookupError):  # with its children
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()
    assert child.returncode is not None
    return Ended(child.returncode, output or b"", errors or b"")
