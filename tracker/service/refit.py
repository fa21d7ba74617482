"""Learns the curve from the check log in a process of its own, so that the service goes on meanwhile.

``python -m tracker.service.refit`` reads {"database", "beliefs"} as JSON from standard input and writes beliefs.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from tracker import archive
from tracker.errors import TrackerError
from tracker.jobs.curve import SHIPPED, replaced
from tracker.jobs.fit import ENOUGH_ARTICLES, fit
from tracker.jobs.update_model import from_json, to_json

from .check_log import all_looks

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.jobs.update_model import UpdateModel

SECONDS: Final = 1800.0
_NICE: Final = 10


def can_learn() -> bool:
    """Say whether the extra `fit` is installed."""
    return find_spec("scipy") is not None


def learned(store: Archive, beliefs: UpdateModel, now: datetime) -> UpdateModel:
    """Return beliefs whose constants are those of the archive's own log; prices stay.

    Below 300 articles the shipped constants serve.
    """
    history = all_looks(store)
    articles = len({look.article for look in history})
    if articles < ENOUGH_ARTICLES:
        return replace(beliefs, tried_at=now)
    curve = fit(history, start=replaced(SHIPPED, beliefs.curve.threshold))
    return replace(beliefs, curve=curve, fitted_at=now, articles=articles, tried_at=now)


async def learn(database: str, beliefs: UpdateModel) -> UpdateModel:
    """Return what a child process learns from the log of *database*. Raises TrackerError where it does not end well."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    given = json.dumps({"database": database, "beliefs": to_json(beliefs)}).encode()
    try:
        out, said = await asyncio.wait_for(child.communicate(given), SECONDS)
    except TimeoutError:
        raise TrackerError(f"learning took longer than {SECONDS:g} s", hint="it is tried again in a day") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        last = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise TrackerError(f"learning failed: {last or f'exit code {child.returncode}'}")
    return from_json(out.decode(), beliefs.tallies)


def main() -> None:
    """Read what is believed from standard input, write what is learned to standard output."""
    os.nice(_NICE)
    given = json.load(sys.stdin)
    store = archive.open_archive(given["database"], readonly=True)
    try:
        sys.stdout.write(to_json(learned(store, from_json(given["beliefs"]), datetime.now(UTC))))
    finally:
        store.close()


if __name__ == "__main__":
    main()
