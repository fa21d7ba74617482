"""The exit codes, and how an error is reported: one line that says what happened, and a hint that says what to do."""

from __future__ import annotations

import io
import sys
import traceback
from difflib import get_close_matches
from typing import Final

import click

from tracker.errors import ArchiveLocked, ConfigError, SchemaMismatch, TrackerError, UsageError, reason_of

from .output import to_stderr

OK: Final = 0
ERROR: Final = 1
USAGE: Final = 2
# 3 to 5 are our own, and part of the contract: scripts ask for them.
CHANGES: Final = 3
PARTIAL: Final = 4
VERIFICATION: Final = 5
# EX_TEMPFAIL and EX_CONFIG of sysexits.h: a mail or job system tries again after 75.
LOCKED: Final = 75
CONFIG: Final = 78
# 128 + SIGINT, as shells report it.
INTERRUPTED: Final = 130

# The exit code of an error is that of the first class it belongs to: ArchiveLocked is a TrackerError too.
EXIT_CODES: Final[tuple[tuple[type[TrackerError], int], ...]] = (
    (UsageError, USAGE),
    (ConfigError, CONFIG),
    (ArchiveLocked, LOCKED),
    (TrackerError, ERROR),
)

_HINTS: Final[dict[type[TrackerError], str]] = {
    ArchiveLocked: "wait until the other writethru has finished, then try again",
    SchemaMismatch: "run: writethru db upgrade",
}
_MIN_VERBOSE_TRACEBACK: Final = 2


def leave(error: BaseException, verbose: int) -> int:
    """Report `error` on stderr and return the exit code. With -vv (`verbose` 2) or more, its traceback is shown too."""
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        to_stderr("writethru: interrupted")
        return INTERRUPTED
    if isinstance(error, click.NoSuchOption) and error.possibilities:
        # click compares options with their dashes, by which all are alike.
        names = [each.lstrip("-") for each in error.possibilities]
        near = get_close_matches(error.option_name.lstrip("-"), names, cutoff=0.65)
        error.possibilities[:] = [f"--{each}" for each in near]
    if isinstance(error, click.ClickException):
        shown = io.StringIO()
        error.show(shown)
        to_stderr(shown.getvalue().rstrip("\n"))
        return error.exit_code
    if verbose >= _MIN_VERBOSE_TRACEBACK:
        traceback.print_exception(error, file=sys.stderr)
    if isinstance(error, TrackerError):
        code = next(code for kind, code in EXIT_CODES if isinstance(error, kind))
        return _report(str(error), error.hint or _HINTS.get(type(error), ""), code)
    if isinstance(error, OSError):
        # Without the error number that Python adds, which does not help at a terminal.
        file = f"{error.filename}: " if error.filename else ""
        return _report(f"{file}{reason_of(error) or 'the operating system reported an error'}", "", ERROR)
    return _report(
        f"internal error: {type(error).__name__}: {error}",
        "this is a bug in writethru; run it again with -vv and report the output",
        ERROR,
    )


def _report(message: str, hint: str, code: int) -> int:
    to_stderr(f"writethru: {message}")
    if hint:
        to_stderr(f"hint: {hint}")
    return code
