"""Draw the two small SVG pictures of pages: a sparkline of an article's versions, and the track of an outlet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..html import text
from ..text import counted
from ..times import moment

_SPARK_HEIGHT: Final = 20
_SPARK_STEP: Final = 5
MAX_BARS: Final = 24


def _number(value: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def _path(points: str, kind: str, title: str = "") -> str:
    inner = f"<title>{text(title)}</title>" if title else ""
    return f'<path class="{kind}" d="{points}" vector-effect="non-scaling-stroke">{inner}</path>'


def spark(words: Sequence[int]) -> str:
    """Return one bar for each version, as tall as its words added and removed, oldest first; at most the newest 24."""
    shown = list(words)[-MAX_BARS:]
    tallest = max([*shown, 1])
    bars = []
    for place, count in enumerate(shown):
        # The square root keeps small edits visible next to a rewrite.
        height = max(round((count / tallest) ** 0.5 * (_SPARK_HEIGHT - 2), 1), 1.5)
        bars.append(f"M{place * _SPARK_STEP + 2} {_SPARK_HEIGHT}V{_number(_SPARK_HEIGHT - height)}")
    width = max(len(shown) * _SPARK_STEP, _SPARK_STEP)
    title = f"{counted(len(words), 'version')}; words changed: {', '.join(str(count) for count in shown[1:]) or 'none'}"
    return (
        f'<svg class="spark" viewBox="0 0 {width} {_SPARK_HEIGHT}" width="{width}" height="{_SPARK_HEIGHT}" role="img" '
        f'aria-label="{text(title)}" xmlns="http://www.w3.org/2000/svg"><title>{text(title)}</title>'
        f'<path d="{"".join(bars)}"/></svg>'
    )


_TRACK_WIDE: Final = 1000
_TRACK_HIGH: Final = 22
_MIDDLE: Final = _TRACK_HIGH // 2


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened. `kind` is the class of its sign (first, change, correction, copy)."""

    at: datetime
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Track:
    """The events at one outlet, oldest first."""

    name: str
    marks: tuple[Mark, ...]


def span_of(all_: Sequence[Track]) -> tuple[datetime, datetime] | None:
    """Return the first and the last time of all tracks, or None if nothing happened."""
    times = [mark.at for track in all_ for mark in track.marks]
    return (min(times), max(times)) if times else None


def tracks(one: Track, within: tuple[datetime, datetime]) -> str:
    """Return the picture of one track on the scale `within`, which all tracks of a page share. It fills the page."""
    start, end = within
    length = max((end - start).total_seconds(), 1.0)
    # Twelve units at each end keep the outermost signs inside the picture.
    places = [(mark, 12 + (_TRACK_WIDE - 24) * (mark.at - start).total_seconds() / length) for mark in one.marks]
    shapes = [_path(f"M0 {_MIDDLE}H{_TRACK_WIDE}", "rail")]
    if len(places) > 1:
        shapes.append(_path(f"M{_number(places[0][1])} {_MIDDLE}H{_number(places[-1][1])}", "run"))
    for mark, x in places:
        high = 6 if mark.kind == "change" else 10
        line = f"M{_number(x)} {_MIDDLE - high}V{_MIDDLE + high}"
        shapes.append(_path(line, f"mark {mark.kind}", f"{moment(mark.at)} UTC: {mark.title}"))
    title = text(f"{one.name}: {counted(len(one.marks), 'event')} between {moment(start)} and {moment(end)} UTC")
    return (
        f'<svg class="track" viewBox="0 0 {_TRACK_WIDE} {_TRACK_HIGH}" width="100%" height="{_TRACK_HIGH}" '
        f'preserveAspectRatio="none" role="img" aria-label="{title}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{title}</title>{''.join(shapes)}</svg>"
    )
