"""Paragraphs with the versions they come from: when each first stood, when it was edited."""

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

_NARROWEST: Final = 16


@dataclass(frozen=True, slots=True)
class Mark:
    """A version that touched a paragraph; the edit happened between *previous_seen* and *seen*."""

    version: int
    seen: datetime
    previous_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class BlamedParagraph:
    """A paragraph of a version: the version it first stood in, and those that edited it, oldest first."""

    text: str
    first: Mark
    edits: tuple[Mark, ...] = ()


def cells_of(paragraph: BlamedParagraph, now: datetime) -> list[str]:
    """Return a cell for each mark: "+ v1 12:05" where the paragraph came, "~ v3 12:40" where it was edited."""
    marked = [("+", paragraph.first), *(("~", mark) for mark in paragraph.edits)]
    return [f"{sign} v{mark.version} {moment(mark.seen, now)}" for sign, mark in marked]


def lines(paragraphs: Sequence[BlamedParagraph], now: datetime, width: int) -> Iterator[tuple[str, str]]:
    """Yield lines as (margin, text), the margin padded, together at most *width* columns; ("", "") between paragraphs.

    Where the margin would leave too little room, it stands above the text.
    """
    margin = max((cells(cell) for each in paragraphs for cell in cells_of(each, now)), default=0)
    room = width - margin - 2
    for index, each in enumerate(paragraphs):
        if index:
            yield "", ""
        left, text = cells_of(each, now), one_line(each.text)
        if room < _NARROWEST:
            yield from ((cell, "") for cell in left)
            yield from (("", line) for line in wrap(text, width))
            continue
        for cell, line in zip_longest(left, wrap(text, room), fillvalue=""):
            yield pad(cell, margin + 2), line


def as_json(paragraph: BlamedParagraph, place: int) -> dict[str, Any]:
    """Return the object of `blame --json`; *place* counts paragraphs from 0."""
    return {
        "schema": SCHEMA,
        "paragraph": place,
        "text": paragraph.text,
        "first": _mark(paragraph.first),
        "edits": [_mark(mark) for mark in paragraph.edits],
    }


def _mark(mark: Mark) -> dict[str, Any]:
    return {"version": mark.version, "seen": iso(mark.seen), "previous_seen": iso(mark.previous_seen)}
