"""Draw a history flow, after Viégas, Wattenberg and Dave (CHI 2004): versions side by side, joined by their paragraphs.

A column is a version, a bar is a paragraph as tall as it is long, and a band joins it to itself in the next version. A
band that ends is a paragraph that was removed, a bar without a band before it is a new one, an outlined bar was edited.

`heat` draws the same history as a table of cells, darker the more a paragraph was edited.
"""

from __future__ import annotations

from typing import Final

from tracker.model.change import Op
from tracker.views.change import first_words

from ..text import counted
from .article_history import ArticleHistory, Cell, ParagraphHistory
from .svg import COLOURS, number, path, picture, rect

_COLUMN: Final = 100.0
_BAR: Final = 16.0
_HEIGHT: Final = 240.0
_GAP: Final = 3.0
_MIN_BAR_HEIGHT: Final = 3.0

# Top and height of a bar.
_Bar = tuple[float, float]


def flow(history: ArticleHistory) -> str:
    """Return the picture. The centre of column i is at (i + ½) / n of its width."""
    # Pixels a word, so that the tallest column fits. Gaps between bars take height too, but at most two thirds of it.
    tallest = 0.0
    for version in history.versions:
        cells = [cell for _, cell in history.at(version)]
        room = max(_HEIGHT - _GAP * len(cells), _HEIGHT / 3)
        tallest = max(tallest, sum(max(cell.words, 1) for cell in cells) / room)
    scale = 1 / tallest if tallest else 1.0
    columns = [_stacked(history.at(version), scale) for version in history.versions]
    shapes = [shape for place in range(len(columns) - 1) for shape in _bands(history, columns, place)]
    for place, version in enumerate(history.versions):
        for paragraph, cell in history.at(version):
            top, height = columns[place][paragraph.number]
            edited = " edited" if 0 < cell.share < 1 else " new" if cell.share >= 1 else ""
            words = f"v{cell.version} ¶{cell.place + 1}, {counted(cell.words, 'word')}, {describe(cell)}"
            if cell.share or cell.op is Op.MOVE:
                words += f": {first_words(paragraph.text, 10)}"
            left = _COLUMN * (place + 0.5) - _BAR / 2
            shapes.append(rect(left, top, _BAR, height, f"bar c{paragraph.number % COLOURS}{edited}", words))
    edits = sum(len(paragraph.edits) for paragraph in history.paragraphs)
    title = (
        f"History flow: {counted(len(history.paragraphs), 'paragraph')} through "
        f"{counted(len(history.versions), 'version')}, {counted(edits, 'edit')} of existing paragraphs"
    )
    return picture(_COLUMN * len(history.versions), _HEIGHT, "flow", title, shapes)


def _stacked(column: list[tuple[ParagraphHistory, Cell]], scale: float) -> dict[int, _Bar]:
    heights = [max(cell.words * scale, _MIN_BAR_HEIGHT) for _, cell in column]
    # Where bars alone fill the column there are no gaps, and all bars shrink.
    gap = min(_GAP, max(_HEIGHT - sum(heights), 0) / max(len(heights), 1))
    shrink = min(1.0, _HEIGHT / max(sum(heights), 1))
    bars: dict[int, _Bar] = {}
    top = 0.0
    for (paragraph, _), height in zip(column, heights, strict=True):
        bars[paragraph.number] = (top, height * shrink)
        top += height * shrink + gap
    return bars


def _bands(history: ArticleHistory, columns: list[dict[int, _Bar]], place: int) -> list[str]:
    left = _COLUMN * (place + 0.5) + _BAR / 2
    right = _COLUMN * (place + 1.5) - _BAR / 2
    middle = number((left + right) / 2)
    shapes = []
    for paragraph in history.paragraphs:
        here, there = columns[place].get(paragraph.number), columns[place + 1].get(paragraph.number)
        if here is None or there is None:
            continue
        (a, high), (b, other) = here, there
        start, end = number(left), number(right)
        points = (
            f"M{start} {number(a)}C{middle} {number(a)} {middle} {number(b)} {end} {number(b)}"
            f"V{number(b + other)}C{middle} {number(b + other)} {middle} {number(a + high)} {start} {number(a + high)}Z"
        )
        shapes.append(path(points, f"band c{paragraph.number % COLOURS}"))
    return shapes


def describe(cell: Cell) -> str:
    """Return in a few words what happened to a paragraph in a version."""
    if cell.op is Op.INSERT:
        return "new" if cell.share else "in the first version"
    if not cell.share:
        return "moved" if cell.op is Op.MOVE else "unchanged"
    moved = "moved and " if cell.op is Op.MOVE else ""
    return f"{moved}edited +{cell.added} −{cell.removed}"


_WIDE: Final = 100.0
_HIGH: Final = 18.0
_SPACE: Final = 2.0
_SHADES: Final = (0.0, 0.1, 0.25, 0.5)


def heat(history: ArticleHistory) -> str:
    """Return the picture. Its rows are the paragraphs in the order of `in_order`."""
    lines = in_order(history)
    columns = {version: place for place, version in enumerate(history.versions)}
    width = _WIDE - _SPACE
    shapes = []
    for row, paragraph in enumerate(lines):
        for cell in paragraph.cells:
            x, top = columns[cell.version] * _WIDE + _SPACE / 2, row * (_HIGH + _SPACE)
            words = f"¶{cell.place + 1} in v{cell.version}: {describe(cell)}"
            shapes.append(rect(x, top, width, _HIGH, "h0", words))
            if cell.share or cell.op is Op.MOVE:
                words += f". {paragraph.text[:80]}"
            if cell.share:
                high = max(_HIGH * cell.share, 3.0)
                dark = sum(cell.share > least for least in _SHADES)
                shapes.append(rect(x, top + _HIGH - high, width, high, f"h{dark}", words))
            if cell.op is Op.INSERT and cell.share:
                start, end, bottom = number(x), number(x + 14), number(top + _HIGH)
                shapes.append(path(f"M{start} {number(top)}L{end} {number(top + _HIGH / 2)}L{start} {bottom}Z", "came"))
            if cell.op is Op.MOVE:
                line = f"M{number(x)} {number(top + _HIGH / 2)}H{number(x + width)}"
                shapes.append(path(line, "moved", words))
    title = f"Where it changed: {counted(len(lines), 'paragraph')} by {counted(len(history.versions), 'version')}"
    return picture(_WIDE * len(columns), max(len(lines), 1) * (_HIGH + _SPACE), "heat", title, shapes)


def in_order(history: ArticleHistory) -> list[ParagraphHistory]:
    """Return the paragraphs in the order of the newest version; removed ones come after those they followed last."""
    newest = history.versions[-1] if history.versions else 0
    removed = sorted(
        (each for each in history.paragraphs if each.last != newest), key=lambda each: (-each.last, each.number)
    )
    place = {each.number: (each.cells[-1].place, 0) for each in history.paragraphs}
    place |= {each.number: (each.cells[-1].place, 1 + index) for index, each in enumerate(removed)}
    return sorted(history.paragraphs, key=lambda each: place[each.number])
