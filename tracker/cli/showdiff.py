"""The two sides of a diff, and how to write the change between them in the requested form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tracker.classify.facts import changed_facts
from tracker.render import DiffOptions, ansi, facts, html, plain
from tracker.render.wrap import wrap
from tracker.views.change import ChangeView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.model import Article, Change, Fact, Version

    from .output import Output

_WIDEST_COLUMN = 80


@dataclass(frozen=True)
class Sides:
    """Both sides as text, the change between them, and their names.

    Attributes:
        names: what to call each side, such as "1a2b3c4d@v1" or a file name.
        when: when the change happened, as text; empty for files.
        pair: the versions compared, or None for files.
    """

    old: str
    new: str
    change: Change
    names: tuple[str, str]
    articles: tuple[Article, Article]
    when: str = ""
    pair: tuple[Version, Version] | None = None

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """Return the facts that differ."""
        return changed_facts(*self.articles, self.change)


def show(out: Output, sides: Sides, form: str, *, changes_only: bool, context: int, width: int | None) -> None:
    """Write the change as JSON if --json was given, else in `form`. `width` is in columns."""
    if out.json:
        _json(out, sides, form)
    elif form == "facts":
        _facts(out, sides, width)
    elif form == "patch":
        made = plain.patch(sides.old, sides.new, names=sides.names, context=context if context > 1 else 3)
        out.page(made.splitlines())
    elif form == "html":
        view = DiffOptions(changes_only=changes_only, context=context)
        out.line(html.page(f"{sides.names[0]} … {sides.names[1]}", html.diff(sides.change, view)))
    elif form == "stat":
        out.page(plain.stat(sides.change, width=width or out.width).splitlines())
    else:
        view = DiffOptions(changes_only, context, fields_only=form == "headline", words=form == "word")
        out.page([*_heading(out, sides, width), "", *_body(out, sides, form, view, width).splitlines()])


def _json(out: Output, sides: Sides, form: str) -> None:
    made = ChangeView(sides.change, sides.facts, sides.pair)
    out.data(made.facts_as_json() if form == "facts" else made.as_json())


def _heading(out: Output, sides: Sides, width: int | None) -> list[str]:
    title = f"{sides.names[0]} → {sides.names[1]}" + (f"  {sides.when}" if sides.when else "")
    if out.styled:
        return ansi.heading(title, sides.change, width=width or out.width, color=out.colored).splitlines()
    return [part for text in (title, plain.summary(sides.change)) for part in wrap(text, width or out.columns)]


def _body(out: Output, sides: Sides, form: str, view: DiffOptions, width: int | None) -> str:
    if out.styled:
        draw = ansi.side_by_side if form == "side-by-side" else ansi.diff
        return draw(sides.change, view, width=width or out.width, color=out.colored)
    if form == "side-by-side":
        return plain.side_by_side(sides.change, view, width=width or out.columns or _WIDEST_COLUMN)
    return plain.diff(sides.change, view, width=width or out.columns)


def _facts(out: Output, sides: Sides, width: int | None) -> None:
    found, blocks = sides.facts, sides.change.blocks
    if not (out.tty or out.styled or width):
        out.table(facts.HEAD, [facts.row(each, blocks) for each in found])
        return
    table = _table(out, sides, width or out.width) if found else iter(["No facts changed."])
    out.page([*_heading(out, sides, width), "", *table])


def _table(out: Output, sides: Sides, width: int) -> Iterator[str]:
    for line in facts.lines(sides.facts, sides.change.blocks, width):
        yield ansi.fact(*line, color=out.colored) if out.styled else "".join(line).rstrip()
