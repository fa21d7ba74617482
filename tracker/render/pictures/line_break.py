"""Break marked text into lines by the measured widths of its words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tracker.model.change import Hunk

from ..raster import MAX_RUN_CHARACTERS

Word = tuple["Run", ...]
Line = list["Run"]

# Returns the widths of texts, bold if true, in units of the font size.
Measure = Callable[[Sequence[tuple[str, bool]]], Sequence[float]]
SPACE: Final = (" ", False)
_PARTS: Final = re.compile(r"\s+|\S")


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a word with one mark: "=", "-" or "+". `spaced`: a space precedes it."""

    text: str
    op: str
    spaced: bool = False

    @property
    def key(self) -> tuple[str, bool]:
        """Return what is measured: the text, and whether it is bold."""
        return self.text, self.op != "="


DOTS: Final = Run("…", "=")


def words_of(hunks: Iterable[Hunk]) -> list[Word]:
    """Return the words of marked text. A line may break before each; scripts without spaces break at every character.

    A long word is cut, as an address may be.
    """
    words: list[list[tuple[str, str, bool]]] = []
    spaced, wide = True, False
    for op, part in hunks:
        for char in _PARTS.findall(part):
            if char.isspace():
                spaced = True
                continue
            was_wide, wide = wide, unicodedata.east_asian_width(char) in "WF"
            joins = unicodedata.combining(char) or unicodedata.category(char) in {"Mc", "Me", "Po", "Pe", "Pf"}
            is_new = spaced or ((wide or was_wide) and not joins) or len(words[-1]) >= MAX_RUN_CHARACTERS
            if is_new or not words:
                words.append([])
            words[-1].append((char, op, spaced))
            spaced = False
    return [_runs(word) for word in words]


def _runs(word: list[tuple[str, str, bool]]) -> Word:
    spaced = word[0][2]
    runs = [("".join(char for char, _, _ in group), op) for op, group in groupby(word, key=lambda each: each[1])]
    return tuple(Run(text, op, spaced and not at) for at, (text, op) in enumerate(runs))


def measured(words: Iterable[Word], measure: Measure) -> dict[tuple[str, bool], float]:
    """Return the width of every part of `words` and of a space, in units of the font size."""
    keys = list(dict.fromkeys([SPACE, DOTS.key, *(run.key for word in words for run in word)]))
    return dict(zip(keys, measure(keys), strict=True))


def lines_of(words: Iterable[Word], widths: Mapping[tuple[str, bool], float], most: float) -> list[Line]:
    """Break words into lines of at most `most` units of the font size."""
    lines: list[Line] = []
    used = most
    for word in words:
        width = sum(widths[run.key] for run in word)
        gap = widths[SPACE] if word[0].spaced else 0.0
        if used + gap + width > most or not lines:
            lines.append([])
            used, gap = 0.0, 0.0
        lines[-1].extend(word)
        used += gap + width
    return lines


def cut_lines(lines: list[Line], widths: Mapping[tuple[str, bool], float], wide: float, most: int) -> list[Line]:
    """Return at most this many lines; if others follow, the last ends in …, and is at most `wide` all the same."""
    if len(lines) <= most:
        return lines
    kept, room = list(lines[most - 1]), wide - widths[DOTS.key]
    while kept and sum(widths[run.key] + widths[SPACE] * run.spaced for run in kept) > room:
        kept.pop()
    return [*lines[: most - 1], [*kept, DOTS]]
