"""The two sides of a diff, and how to write the change between them in the requested form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from tracker.classify.facts import changed_facts
from tracker.render import ansi, html, plain
from tracker.render.rows import DiffOptions, paragraph_name
from tracker.render.safe import one_line
from tracker.render.wrap import cells, pad, wrap
from tracker.views.change import ChangeView

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tracker.model import Article, BlockChange, Change, Fact, Version

    from .output import Output

_WIDEST_COLUMN = 80
FACT_HEAD: Final = ("", "FACT", "WHERE", "BEFORE", "NOW")
MIN_SIDE_COLUMNS: Final = 14
_FIELDS: Final = {"title": "headline"}


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
        made = ChangeView(sides.change, sides.facts, sides.pair)
        out.data(made.facts_as_json() if form == "facts" else made.as_json())
    elif form == "facts":
        _facts(out, sides, width)
    elif form == "patch":
        patch = plain.patch(sides.old, sides.new, names=sides.names, context=context if context > 1 else 3)
        out.page(patch.splitlines())
    elif form == "html":
        view = DiffOptions(changes_only=changes_only, context=context)
        out.line(html.page(f"{sides.names[0]} … {sides.names[1]}", html.diff(sides.change, view)))
    elif form == "stat":
        out.page(plain.stat(sides.change, width=width or out.width).splitlines())
    else:
        view = DiffOptions(changes_only, context, fields_only=form == "headline", words=form == "word")
        out.page([*_heading(out, sides, width), "", *_body(out, sides, form, view, width).splitlines()])


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
        out.table(FACT_HEAD, [fact_row(each, blocks) for each in found])
        return
    table = [
        ansi.fact(*line, color=out.colored) if out.styled else "".join(line).rstrip()
        for line in fact_lines(found, blocks, width or out.width)
    ]
    out.page([*_heading(out, sides, width), "", *(table if found else ["No facts changed."])])


def fact_sign(fact: Fact) -> str:
    """Return ~ for a fact of an edited sentence, + or - for one that was added or removed with its sentence."""
    if fact.standing:
        return "~"
    return "-" if fact.old else "+"


def fact_row(fact: Fact, blocks: Sequence[BlockChange]) -> tuple[str, str, str, str, str]:
    """Return the sign, kind and place of a fact, and both sides of it; a dash for a side that does not state it."""
    where = _FIELDS.get(fact.where, fact.where) if fact.block is None else paragraph_name(blocks[fact.block])
    what = f"{fact.kind.value} ({fact.role})" if fact.role else fact.kind.value
    return fact_sign(fact), what, where, one_line(fact.old) or "–", one_line(fact.new) or "–"


def fact_lines(facts: Sequence[Fact], blocks: Sequence[BlockChange], width: int) -> Iterator[tuple[str, str, str]]:
    """Yield the lines of a table of *width* columns as (head, before, now), the first two padded.

    Where that leaves too little room, both sides come below the head.
    """
    rows = [FACT_HEAD, *(fact_row(fact, blocks) for fact in facts)]
    what, where = (max(cells(each[at]) for each in rows) for at in (1, 2))
    column = (width - what - where - 8) // 2
    for mark, kind, place_, old, new in rows:
        if column < MIN_SIDE_COLUMNS:
            yield f"{pad(mark, 1)} {kind}  {place_}", "", ""
            yield from (("", f"    {line}", "") for line in wrap(old, width - 4))
            yield from (("", "", f"  → {line}") for line in wrap(new, width - 4))
            continue
        head = f"{pad(mark, 1)} {pad(kind, what)}  {pad(place_, where)}  "
        for at, (left, right) in enumerate(zip_longest(wrap(old, column), wrap(new, column), fillvalue="")):
            yield head if not at else " " * cells(head), f"{pad(left, column)}  ", right
