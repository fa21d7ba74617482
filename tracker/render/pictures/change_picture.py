"""A picture of one change for posts, mails and previews of links: 1200 × 675 pixels, in SVG.

Its words are broken into lines here, because SVG does not wrap text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tracker.errors import ConfigError
from tracker.model.change import BlockChange, Change, Hunk, LabelKind, Op, most_prominent_first
from tracker.model.version import Version
from tracker.views.change import near_edits, shorten, top_hunk

from .. import raster
from ..html import text
from ..plain import noted
from ..raster import MAX_RUN_CHARACTERS
from ..rows import paragraph_name, tidy
from ..text import direction, one_line
from ..times import interval

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
        """Return the key to its width: the text, and whether it is bold."""
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
            # Accents and closing punctuation stay with the character before them.
            joins = unicodedata.combining(char) or unicodedata.category(char) in {"Mc", "Me", "Po", "Pe", "Pf"}
            is_new = spaced or ((wide or was_wide) and not joins) or len(words[-1]) >= MAX_RUN_CHARACTERS
            if is_new or not words:
                words.append([])
            words[-1].append((char, op, spaced))
            spaced = False
    found = []
    for word in words:
        runs = [("".join(char for char, _, _ in group), op) for op, group in groupby(word, key=lambda each: each[1])]
        found.append(tuple(Run(text, op, word[0][2] and not at) for at, (text, op) in enumerate(runs)))
    return found


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
    """Return at most this many lines; if others follow, the last ends in …, still at most `wide`."""
    if len(lines) <= most:
        return lines
    kept, room = list(lines[most - 1]), wide - widths[DOTS.key]
    while kept and sum(widths[run.key] + widths[SPACE] * run.spaced for run in kept) > room:
        kept.pop()
    return [*lines[: most - 1], [*kept, DOTS]]


WIDTH: Final = 1200
HEIGHT: Final = 675
# Of the headline and of each side of the edit.
MAX_ALT_CHARACTERS: Final = 300
MAX_LABELS: Final = 4
_MARGIN: Final = 56
_INNER: Final = WIDTH - 2 * _MARGIN
_LINE_HEIGHT: Final = 1.26
_BOX_X: Final = _MARGIN + 150
_BOX_END: Final = WIDTH - _MARGIN - 24
# Tried in turn until both sides fit: unchanged words around each edit, font size and most lines of a side.
_BOX_FORMS: Final = ((20, 30, 4), (12, 30, 4), (12, 25, 5), (6, 25, 5))
_BOX_HEIGHT: Final = 178
_BOXES: Final = (("Before", "-", 236, "#fdeceb", "#8c1c13"), ("After", "+", 428, "#e6f6ea", "#0b5d1e"))
_CJK: Final = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
_EMPTY_SIDES: Final = {"-": "this passage was not there", "+": "this passage is gone"}


@dataclass(frozen=True, slots=True)
class ChangePicture:
    """The content of a picture of a change, and its text for those who do not see it.

    Attributes:
        edit: the most important edit; empty if the texts are the same.
        where: the part of the article that the edit is in, as in "headline".
        noted: whether the outlet published a note about it; empty if there is nothing to note.
        foot: how to find the change again.
    """

    outlet: str
    headline: str
    when: str
    labels: tuple[str, ...]
    noted: str
    where: str
    edit: tuple[Hunk, ...]
    foot: str
    rtl: bool = False

    @property
    def words(self) -> str:
        """Return all that the picture says about the article."""
        return "\n".join((self.outlet, self.headline, *(part for _, part in self.edit)))

    @property
    def alt(self) -> str:
        """Return the picture in words."""
        near = near_edits(self.edit, 8) if len(self.edit) > 1 else self.edit
        sides = []
        for name, own, *_ in _BOXES if near else ():
            words = " ".join("".join(part for op, part in near if op in ("=", own)).split())
            shown = f"“{shorten(words, MAX_ALT_CHARACTERS)}”" if words else _EMPTY_SIDES[own]
            sides.append(f"{name}, {self.where}: {shown}")
        said = "; ".join(filter(None, (", ".join(self.labels), self.noted)))
        first = f"{self.outlet}, changed {self.when}: “{shorten(self.headline, MAX_ALT_CHARACTERS)}”"
        return "\n".join(filter(None, (first, *sides, said)))


def picture_of(outlet: str, old: Version, new: Version, change: Change) -> ChangePicture:
    """Return the picture of a change between two versions."""
    top = top_hunk(change)
    earlier, later = sorted((old, new), key=lambda each: each.n)
    if isinstance(top, BlockChange):
        moved = f", moved from ¶{top.old + 1}" if top.op is Op.MOVE and top.old is not None else ""
        where, edit = paragraph_name(top) + moved, top.hunks
    else:
        named = (("headline", change.title), ("dek", change.dek), ("byline", change.byline))
        where = next((name for name, field in named if field is top), "note of the outlet")
        edit = top.hunks or ((("-", top.old), ("+", top.new)) if top.changed else ())
    return ChangePicture(
        outlet=one_line(outlet),
        headline=one_line(new.content.title) or one_line(new.url),
        when=interval(later.previous_seen if later.n == earlier.n + 1 else earlier.seen, later.seen),
        labels=labels_in_words(change.kinds),
        noted=noted(change),
        where=where,
        edit=tidy(edit),
        foot=f"{new.article}, versions {old.n} and {new.n} · {one_line(new.url)}",
        rtl=direction(new.content) == "rtl",
    )


def change_png(shown: ChangePicture) -> bytes:
    """Return the picture as a PNG file. Raises ConfigError if the extra is missing or finds no font for its letters."""
    if script := raster.missing_script(shown.words):
        raise ConfigError(
            f"no font on this machine has the {script} letters of this change",
            hint=f"run: apt-get install {'fonts-noto-cjk' if script in _CJK else 'fonts-noto-core'}",
        )
    return raster.png(raster.without_missing_symbols(change_svg(shown)))


def change_svg(shown: ChangePicture, measure: Measure = raster.text_widths) -> str:
    """Return the picture as SVG. `measure` returns the widths of texts."""
    status = " · ".join(filter(None, (shown.where, ", ".join(shown.labels), shown.noted)))
    headline = _laid(shown.headline, 42, 2, measure, rtl=shown.rtl, is_bold=True)
    body = [
        *_drawn(_laid(f"{shown.outlet} · changed {shown.when}", 24, 1, measure), 72, "#444"),
        *_drawn(headline, 124, "#111"),
        *_drawn(_laid(status, 22, 1, measure), 212, "#444"),
        *_boxes(shown, measure),
        *_drawn(_laid(shown.foot, 20, 1, measure), 644, "#555"),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="{raster.FONTS}" xml:space="preserve" role="img"><title>{text(shown.alt)}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/><rect width="{WIDTH}" height="12" fill="#1f6f8b"/>'
        f"{''.join(body)}</svg>"
    )


@dataclass(frozen=True, slots=True)
class _Laid:
    """Lines of one size, and where they begin: at `x`, or before `end` if they are read from right to left."""

    lines: list[Line]
    size: int
    x: int = _MARGIN
    end: int = WIDTH - _MARGIN
    rtl: bool = False
    is_bold: bool = False


def _laid(words: str, size: int, most: int, measure: Measure, *, rtl: bool = False, is_bold: bool = False) -> _Laid:
    """Break a text without marks into lines over the whole width, at most as many as given."""
    found = words_of([("+" if is_bold else "=", words)])  # marked text is bold
    widths, wide = measured(found, measure), _INNER / size
    return _Laid(cut_lines(lines_of(found, widths, wide), widths, wide, most), size, rtl=rtl, is_bold=is_bold)


def _boxes(shown: ChangePicture, measure: Measure) -> Iterator[str]:
    """Yield both sides of the edit, in the first form in which they fit; in the last, longer ones are cut."""
    for context, size, most in _BOX_FORMS:
        # An edit without unchanged words is shown in full.
        edit = near_edits(shown.edit, context) if len(shown.edit) > 1 else shown.edit
        wide = (_BOX_END - _BOX_X) / size
        sides = [words_of((op, part) for op, part in edit if op in ("=", own)) for _, own, *_ in _BOXES]
        widths = measured((word for side in sides for word in side), measure)
        broken = [lines_of(side, widths, wide) for side in sides]
        if all(len(lines) <= most for lines in broken):
            break
    for (name, own, top, back, ink), lines in zip(_BOXES, broken, strict=True):
        yield (
            f'<rect x="{_MARGIN}" y="{top}" width="{_INNER}" height="{_BOX_HEIGHT}" fill="{back}"/>'
            f'<rect x="{_MARGIN}" y="{top}" width="8" height="{_BOX_HEIGHT}" fill="{ink}"/>'
            f'<text x="{_MARGIN + 28}" y="{top + 44}" font-size="26" font-weight="700" fill="{ink}">{name}</text>'
        )
        if lines:
            laid = _Laid(cut_lines(lines, widths, wide, most), size, _BOX_X, _BOX_END, shown.rtl)
            yield from _drawn(laid, top + 42, "#1a1a1a", ink)
        else:
            empty = _EMPTY_SIDES[own] if shown.edit else "the article's text is the same"
            yield from _drawn(_Laid([[Run(empty, "=")]], 26, _BOX_X), top + 44, "#555")


def _drawn(laid: _Laid, y: float, fill: str, ink: str = "") -> Iterator[str]:
    """Yield lines as SVG, the first at the height `y`; edits are drawn in `ink`, bold, and struck or underlined."""
    for at, line in enumerate(laid.lines):
        runs = ""
        # Neighbours of one mark are drawn together, so that the line through them is not broken.
        for op, marked in groupby(line, key=lambda run: run.op):
            words = "".join(" " * run.spaced + run.text for run in marked)
            bare = words.lstrip(" ")
            mark = "line-through" if op == "-" else "underline"
            style = f'fill="{ink}" font-weight="700" text-decoration="{mark}"'
            runs += " " * (len(words) - len(bare))
            runs += text(bare) if op == "=" or not ink else f"<tspan {style}>{text(bare)}</tspan>"
        runs = runs.lstrip(" ")
        # Isolates give the line its direction; SVG's own attribute is not known to resvg.
        runs = f"\u2067{runs}\u2069" if laid.rtl else runs
        place = f'x="{laid.end}" text-anchor="end"' if laid.rtl else f'x="{laid.x}"'
        weight = ' font-weight="700"' if laid.is_bold else ""
        height = y + at * laid.size * _LINE_HEIGHT
        yield f'<text {place} y="{height:.0f}" font-size="{laid.size}" fill="{fill}"{weight}>{runs}</text>'


def labels_in_words(kinds: AbstractSet[LabelKind]) -> tuple[str, ...]:
    """Return the labels that a picture names, the most prominent first."""
    # Whether it was noted is said in words: a picture is read by people who do not know the labels.
    found = most_prominent_first(kinds - {LabelKind.NOT_NOTED})
    return tuple(kind.value for kind in found[:MAX_LABELS])
