"""Text with styles, written with the escape sequences of terminals or without any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from .text import cells, cut, facts, one_line, pad, wrap

# A text and its style: words of _CODES, such as "bold" or "red strike".
Span = tuple[str, str]
_ATTRIBUTES: Final = {"bold": 1, "dim": 2, "italic": 3, "underline": 4, "strike": 9}
_CODES: Final = {**_ATTRIBUTES, "red": 31, "green": 32, "yellow": 33, "magenta": 35, "cyan": 36}
_GAP_COLUMNS: Final = 2
# Narrower columns of a table say nothing any more.
MIN_COLUMN: Final = 8
MIN_LAST_COLUMN: Final = 20
MAX_CELL_COLUMNS: Final = 400


@dataclass(frozen=True, slots=True)
class Style:
    """How text is written: with escape sequences if `escapes`, and with colours among them if `color`."""

    escapes: bool = False
    color: bool = True

    def write(self, line: Iterable[Span]) -> str:
        """Return one line. The caller has removed unsafe characters."""
        if not self.escapes:
            return "".join(text for text, _ in line).rstrip()
        known = _CODES if self.color else _ATTRIBUTES
        written: list[str] = []
        for name, run in groupby(line, key=lambda span: span[1]):
            text = "".join(part for part, _ in run)
            codes = ";".join(str(code) for code in sorted(known[word] for word in name.split() if word in known))
            written.append(f"\x1b[{codes}m{text}\x1b[0m" if codes and text else text)
        return "".join(written)

    def wrapped(
        self, spans: Sequence[Span], width: int | None, *, first: Span = ("", ""), rest: str = ""
    ) -> list[list[Span]]:
        """Break text at spaces as `wrap` does, and keep its styles."""
        text = "".join(part for part, _ in spans)
        lines = wrap(text, width, first=first[0], rest=rest)
        if not self.escapes:
            return [[(line, "")] for line in lines]
        styles = [name for part, name in spans for _ in part]
        made: list[list[Span]] = []
        at = 0
        for line in lines:
            lead = rest if made else first[0]
            placed: list[Span] = []
            # All that `wrap` leaves out is spaces.
            for char in line[len(lead) :]:
                at = text.index(char, at) + 1
                placed.append((char, styles[at - 1]))
            runs = groupby(placed, key=lambda each: each[1])
            body = [("".join(char for char, _ in run), name) for name, run in runs]
            made.append([(lead, "" if made else first[1]), *body])
        return made

    def paragraph(self, span: Span, width: int | None, *, first: Span = ("", ""), rest: str = "") -> list[str]:
        """Return a text of one style as lines."""
        return [self.write(line) for line in self.wrapped([span], width, first=first, rest=rest)]

    def table(self, head: tuple[str, ...], body: Iterable[tuple[str, ...]], *, width: int) -> list[str]:
        """Return a table without rules. Where it is too wide, the last column is folded, and the widest others cut.

        If even that is too wide, each row is written as a list of names and values.
        """
        rows = [[cut(one_line(cell), MAX_CELL_COLUMNS) for cell in row] for row in (head, *body)]
        *sizes, last = (max(map(cells, column)) for column in zip(*rows, strict=True))
        room = width - _GAP_COLUMNS * len(sizes)
        while sum(sizes) + min(last, MIN_LAST_COLUMN) > room and max(sizes, default=0) > MIN_COLUMN:
            sizes[sizes.index(max(sizes))] -= 1
        lines: list[str] = []
        if sum(sizes) + min(last, MIN_LAST_COLUMN) > room:
            column = max(map(cells, head)) + _GAP_COLUMNS
            for row in rows[1:]:
                lines += [*[""] * bool(lines), *facts(zip(head, row, strict=True), width, column)]
            return lines
        for *row, folded in rows:
            lead = "".join(pad(cut(cell, size), size + _GAP_COLUMNS) for cell, size in zip(row, sizes, strict=True))
            fit = max(width, len(lead) + MIN_COLUMN)
            name = "" if lines else "bold"
            lines += self.paragraph((folded, name), fit, first=(lead, name), rest=" " * cells(lead))
        return lines


PLAIN: Final = Style()
