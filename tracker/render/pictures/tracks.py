"""Draw tracks: what happened at each outlet, on one scale of time. The timeline of a story is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..text import counted
from ..times import moment
from .svg import number, path, picture

_WIDE: Final = 1000.0
_HIGH: Final = 22.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened. `kind` is the class of its sign (first, change, correction, copy)."""

    at: datetime
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Track:
    """What happened at one outlet, oldest first."""

    name: str
    marks: tuple[Mark, ...]


def span_of(all_: Sequence[Track]) -> tuple[datetime, datetime] | None:
    """Return the first and the last time of all tracks, or None if nothing happened."""
    times = [mark.at for track in all_ for mark in track.marks]
    return (min(times), max(times)) if times else None


def tracks(one: Track, within: tuple[datetime, datetime]) -> str:
    """Return the picture of one track on the scale `within`, which all tracks of a page share."""
    start, end = within
    length = max((end - start).total_seconds(), 1.0)
    # Twelve units at each end keep the outermost signs inside the picture.
    places = [(mark, 12 + (_WIDE - 24) * (mark.at - start).total_seconds() / length) for mark in one.marks]
    shapes = [path(f"M0 {number(_HIGH / 2)}H{number(_WIDE)}", "rail")]
    if len(places) > 1:
        shapes.append(path(f"M{number(places[0][1])} {number(_HIGH / 2)}H{number(places[-1][1])}", "run"))
    for mark, x in places:
        high = {"change": 6.0}.get(mark.kind, 10.0)
        line = f"M{number(x)} {number(_HIGH / 2 - high)}V{number(_HIGH / 2 + high)}"
        shapes.append(path(line, f"mark {mark.kind}", f"{moment(mark.at)} UTC: {mark.title}"))
    title = f"{one.name}: {counted(len(one.marks), 'event')} between {moment(start)} and {moment(end)} UTC"
    return picture(_WIDE, _HIGH, "track", title, shapes)
