"""Tell how far a long command is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .output import Output

    Tell = Callable[[int, int], None]
    """Called with what is done, and the whole, which is 0 if it is not known."""


@contextmanager
def progress(out: Output, what: str, *, scale: int = 1) -> Iterator[Tell]:
    """Yield what tells how far a command is, in units of *scale*: "200 of 1,000 versions verified".

    Progress goes to stderr. The bar is taken away at the end; lines that are written meanwhile stand above it.
    """
    if out.quiet or not sys.stderr.isatty() or os.environ.get("TERM", "") in {"dumb", ""}:
        note = out.progress()

        def say(done: int, total: int) -> None:
            note(f"{done // scale:,} of {total // scale:,} {what}" if total else f"{done // scale:,} {what}")

        yield say
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TextColumn("{task.description}", markup=False), TimeRemainingColumn())
    # What goes to stdout is only kept off the bar where it is on the same terminal: elsewhere it is data.
    bar = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty())
    with bar:
        task = bar.add_task(what, total=None)

        def show(done: int, total: int) -> None:
            text = f"{done // scale:,} of {total // scale:,} {what}" if total else f"{done // scale:,} {what}"
            bar.update(task, completed=done, total=total or None, description=text)

        yield show
