"""Fit the update model to the check log in a child process, because a fit takes minutes of CPU.

``python -m tracker.service.refit`` reads {"database": URL, "model": memo} as JSON from standard input and writes the
memo of the fitted model to standard output.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from tracker.archive.opening import open_archive
from tracker.errors import TrackerError
from tracker.jobs.curve import SHIPPED
from tracker.jobs.update_model import UpdateModel, from_json, to_json
from tracker.subprocesses import run_program

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

MAX_FIT_SECONDS: Final = 1800.0
_NICE: Final = 10  # checks and pages go first


def can_learn() -> bool:
    """Return whether the extra `fit` is installed."""
    return find_spec("scipy") is not None


def learned(archive: Archive, model: UpdateModel, now: datetime) -> UpdateModel:
    """Return `model` with constants fitted to the archive's check log; its prices are kept.

    The constants are kept too if fewer than 300 articles are in the log, or if the fit finds fewer versions on the
    newest third of it.
    """
    # Imported here because a process that checks pages fits in a child.
    from tracker.jobs.fit import checked_fit

    from .check_log import all_check_intervals

    history = all_check_intervals(archive)
    threshold = model.curve.threshold
    found = checked_fit(history, start=replace(SHIPPED, threshold=threshold), in_use=model.curve)
    tried = replace(model, tried_at=now, gain=found.gain)
    if not found.taken:
        return tried
    return replace(tried, curve=found.curve, fitted_at=now, articles=len({interval.article for interval in history}))


async def learn(database: str, model: UpdateModel) -> UpdateModel:
    """Fit `model` to the check log of `database` in a child process.

    Raises TrackerError if that fails or takes too long.
    """
    request = json.dumps({"database": database, "model": to_json(model)}).encode()
    try:
        ended = await run_program((sys.executable, "-m", __name__), request, timeout=MAX_FIT_SECONDS)
    except TimeoutError:
        raise TrackerError(
            f"fitting the update model took longer than {MAX_FIT_SECONDS:g} s", hint="the next attempt is in a day"
        ) from None
    if ended.status:
        raise TrackerError(f"fitting the update model failed: {ended.last_error or f'exit code {ended.status}'}")
    return from_json(ended.output.decode(), model.tallies)


def main() -> None:
    """Read the request from standard input and write the fitted model to standard output."""
    os.nice(_NICE)
    request = json.load(sys.stdin)
    with open_archive(request["database"], readonly=True) as opened:
        sys.stdout.write(to_json(learned(opened, from_json(request["model"]), datetime.now(UTC))))


if __name__ == "__main__":
    main()
