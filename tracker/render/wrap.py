"""Text fitted to columns, counting wide characters as two."""

from __future__ import annotations

import unicodedata


def cells(text: str) -> int:
    """Count the terminal columns that *text* takes."""
    if text.isascii():
        return len(text)
    return sum(_cell(char) for char in text)


def _cell(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int) -> str:
    """Return *text* in at most *width* columns, with … where something was left out."""
    if cells(text) <= width:
        return text
    return _fit(text, max(width - 1, 0))[0].rstrip() + "…" * (width > 0)


def pad(text: str, width: int) -> str:
    """Return *text* with blanks up to *width* columns."""
    return text + " " * (width - cells(text))


def _fit(text: str, width: int) -> tuple[str, str]:
    """Split *text* where its first *width* columns end; at least one character goes first unless *width* is 0."""
    used = 0
    for index, char in enumerate(text):
        used += _cell(char)
        if used > width and (index or not width):
            return text[:index], text[index:]
    return text, ""


def wrap(text: str, width: int | None, *, first: str = "", rest: str = "") -> list[str]:
    """Break *text* at blanks into lines of at most *width* columns; None leaves it whole.

    *first* and *rest* are put before the first and the other lines and count. Words longer than a line are cut.
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
        while empty and cells(line) + cells(piece) > width:
            head, piece = _fit(piece, max(width - cells(line), 1))
            lines.append(line + head)
            line = rest
        line, empty = (line + piece if empty else f"{line} {piece}"), False
    return [*lines, line.rstrip()]
