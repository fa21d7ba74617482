"""stdout is data, stderr is progress. JSON lines, a pager on a terminal, colours where they are wanted."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from tracker.render.safe import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

_NARROW, _WIDEST = 20, 120


@dataclass(frozen=True)
class Output:
    """Where a command writes. *color* is auto, always or never."""

    json: bool = False
    quiet: bool = False
    color: str = "auto"
    pager: bool = True

    @property
    def tty(self) -> bool:
        """Say whether somebody watches stdout."""
        return sys.stdout.isatty()

    @property
    def styled(self) -> bool:
        """Say whether escape sequences may be written at all; else edits are marked with brackets."""
        if self.color != "auto":
            return self.color == "always"
        return self.tty and os.environ.get("TERM", "") not in {"dumb", ""}

    @property
    def colored(self) -> bool:
        """Say whether colours may be used; NO_COLOR leaves strike and underline."""
        return self.color == "always" or not os.environ.get("NO_COLOR")

    @property
    def columns(self) -> int | None:
        """Return the columns of the terminal, None on a pipe: there lines are not broken."""
        return self.width if self.tty else None

    @property
    def width(self) -> int:
        """Return the columns to fit into, at most 120: longer lines are hard to read."""
        import shutil  # imported here because output to a pipe has no width

        return max(_NARROW, min(shutil.get_terminal_size((80, 24)).columns, _WIDEST))

    def data(self, value: Mapping[str, Any]) -> None:
        """Write one object on one line, at once."""
        from tracker.render.json import dumps

        print(dumps(value), flush=True)  # noqa: T201 - stdout is where data goes

    def line(self, text: str = "") -> None:
        """Write a line; who calls has made it safe."""
        print(text)  # noqa: T201 - stdout is where data goes

    def wrapped(self, text: str, rest: str = "  ") -> None:
        """Write one paragraph: broken to fit a terminal, *rest* before its further lines; whole on a pipe."""
        from tracker.render.wrap import wrap

        for part in wrap(text, self.columns, rest=rest):
            self.line(part)

    def say(self, value: Mapping[str, Any], text: str) -> None:
        """Write one result: *value* with the schema's number where JSON was asked for, else *text*."""
        if self.json:
            self.data({"schema": 1, **value})
        else:
            self.line(text)

    def raw(self, body: bytes) -> None:
        """Write bytes as they are; on a terminal as safe text."""
        if self.tty:
            self.line(safe(body.decode("utf-8", "replace")))
        else:
            sys.stdout.buffer.write(body)
            sys.stdout.buffer.flush()

    def page(self, lines: Iterable[str]) -> None:
        """Write lines as they come, through a pager where somebody watches."""
        if not (self.pager and self.tty):
            for text in lines:
                self.line(text)
            return
        os.environ.setdefault("LESS", "FRX")
        click.echo_via_pager((text + "\n" for text in lines), color=self.styled)

    def note(self, text: str) -> None:
        """Tell people something on stderr, unless they asked for quiet."""
        if not self.quiet:
            print(safe(text), file=sys.stderr, flush=True)  # noqa: T201 - stderr is where progress goes

    def table(self, head: tuple[str, ...], body: Iterable[tuple[str, ...]]) -> None:
        """Write a table: aligned and coloured on a terminal, tabs between the columns on a pipe."""
        body = list(body)
        if not body:
            self.note("there is nothing to list")
            return
        if self.styled:
            from tracker.render import ansi

            self.page(ansi.table(head, body, width=self.width, color=self.colored).splitlines())
        elif self.tty:
            self.page(_aligned([head, *body]))
        else:
            self.page("\t".join(" ".join(safe(cell).split()) for cell in row) for row in body)


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    from tracker.render.wrap import cells, pad

    clean = [[" ".join(safe(cell).split()) for cell in row] for row in rows]
    widths = [max(cells(row[index]) for row in clean) for index in range(len(clean[0]))]
    return ["  ".join(pad(cell, size) for cell, size in zip(row, widths, strict=True)).rstrip() for row in clean]
