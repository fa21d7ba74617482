"""Draw a heat strip: a row a paragraph, a column a version, and the more of the paragraph changed, the darker the cell.

A new paragraph has a full cell with a triangle at its left edge, a removed one leaves an empty cell, and the cell of an
edited one is filled from below as far as it was edited. So a print without colours says the same.
"""

from __future__ import annotations

from typing import Final

from tracker.model.change import Op

from ..text import counted
from .article_history import ArticleHistory, Cell, ParagraphHistory
from .flow import describe
from .svg import number, path, picture, rect

_WIDE: Final = 100.0
_HIGH: Final = 18.0
_SPACE: Final = 2.0
_SHADES: Final = (0.0, 0.1, 0.25, 0.5)


def heat(history: ArticleHistory) -> str:
    """Return the picture. Its rows are the paragraphs in the order of `in_order`."""
    lines = in_order(history)
    columns = {version: place for place, version in enumerate(history.versions)}
    shapes = [
        shape
        for row, paragraph in enumerate(lines)
        for cell in paragraph.cells
        for shape in _cell(paragraph, cell, columns[cell.version] * _WIDE, row * (_HIGH + _SPACE))
    ]
    title = f"Where it changed: {counted(len(lines), 'paragraph')} by {counted(len(history.versions), 'version')}"
    return picture(_WIDE * len(columns), max(len(lines), 1) * (_HIGH + _SPACE), "heat", title, shapes)


def in_order(history: ArticleHistory) -> list[ParagraphHistory]:
    """Return the paragraphs in the order of the newest version; removed ones come after what they followed last."""
    newest = history.versions[-1] if history.versions else 0
    removed = sorted(
        (each for each in history.paragraphs if each.last != newest), key=lambda each: (-each.last, each.number)
    )
    place = {each.number: (each.cells[-1].place, 0) for each in history.paragraphs}
    place |= {each.number: (each.cells[-1].place, 1 + index) for index, each in enumerate(removed)}
    return sorted(history.paragraphs, key=lambda each: place[each.number])


def shade(cell: Cell) -> int:
    """Return how dark a cell is, 0 to 4."""
    return sum(cell.share > least for least in _SHADES)


def _cell(paragraph: ParagraphHistory, cell: Cell, left: float, top: float) -> list[str]:
    x, width = left + _SPACE / 2, _WIDE - _SPACE
    title = f"¶{cell.place + 1} in v{cell.version}: {describe(cell)}"
    shapes = [rect(x, top, width, _HIGH, "h0", title)]
    if cell.share or cell.op is Op.MOVE:
        title += f". {paragraph.text[:80]}"
    if cell.share:
        high = max(_HIGH * cell.share, 3.0)
        shapes.append(rect(x, top + _HIGH - high, width, high, f"h{shade(cell)}", title))
    if cell.op is Op.INSERT and cell.share:
        start, end, bottom = number(x), number(x + 14), number(top + _HIGH)
        shapes.append(path(f"M{start} {number(top)}L{end} {number(top + _HIGH / 2)}L{start} {bottom}Z", "came"))
    if cell.op is Op.MOVE:
        line = f"M{number(x)} {number(top + _HIGH / 2)}H{number(x + width)}"
        shapes.append(path(line, "moved", title))
    return shapes
