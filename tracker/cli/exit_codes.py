"""Where errors leave the process: one line that says what, a hint that says what next, an exit code."""

from __future__ import annotations

import sys
import traceback

import click

from tracker.errors import ArchiveLocked, SchemaMismatch, TrackerError, UsageError
from tracker.render import safe

OK, ERROR, USAGE, CHANGES, PARTIAL, LOCKED, INTERRUPTED = 0, 1, 2, 3, 4, 75, 130
_TRACEBACKS = 2


def leave(error: BaseException, verbose: int) -> int:
    """Report *error* on stderr and return the exit code; the traceback is shown from -vv on."""
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        click.echo("writethru: interrupted", err=True)
        return INTERRUPTED
    if isinstance(error, click.ClickException):
        error.show(sys.stderr)
        return error.exit_code
    if verbose >= _TRACEBACKS:
        traceback.print_exception(error, file=sys.stderr)
    if isinstance(error, TrackerError):
        return _known(error)
    if isinstance(error, OSError):
        what = f"{error.filename}: " if error.filename else ""
        return _say(f"{what}{error.strerror or error}", "", ERROR)
    return _say(
        f"internal error: {type(error).__name__}: {error}",
        "this is a fault of writethru; run it again with -vv and report what it shows",
        ERROR,
    )


def _known(error: TrackerError) -> int:
    code = ERROR
    hint = error.hint
    if isinstance(error, UsageError):
        code = USAGE
    elif isinstance(error, ArchiveLocked):
        code = LOCKED
        hint = hint or "wait until the other writethru has ended, then try again"
    elif isinstance(error, SchemaMismatch):
        hint = hint or "run: writethru db upgrade"
    return _say(str(error), hint, code)


def _say(what: str, hint: str, code: int) -> int:
    click.echo(f"writethru: {safe(what)}", err=True)
    if hint:
        click.echo(f"hint: {safe(hint)}", err=True)
    return code
