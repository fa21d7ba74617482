"""Text for people: harmless for terminals, mails and lines of JSON, fitted to the columns of a terminal, and styled.

A page may contain escape sequences that rewrite the screen, marks that reverse the direction of text (CVE-2021-42574),
and tag characters that nobody sees. One translation table removes them or makes them visible.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # `writethru --help` starts without the model
    from tracker.model.article import Article

# Marks that change the direction of text.
_BIDI: Final = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
# Invisible copies of ASCII.
_TAGS: Final = range(0xE0000, 0xE0080)
_INVISIBLE: Final = (0x00AD, 0x200B, 0x2060, 0xFEFF)
# Some terminals take these as escape sequences.
_C1: Final = range(0x80, 0xA0)
_SURROGATES: Final = range(0xD800, 0xE000)
_SEPARATORS: Final = (0x2028, 0x2029)
# XML must not contain them: one of them in a headline would make a whole feed unreadable.
_NOT_XML: Final = (0xFFFE, 0xFFFF)

# ESC (U+001B) becomes ␛ (U+241B), and so on.
_TABLE: Final[dict[int, str]] = {
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"},
    0x7F: "␡",
    **dict.fromkeys(_C1, "\ufffd"),
    **dict.fromkeys((*_SURROGATES, *_NOT_XML), "\ufffd"),
    **dict.fromkeys(_SEPARATORS, " "),
    **dict.fromkeys((*_BIDI, *_TAGS, *_INVISIBLE), ""),
}
_WITHOUT_CONTROLS: Final = dict.fromkeys((*(each for each in range(0x20) if chr(each) not in "\n\t\r"), 0x7F, *_C1))
# Code points of characters that a terminal obeys or a reader does not see, and that JSON may contain.
HIDDEN: Final = (0x7F, *_C1, *_SURROGATES, *_NOT_XML, *_SEPARATORS, *_BIDI, *_TAGS, *_INVISIBLE)


def safe(text: str) -> str:
    """Return `text` without characters that could control a terminal or are hidden from a reader.

    Control characters become visible signs (ESC is ␛). Direction marks, tag characters and zero-width characters are
    dropped. New lines and tabs are kept.
    """
    return text.translate(_TABLE)


def without_controls(text: str) -> str:
    """Return `text` without control characters other than tabs and line ends: for files that a terminal may show."""
    return text.translate(_WITHOUT_CONTROLS)


def one_line(text: str) -> str:
    """Return `text` made safe, on one line with single spaces."""
    return " ".join(safe(text).split())


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 alert" or "1,200 alerts"; `many` is the plural if it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def cells(text: str) -> int:
    """Return how many columns `text` takes on a terminal."""
    if text.isascii():
        return len(text)
    # Its tables take 25 ms to import, and most lines are ASCII.
    import wcwidth

    return wcwidth.width(text)


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
    if text.isascii():
        return text[:width], text[width:]
    import wcwidth

    used = at = 0
    for cluster in wcwidth.iter_graphemes(text):
        used += wcwidth.width(cluster)
        if used > width and (at or not width):
            break
        at += len(cluster)
    return text[:at], text[at:]


def facts(pairs: Iterable[tuple[str, str]], width: int | None, column: int, indent: str = "") -> Iterator[str]:
    """Yield names and values as lines of at most `width` columns, every value on one line and from `column` on."""
    for name, value in pairs:
        yield from wrap(one_line(value), width, first=f"{indent + name:<{column - 1}} ", rest=" " * column)


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


def direction(content: Article) -> str:
    """Return in which direction an article is read, "rtl" or "ltr", by its first letter."""
    texts = (content.title, *(block.text for block in content.editorial[:3]))
    letters = (unicodedata.bidirectional(char) for text in texts for char in text[:200])
    return "rtl" if next((each for each in letters if each in {"L", "R", "AL"}), "L") in {"R", "AL"} else "ltr"


# A text and its style: words of _CODES, such as "bold" or "red strike".
Span = tuple[str, str]
_ATTRIBUTES: Final = {"bold": 1, "dim": 2, "italic": 3, "underline": 4, "strike": 9}
_CODES: Final = {**_ATTRIBUTES, "red": 31, "green": 32, "yellow": 33, "magenta": 35, "cyan": 36}
_GAP_COLUMNS: Final = 2
# Narrower columns of a table cannot be read.
MIN_COLUMN: Final = 8
MIN_LAST_COLUMN: Final = 20
MAX_CELL_COLUMNS: Final = 400


@dataclass(frozen=True, slots=True)
class Style:
    """How text is written: with escape sequences if `escapes`, and with colours among them if `color`."""

    escapes: bool = False
    color: bool = True

    def write(self, line: Iterable[Span]) -> str:
        """Return one line. The caller has removed unsafe characters."""
        if not self.escapes:
            return "".join(text for text, _ in line).rstrip()
        known = _CODES if self.color else _ATTRIBUTES
        written: list[str] = []
        for name, run in groupby(line, key=lambda span: span[1]):
            text = "".join(part for part, _ in run)
            codes = ";".join(str(code) for code in sorted(known[word] for word in name.split() if word in known))
            written.append(f"\x1b[{codes}m{text}\x1b[0m" if codes and text else text)
        return "".join(written)

    def wrapped(
        self, spans: Sequence[Span], width: int | None, *, first: Span = ("", ""), rest: str = ""
    ) -> list[list[Span]]:
        """Break text at spaces as `wrap` does, and keep its styles."""
        text = "".join(part for part, _ in spans)
        lines = wrap(text, width, first=first[0], rest=rest)
        if not self.escapes:
            return [[(line, "")] for line in lines]
        styles = [name for part, name in spans for _ in part]
        made: list[list[Span]] = []
        at = 0
        for line in lines:
            lead = rest if made else first[0]
            placed: list[Span] = []
            # All that `wrap` leaves out is spaces.
            for char in line[len(lead) :]:
                at = text.index(char, at) + 1
                placed.append((char, styles[at - 1]))
            runs = groupby(placed, key=lambda each: each[1])
            body = [("".join(char for char, _ in run), name) for name, run in runs]
            made.append([(lead, "" if made else first[1]), *body])
        return made

    def paragraph(self, span: Span, width: int | None, *, first: Span = ("", ""), rest: str = "") -> list[str]:
        """Return a text of one style as lines."""
        return [self.write(line) for line in self.wrapped([span], width, first=first, rest=rest)]

    def table(self, head: tuple[str, ...], body: Iterable[tuple[str, ...]], *, width: int) -> list[str]:
        """Return a table without rules. Where it is too wide, the last column is folded, and the widest others cut.

        If even that is too wide, each row is written as a list of names and values.
        """
        rows = [[cut(one_line(cell), MAX_CELL_COLUMNS) for cell in row] for row in (head, *body)]
        *sizes, last = (max(map(cells, column)) for column in zip(*rows, strict=True))
        room = width - _GAP_COLUMNS * len(sizes)
        while sum(sizes) + min(last, MIN_LAST_COLUMN) > room and max(sizes, default=0) > MIN_COLUMN:
            sizes[sizes.index(max(sizes))] -= 1
        lines: list[str] = []
        if sum(sizes) + min(last, MIN_LAST_COLUMN) > room:
            column = max(map(cells, head)) + _GAP_COLUMNS
            for row in rows[1:]:
                lines += [*[""] * bool(lines), *facts(zip(head, row, strict=True), width, column)]
            return lines
        for *row, folded in rows:
            lead = "".join(pad(cut(cell, size), size + _GAP_COLUMNS) for cell, size in zip(row, sizes, strict=True))
            fit = max(width, len(lead) + MIN_COLUMN)
            name = "" if lines else "bold"
            lines += self.paragraph((folded, name), fit, first=(lead, name), rest=" " * cells(lead))
        return lines


PLAIN: Final = Style()
