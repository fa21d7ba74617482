"""Write text for terminals with the rich library. Without colour, edits are marked: [-removed-] and {+added+}.

rich is imported inside the functions, because `--help` does not need it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from io import StringIO
from typing import TYPE_CHECKING, Any

from ..model.change import Change, Hunk, Op
from . import plain
from .plain import REMARK, before, summary
from .rows import WHOLE, DiffOptions, Row, rows, tidy
from .safe import safe
from .timeline import MAX_SHOWN_KINDS, cells_of
from .wrap import cut, pad

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from ..model.version import Version

_STYLES = {"=": "", "-": "red strike", "+": "green underline"}
_SIGNS = {Op.SAME: "", Op.EDIT: "yellow", Op.INSERT: "green", Op.DELETE: "red", Op.MOVE: "cyan"}


def paint(*parts: Any, width: int, color: bool = True) -> str:  # noqa: ANN401 - rich renderables have no common type
    """Return rich renderables as text with escape sequences; without `color`, none of them sets a colour."""
    from rich.console import Console

    out = StringIO()
    # Nothing of the surroundings decides, such as COLUMNS or TERM: the caller has asked them already.
    console = Console(
        file=out,
        force_terminal=True,
        width=width,
        no_color=not color,
        color_system="standard",
        highlight=False,
        legacy_windows=False,
        markup=False,
        emoji=False,
    )
    console.print(*parts, sep="\n")
    return "\n".join(line.rstrip() for line in out.getvalue().rstrip("\n").split("\n"))


def hunks(parts: Iterable[Hunk], *, color: bool = True) -> Text:
    """Return hunks as rich text: removed words struck through, added ones underlined, a space between the two.

    Without `color` they are in marks, because a terminal may show neither strike nor underline.
    """
    from rich.text import Text

    if not color:
        return Text(plain.hunks(parts))
    styled: list[tuple[str, str]] = []
    for op, text in tidy(parts):
        # Without the space, "three" and "four" read as one word where strike and underline are not shown.
        if op == "+" and styled and styled[-1][1] == _STYLES["-"]:
            styled.append((" ", ""))
        styled.append((text, _STYLES[op]))
    return Text.assemble(*styled)


def diff(change: Change, options: DiffOptions = WHOLE, *, width: int = 80, color: bool = True) -> str:
    """Return a change with both sides in one text."""
    from rich.text import Text

    laid = rows(change, options)
    if not laid:
        return "No difference."
    table = _grid(expand=False)
    table.add_column(width=1)
    table.add_column(overflow="fold")
    for row in laid:
        table.add_row(Text(row.sign, style=_SIGNS[row.op]), _cell(row, color=color))
    return paint(table, width=width, color=color)


def _grid(*, expand: bool) -> Table:
    from rich.table import Table

    return Table(box=None, show_header=False, show_edge=False, pad_edge=False, padding=(0, 1, 1, 0), expand=expand)


def _cell(row: Row, *, color: bool) -> Text:
    from rich.text import Text

    if row.part == "gap":
        return Text(row.note, style="dim")
    name = "" if row.part == "block" else f"{row.name} "
    note = f"({row.note}) " if row.note else ""
    return Text.assemble((name, "bold"), (note, "italic cyan"), hunks(row.hunks, color=color), _remark(row, "\n"))


def _remark(row: Row, lead: str) -> tuple[str, str]:
    return (f"{lead}{REMARK.lstrip()}{row.remark}" if row.remark else "", "italic magenta")


def side_by_side(change: Change, options: DiffOptions = WHOLE, *, width: int = 80, color: bool = True) -> str:
    """Return a change in two columns, the old side on the left."""
    from rich.text import Text

    laid = rows(change, options)
    if not laid:
        return "No difference."
    table = _grid(expand=True)
    for ratio in (1, 0, 1):
        table.add_column(overflow="fold", ratio=ratio or None, width=None if ratio else 1)
    for row in laid:
        if row.part == "gap":
            table.add_row(Text(row.note, style="dim"), "", "")
            continue
        left, right = (hunks((h for h in row.hunks if h[0] != other), color=color) for other in "+-")
        sides = [
            Text.assemble((before(row, without), "bold" if row.part != "block" else "italic cyan"), side)
            if side
            else Text()
            for without, side in (("+", left), ("-", right))
        ]
        # The remark goes to the new side, or to the old side if there is no new one.
        remarked = 1 if right else 0
        sides[remarked].append(*_remark(row, "\n"))
        table.add_row(sides[0], Text(row.sign, style=_SIGNS[row.op]), sides[1])
    return paint(table, width=width, color=color)


def heading(text: str, change: Change | None, *, width: int, color: bool = True) -> str:
    """Return a bold line with the summary of the change below it."""
    from rich.text import Text

    lines = [Text(safe(text), style="bold")]
    if change is not None:
        lines.append(Text(summary(change), style="magenta"))
    return paint(*lines, width=width, color=color)


def line(version: Version, now: datetime, *, width: int, color: bool = True) -> str:
    """Return one line of the timeline, cut to `width` columns."""
    from rich.text import Text

    ident, step, time, size, kinds, title = cells_of(version, now, MAX_SHOWN_KINDS)
    text = Text.assemble(
        (pad(ident, 8), "yellow"),
        " ",
        pad(step, 7),
        " ",
        (pad(time, 12), "dim"),
        " ",
        (pad(size, 9), "bold"),
        " ",
        (kinds, "cyan"),
        " ",
        title,
    )
    # rich measures wide characters, so that it must cut the line.
    text.truncate(width, overflow="ellipsis")
    return paint(text, width=width, color=color)


def margin(left: str, text: str, *, color: bool = True) -> str:
    """Return one line of `blame`: where a paragraph comes from, coloured by its sign, and a piece of its text."""
    from rich.text import Text

    style = {"+": "green", "~": "yellow"}.get(left[:1], "")
    return paint(Text.assemble((left, style), text, no_wrap=True), width=len(left) + 2 * len(text) + 1, color=color)


def fact(head: str, old: str, new: str, *, color: bool = True) -> str:
    """Return one line of `diff --facts`."""
    from rich.text import Text

    styled = Text.assemble(head, (old, "red"), (new, "green"), no_wrap=True)
    return paint(styled, width=2 * len(styled) + 1, color=color)


def table(head: tuple[str, ...], body: Iterable[tuple[str, ...]], *, width: int, color: bool = True) -> str:
    """Return a table without lines; on a narrow terminal, the last column is folded."""
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for index, name in enumerate(head):
        last = index == len(head) - 1
        grid.add_column(name, no_wrap=not last, overflow="ellipsis" if not last else "fold")
    for row in body:
        grid.add_row(*(Text(cut(safe(cell), 400)) for cell in row))
    return paint(grid, width=width, color=color)
