"""Fit text to the columns of a terminal, counting wide characters as two."""

from __future__ import annotations

import unicodedata


def cells(text: str) -> int:
    """Return how many columns `text` takes."""
    # Most texts, and the width of each character need not be looked up.
    if text.isascii():
        return len(text)
    return sum(_cell(char) for char in text)


def _cell(char: str) -> int:
    # Accents and joiners take no column of their own.
    if unicodedata.combining(char) or unicodedata.category(char) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int) -> str:
    """Return `text` in at most `width` columns, ending in … if it was cut."""
    if cells(text) <= width:
        return text
    return _fit(text, max(width - 1, 0))[0].rstrip() + "…" * (width > 0)


def pad(text: str, width: int) -> str:
    """Return `text` with spaces up to `width` columns."""
    return text + " " * (width - cells(text))


def _fit(text: str, width: int) -> tuple[str, str]:
    """Split `text` after `width` columns, but not before its first character unless `width` is 0."""
    used = 0
    for index, char in enumerate(text):
        used += _cell(char)
        if used > width and (index or not width):
            return text[:index], text[index:]
    return text, ""


def wrap(text: str, width: int | None, *, first: str = "", rest: str = "") -> list[str]:
    """Break `text` at spaces into lines of at most `width` columns; without `width` it is one line.

    `first` is put before the first line and `rest` before the others; both count towards the width. Words longer than a
    line are cut.
    """
    if width is None:
        return [first + text]
    lines: list[str] = []
    line, empty = first, True
    for word in text.split(" "):
        piece = word
        if not empty and cells(line) + 1 + cells(piece) > width:
            lines.append(line.rstrip())
            line, empty = rest, True
        # A word that is longer than a line is cut, as an address may be.
        while empty and cells(line) + cells(piece) > width:
            head, piece = _fit(piece, max(width - cells(line), 1))
            lines.append(line + head)
            line = rest
        line, empty = (line + piece if empty else f"{line} {piece}"), False
    return [*lines, line.rstrip()]
