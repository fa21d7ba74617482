"""History flow, after Viégas, Wattenberg and Dave (CHI 2004): versions stand side by side, paragraphs run through them.

A column is a version, a bar a paragraph as tall as it is long, a band joins it to itself in the next version. A band
that ends is a paragraph taken out, a bar without a band a new one; an outlined bar was edited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...model import Op
from .svg import HUES, number, path, picture, rect

if TYPE_CHECKING:
    from .lineage import Cell, Strand, Weave

_COLUMN: Final = 100.0
_BAR: Final = 16.0
_HEIGHT: Final = 240.0
_GAP: Final = 3.0
_LEAST: Final = 3.0

_Bar = tuple[float, float]
"""Top and height of a bar."""


def flow(woven: Weave) -> str:
    """Return the picture; column centres lie at (i + ½) / n of its width."""
    scale = _scale(woven)
    columns = [_stacked(woven.at(version), scale) for version in woven.versions]
    bands = [shape for place in range(len(columns) - 1) for shape in _bands(woven, columns, place)]
    bars = [shape for place, version in enumerate(woven.versions) for shape in _bars(woven, columns, place, version)]
    edits = sum(len(strand.edits) for strand in woven.strands)
    said = (
        f"History flow: {len(woven.strands)} paragraphs through {len(woven.versions)} versions, "
        f"{edits} edit{'s' * (edits != 1)} of standing paragraphs"
    )
    return picture(_COLUMN * len(woven.versions), _HEIGHT, "flow", said, [*bands, *bars])


def hue(strand: Strand) -> str:
    """Return the class that colours a paragraph."""
    return f"c{strand.number % HUES}"


def _scale(woven: Weave) -> float:
    """Return pixels a word, so that the tallest column fits."""
    tallest = 0.0
    for version in woven.versions:
        cells = [cell for _, cell in woven.at(version)]
        room = max(_HEIGHT - _GAP * len(cells), _HEIGHT / 3)
        tallest = max(tallest, sum(max(cell.words, 1) for cell in cells) / room)
    return 1 / tallest if tallest else 1.0


def _stacked(standing: list[tuple[Strand, Cell]], scale: float) -> dict[int, _Bar]:
    heights = [max(cell.words * scale, _LEAST) for _, cell in standing]
    gap = min(_GAP, max(_HEIGHT - sum(heights), 0) / max(len(heights), 1))
    shrink = min(1.0, _HEIGHT / max(sum(heights), 1))
    bars: dict[int, _Bar] = {}
    top = 0.0
    for (strand, _), height in zip(standing, heights, strict=True):
        bars[strand.number] = (top, height * shrink)
        top += height * shrink + gap
    return bars


def _bands(woven: Weave, columns: list[dict[int, _Bar]], place: int) -> list[str]:
    left = _COLUMN * (place + 0.5) + _BAR / 2
    right = _COLUMN * (place + 1.5) - _BAR / 2
    middle = number((left + right) / 2)
    shapes = []
    for strand in woven.strands:
        here, there = columns[place].get(strand.number), columns[place + 1].get(strand.number)
        if here is None or there is None:
            continue
        (a, high), (b, other) = here, there
        start, end = number(left), number(right)
        points = (
            f"M{start} {number(a)}C{middle} {number(a)} {middle} {number(b)} {end} {number(b)}"
            f"V{number(b + other)}C{middle} {number(b + other)} {middle} {number(a + high)} {start} {number(a + high)}Z"
        )
        shapes.append(path(points, f"band {hue(strand)}"))
    return shapes


def _bars(woven: Weave, columns: list[dict[int, _Bar]], place: int, version: int) -> list[str]:
    shapes = []
    for strand, cell in woven.at(version):
        top, height = columns[place][strand.number]
        edited = " edited" if 0 < cell.share < 1 else " new" if cell.share >= 1 else ""
        left = _COLUMN * (place + 0.5) - _BAR / 2
        shapes.append(rect(left, top, _BAR, height, f"bar {hue(strand)}{edited}", _said(strand, cell)))
    return shapes


def _said(strand: Strand, cell: Cell) -> str:
    what = told(cell)
    if not cell.share and cell.op is not Op.MOVE:
        return f"v{cell.version} ¶{cell.place + 1}, {cell.words} words, {what}"
    return f"v{cell.version} ¶{cell.place + 1}, {cell.words} words, {what}: {_start(strand.text)}"


def told(cell: Cell) -> str:
    """Say in a few words what happened to a paragraph in a version."""
    if cell.op is Op.INSERT:
        return "new" if cell.share else "there from the start"
    if not cell.share:
        return "moved" if cell.op is Op.MOVE else "unchanged"
    moved = "moved and " if cell.op is Op.MOVE else ""
    return f"{moved}edited +{cell.added} −{cell.removed}"


def _start(text: str) -> str:
    words = text.split()
    return " ".join(words[:10]) + (" …" if len(words) > 10 else "")
