"""The heat strip: a row a paragraph, a column a version, the darker the more of it changed there.

A new paragraph has a full cell with a triangle at its left edge, one that is gone leaves an empty cell; an edited one
is filled from below as far as it was edited. So a print without colours says the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...model import Op
from .flow import told
from .svg import number, path, picture, rect

if TYPE_CHECKING:
    from .lineage import Cell, Strand, Weave

_WIDE: Final = 100.0
_HIGH: Final = 18.0
_SPACE: Final = 2.0
_STEPS: Final = (0.0, 0.1, 0.25, 0.5)


def heat(woven: Weave) -> str:
    """Return the picture; rows are the paragraphs in the order of `ordered`."""
    lines = ordered(woven)
    columns = {version: place for place, version in enumerate(woven.versions)}
    shapes = [
        shape
        for row, strand in enumerate(lines)
        for cell in strand.cells
        for shape in _cell(strand, cell, columns[cell.version] * _WIDE, row * (_HIGH + _SPACE))
    ]
    said = f"Where it changed: {len(lines)} paragraphs by {len(woven.versions)} versions"
    return picture(_WIDE * len(columns), max(len(lines), 1) * (_HIGH + _SPACE), "heat", said, shapes)


def ordered(woven: Weave) -> list[Strand]:
    """Return the paragraphs: those that stand in the order they stand in, the others after what they followed last."""
    newest = woven.versions[-1] if woven.versions else 0
    place = {strand.number: (strand.cells[-1].place, 0) for strand in woven.strands if strand.last == newest}
    gone = sorted(
        (strand for strand in woven.strands if strand.last != newest), key=lambda each: (-each.last, each.number)
    )
    rank = {strand.number: (strand.cells[-1].place, 1 + index) for index, strand in enumerate(gone)}
    return sorted(woven.strands, key=lambda strand: (place | rank)[strand.number])


def step(cell: Cell) -> int:
    """Return how dark a cell is, 0 to 4."""
    return sum(cell.share > least for least in _STEPS)


def _cell(strand: Strand, cell: Cell, left: float, top: float) -> list[str]:
    x, width = left + _SPACE / 2, _WIDE - _SPACE
    said = f"¶{cell.place + 1} in v{cell.version}: {told(cell)}"
    shapes = [rect(x, top, width, _HIGH, "h0", said)]
    if cell.share or cell.op is Op.MOVE:
        said += f". {strand.text[:80]}"
    if cell.share:
        high = max(_HIGH * cell.share, 3.0)
        shapes.append(rect(x, top + _HIGH - high, width, high, f"h{step(cell)}", said))
    if cell.op is Op.INSERT and cell.share:
        start, end, bottom = number(x), number(x + 14), number(top + _HIGH)
        shapes.append(path(f"M{start} {number(top)}L{end} {number(top + _HIGH / 2)}L{start} {bottom}Z", "came"))
    if cell.op is Op.MOVE:
        line = f"M{number(x)} {number(top + _HIGH / 2)}H{number(x + width)}"
        shapes.append(path(line, "moved", said))
    return shapes
