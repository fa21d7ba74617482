"""Write paragraphs with the versions that brought and edited them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

from ..views.values import SCHEMA
from .safe import one_line
from .times import iso, moment
from .wrap import cells, pad, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

MIN_TEXT_COLUMNS: Final = 16


@dataclass(frozen=True, slots=True)
class VersionMark:
    """A version that brought or edited a paragraph, between `previous_seen` and `seen`."""

    version: int
    seen: datetime
    previous_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class BlamedParagraph:
    """A paragraph of a version, with the version that brought it and those that edited it, oldest first."""

    text: str
    first: VersionMark
    edits: tuple[VersionMark, ...] = ()


def cells_of(paragraph: BlamedParagraph, now: datetime) -> list[str]:
    """Return a cell for each version: "+ v1 12:05" brought the paragraph, "~ v3 12:40" edited it."""
    marked = [("+", paragraph.first), *(("~", mark) for mark in paragraph.edits)]
    return [f"{sign} v{mark.version} {moment(mark.seen, now)}" for sign, mark in marked]


def lines(paragraphs: Sequence[BlamedParagraph], now: datetime, width: int) -> Iterator[tuple[str, str]]:
    """Yield lines of at most *width* columns as (margin, text), and ("", "") between paragraphs.

    The margin is padded. Where it would leave too little room, it comes above the text.
    """
    margin = max((cells(cell) for each in paragraphs for cell in cells_of(each, now)), default=0)
    room = width - margin - 2
    for index, each in enumerate(paragraphs):
        if index:
            yield "", ""
        left, text = cells_of(each, now), one_line(each.text)
        if room < MIN_TEXT_COLUMNS:
            yield from ((cell, "") for cell in left)
            yield from (("", line) for line in wrap(text, width))
            continue
        # A paragraph with many edits has more cells than lines.
        for cell, line in zip_longest(left, wrap(text, room), fillvalue=""):
            yield pad(cell, margin + 2), line


def as_json(paragraph: BlamedParagraph, place: int) -> dict[str, Any]:
    """Return the object of `blame --json`. *place* is the number of the paragraph, from 0."""
    return {
        "schema": SCHEMA,
        "paragraph": place,
        "text": paragraph.text,
        "first": _mark(paragraph.first),
        "edits": [_mark(mark) for mark in paragraph.edits],
    }


def _mark(mark: VersionMark) -> dict[str, Any]:
    return {"version": mark.version, "seen": iso(mark.seen), "previous_seen": iso(mark.previous_seen)}
