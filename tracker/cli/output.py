"""Output: data on stdout, progress on stderr; JSON lines, and a pager, colours and a bar on a terminal."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol

import click

from tracker.render.text import Style, one_line, safe, wrap

if TYPE_CHECKING:
    from tracker.views.json import Part

# Narrower, most lines would hold a single word.
MIN_WIDTH_COLUMNS = 20
MAX_WIDTH_COLUMNS = 120
# The least time between two lines, where there is no bar.
PROGRESS_SECONDS = 2.0


class Tell(Protocol):
    """A function that shows how far a command is."""

    def __call__(self, done: int, total: int, counted: str = "") -> None:
        """Show `done` of `total`, which is 0 if it is not known; `counted` names what, if that changes."""


def terminal_width() -> int:
    """Return the width of the terminal in columns, at most MAX_WIDTH_COLUMNS: longer lines are hard to read."""
    return max(MIN_WIDTH_COLUMNS, min(shutil.get_terminal_size((80, 24)).columns, MAX_WIDTH_COLUMNS))


def to_stderr(text: str) -> None:
    """Write a message to stderr, wrapped if that is a terminal."""
    # Messages quote pages and addresses, which may hold escape sequences.
    width = terminal_width() if sys.stderr.isatty() else None
    for line in safe(text).split("\n"):
        for part in wrap(line, width, rest="  "):
            print(part, file=sys.stderr, flush=True)  # noqa: T201 - stderr is where messages go


@dataclass
class Settings:
    """The global options, given before or after the command. `color` is "auto", "always" or "never"."""

    config: str = ""
    db: str = ""
    json: bool = False
    quiet: bool = False
    verbose: int = 0
    color: str = "auto"
    no_pager: bool = False


@dataclass(frozen=True)
class Output:
    """Where and how a command writes."""

    settings: Settings = field(default_factory=Settings)

    @property
    def tty(self) -> bool:
        """Return whether stdout is a terminal."""
        return sys.stdout.isatty()

    @property
    def styled(self) -> bool:
        """Return whether escape sequences may be written. If not, edits are marked with brackets."""
        # --color outweighs the settings of the terminal.
        if self.settings.color != "auto":
            return self.settings.color == "always"
        return self.tty and os.environ.get("TERM", "") not in {"dumb", ""}

    @property
    def colored(self) -> bool:
        """Return whether colours may be used."""
        # https://no-color.org asks for no colour; bold and italic are none.
        return self.settings.color == "always" or not os.environ.get("NO_COLOR")

    @property
    def style(self) -> Style:
        """Return how text is written."""
        return Style(self.styled, self.colored)

    @property
    def columns(self) -> int | None:
        """Return the width to wrap at, or None on a pipe, where lines are not wrapped unless they are coloured."""
        return self.width if self.tty or self.styled else None

    @property
    def width(self) -> int:
        """Return the width of the terminal in columns; 80 without one."""
        return terminal_width()

    def data(self, value: Part | Mapping[str, Any]) -> None:
        """Write one object with the schema number as one line of JSON, unbuffered."""
        from tracker.render.json import dumps

        # Flushed, because a program that reads the pipe may wait for each line.
        print(dumps({"schema": 1, **value} if isinstance(value, Mapping) else value), flush=True)  # noqa: T201 - stdout is where data goes

    def records(self, values: Iterable[Part | Mapping[str, Any]]) -> None:
        """Write objects as they come, each as one line of JSON."""
        for value in values:
            self.data(value)

    def line(self, text: str = "") -> None:
        """Write a line. The caller has removed unsafe characters."""
        print(text)  # noqa: T201 - stdout is where data goes

    def wrapped(self, text: str, rest: str = "  ") -> None:
        """Write one paragraph, wrapped on a terminal with `rest` before each further line."""
        for part in wrap(text, self.columns, rest=rest):
            self.line(part)

    def say(self, value: Part | Mapping[str, Any], text: str) -> None:
        """Write one result: `value` if --json was given, else `text`, whose lines are wrapped on a terminal."""
        if self.settings.json:
            self.data(value)
        else:
            for line in text.split("\n"):
                self.wrapped(line)

    def raw(self, body: bytes) -> None:
        """Write bytes unchanged, or as safe text on a terminal."""
        if self.tty:
            self.line(safe(body.decode("utf-8", "replace")))
        else:
            sys.stdout.buffer.write(body)
            sys.stdout.buffer.flush()

    def page(self, lines: Iterable[str]) -> None:
        """Write lines as they are produced, through a pager on a terminal."""
        if self.settings.no_pager or not self.tty:
            for text in lines:
                self.line(text)
            return
        rest = iter(lines)
        first = next(rest, None)
        if first is None:
            return
        # Quit if all fits on the screen, show colours, and leave the text there at the end.
        os.environ.setdefault("LESS", "FRX")
        # click ends its output with a new line.
        click.echo_via_pager(chain([first], ("\n" + text for text in rest)), color=self.styled)

    def note(self, text: str) -> None:
        """Write a message to stderr unless --quiet was given, wrapped on a terminal."""
        if not self.settings.quiet:
            to_stderr(text)

    def command(self, text: str) -> None:
        """Write a command to run next to stderr unless --quiet was given; it is not wrapped, so it can be copied."""
        if not self.settings.quiet:
            print(f"  {safe(text)}", file=sys.stderr, flush=True)  # noqa: T201 - stderr is where messages go

    def table(
        self,
        head: tuple[str, ...],
        body: Iterable[tuple[str, ...]],
        *,
        always_head: bool = False,
        none: str = "Nothing to list.",
    ) -> None:
        """Write a table: aligned and coloured on a terminal, separated by tabs on a pipe. Say `none` if it is empty.

        On a pipe it has no head unless `always_head`: cut, awk and sort take it as it is.
        """
        body = list(body)
        if not body:
            self.note(none)
            return
        if self.columns:
            self.page(self.style.table(head, body, width=self.columns))
        else:
            self.page("\t".join(map(one_line, row)) for row in ([head, *body] if always_head else body))

    @contextmanager
    def progress(self, what: str, *, scale: int = 1, timed: bool = True) -> Iterator[Tell]:
        """Yield a function that shows how far a command is, in units of `scale`: "200 of 1,000 versions verified".

        Progress goes to stderr. The bar is removed at the end; lines written in between appear above it. With
        `timed`, it also says how long the rest takes at the speed so far.
        """

        def text(done: int, total: int, counted: str) -> str:
            whole = f" of {total // scale:,}" if total else ""
            # "1 version imported", "1 of 8 versions imported".
            one = re.sub(r"s\b", "", what, count=1) if done // scale == 1 and not whole else what
            return f"{done // scale:,}{whole} {counted or one}"

        # A log has no cursor to move: a bar would fill it with fragments.
        if self.settings.quiet or not sys.stderr.isatty() or os.environ.get("TERM", "") in {"dumb", ""}:
            last = time.monotonic()

            def say(done: int, total: int, counted: str = "") -> None:
                nonlocal last
                if time.monotonic() - last >= PROGRESS_SECONDS:
                    last = time.monotonic()
                    self.note(text(done, total, counted))

            yield say
            return
        from rich import console, progress

        described = progress.TextColumn("{task.description}", markup=False)
        # Lines on stdout are kept off the bar only if they go to the same terminal: on a pipe they are data.
        bar = progress.Progress(
            progress.BarColumn(),
            described,
            *([progress.TimeRemainingColumn()] if timed else []),
            console=console.Console(stderr=True, no_color=self.settings.color == "never" or not self.colored),
            transient=True,
            redirect_stdout=sys.stdout.isatty(),
        )
        with bar:
            task = bar.add_task(what, total=None)

            def show(done: int, total: int, counted: str = "") -> None:
                bar.update(task, completed=done, total=total or None, description=text(done, total, counted))

            yield show
