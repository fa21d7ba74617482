"""A change written in the form that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.render import View, one_line, plain
from tracker.render.wrap import wrap

if TYPE_CHECKING:
    from .commands.diff import Sides
    from .output import Output

_WIDEST_COLUMN = 80


def show(out: Output, sides: Sides, form: str, *, changes_only: bool, context: int, width: int | None) -> None:
    """Write the change: JSON where that was asked for, else *form*."""
    if form == "facts":
        _facts(out, sides)
    elif out.json:
        from tracker.render import json

        out.data(json.change(sides.change) | dict(sides.extra))
    elif form == "patch":
        made = plain.patch(sides.old, sides.new, names=sides.names, context=context if context > 1 else 3)
        out.page(made.splitlines())
    elif form == "html":
        from tracker.render import html

        view = View(changes_only=changes_only, context=context)
        out.line(html.page(f"{sides.names[0]} … {sides.names[1]}", html.diff(sides.change, view)))
    elif form == "stat":
        out.page(plain.stat(sides.change, width=width or out.width).splitlines())
    else:
        view = View(changes_only, context, fields_only=form == "headline", words=form == "word")
        out.page(_text(out, sides, form, view, width).splitlines())


def _text(out: Output, sides: Sides, form: str, view: View, width: int | None) -> str:
    title = f"{sides.names[0]} → {sides.names[1]}" + (f"  {sides.when}" if sides.when else "")
    if out.styled:
        from tracker.render import ansi

        columns = width or out.width
        head = ansi.heading(title, sides.change, width=columns, color=out.colored)
        draw = ansi.side_by_side if form == "side-by-side" else ansi.diff
        return f"{head}\n\n{draw(sides.change, view, width=columns, color=out.colored)}"
    if form == "side-by-side":
        body = plain.side_by_side(sides.change, view, width=width or out.columns or _WIDEST_COLUMN)
    else:
        body = plain.diff(sides.change, view, width=width or out.columns)
    above = [part for text in (title, plain.summary(sides.change)) for part in wrap(text, width or out.columns)]
    return "\n".join([*above, "", body])


def _facts(out: Output, sides: Sides) -> None:
    kinds = {"number", "name", "quote", "hedge", "date"}
    found = [label for label in sides.change.labels if label.kind.value in kinds]
    if out.json:
        from tracker.render import json

        out.data({"schema": json.SCHEMA, "facts": [json.label(each) for each in found]} | dict(sides.extra))
        return
    out.page([f"{each.kind.value:<8} {one_line(each.evidence)}" for each in found] or ["No fact changed."])
