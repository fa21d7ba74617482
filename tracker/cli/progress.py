"""Tell how far a long command is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .output import Output

# The least time between two lines, where there is no bar.
PROGRESS_SECONDS = 2.0


class Tell(Protocol):
    """Takes how far a command is."""

    def __call__(self, done: int, total: int, counted: str = "") -> None:
        """Show what is done and the whole, which is 0 if it is not known; *counted* says of what, if that changes."""


@contextmanager
def progress(out: Output, what: str, *, scale: int = 1) -> Iterator[Tell]:
    """Yield what tells how far a command is, in units of *scale*: "200 of 1,000 versions verified".

    Progress goes to stderr. The bar is taken away at the end; lines that are written meanwhile stand above it.
    """

    def text(done: int, total: int, counted: str) -> str:
        whole = f" of {total // scale:,}" if total else ""
        return f"{done // scale:,}{whole} {counted or what}"

    # A log has no cursor to move: a bar would fill it with fragments.
    if out.quiet or not sys.stderr.isatty() or os.environ.get("TERM", "") in {"dumb", ""}:
        last = time.monotonic()

        def say(done: int, total: int, counted: str = "") -> None:
            nonlocal last
            if time.monotonic() - last >= PROGRESS_SECONDS:
                last = time.monotonic()
                out.note(text(done, total, counted))

        yield say
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TextColumn("{task.description}", markup=False), TimeRemainingColumn())
    # What goes to stdout is only kept off the bar where it is on the same terminal: elsewhere it is data.
    bar = Progress(
        *columns,
        console=Console(stderr=True, no_color=out.color == "never" or not out.colored),
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
    )
    with bar:
        task = bar.add_task(what, total=None)

        def show(done: int, total: int, counted: str = "") -> None:
            bar.update(task, completed=done, total=total or None, description=text(done, total, counted))

        yield show
