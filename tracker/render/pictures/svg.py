"""Write the few SVG elements that all pictures are made of, and the smallest: a sparkline, a curve and tracks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..html import text
from ..text import counted
from ..times import moment
from .article_history import ArticleHistory

# How many colours of paragraphs the style sheet has. They are used in turn; shape tells paragraphs apart as well.
COLOURS = 12
_SPARK_HEIGHT: Final = 20
_SPARK_STEP: Final = 5
MAX_BARS: Final = 24
_WIDE: Final = 100.0
_HIGH: Final = 120.0


def number(value: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def titled(words: str) -> str:
    """Return the title of a shape, which a pointer or a screen reader shows."""
    return f"<title>{text(words)}</title>"


def rect(x: float, y: float, width: float, height: float, kind: str, title: str) -> str:
    """Return a rectangle of a class."""
    at = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    return f'<rect class="{kind}" {at}>{titled(title)}</rect>'


def path(points: str, kind: str, title: str = "") -> str:
    """Return a path of a class."""
    inner = titled(title) if title else ""
    return f'<path class="{kind}" d="{points}" vector-effect="non-scaling-stroke">{inner}</path>'


def picture(width: float, height: float, kind: str, title: str, shapes: Iterable[str]) -> str:
    """Return the whole picture. It fills the width of the page, and is `height` pixels high."""
    size = f'viewBox="0 0 {number(width)} {number(height)}" width="100%" height="{number(height)}"'
    body = "".join(shapes)
    return (
        f'<svg class="{kind}" {size} preserveAspectRatio="none" role="img" aria-label="{text(title)}" '
        f'xmlns="http://www.w3.org/2000/svg">{titled(title)}{body}</svg>'
    )


def spark(words: Sequence[int]) -> str:
    """Return a bar a version, as tall as the words it added and removed, oldest first; at most the newest 24."""
    shown = list(words)[-MAX_BARS:]
    tallest = max([*shown, 1])
    bars = []
    for place, count in enumerate(shown):
        # The square root keeps small edits visible next to a rewrite.
        height = max(round((count / tallest) ** 0.5 * (_SPARK_HEIGHT - 2), 1), 1.5)
        bars.append(f"M{place * _SPARK_STEP + 2} {_SPARK_HEIGHT}V{number(_SPARK_HEIGHT - height)}")
    width = max(len(shown) * _SPARK_STEP, _SPARK_STEP)
    title = f"{counted(len(words), 'version')}; words changed: {', '.join(str(count) for count in shown[1:]) or 'none'}"
    return (
        f'<svg class="spark" viewBox="0 0 {width} {_SPARK_HEIGHT}" width="{width}" height="{_SPARK_HEIGHT}" role="img" '
        f'aria-label="{text(title)}" xmlns="http://www.w3.org/2000/svg"><title>{text(title)}</title>'
        f'<path d="{"".join(bars)}"/></svg>'
    )


def survival(history: ArticleHistory) -> str:
    """Return how much of the first version each has: a step a version, at full height where all of it is left."""
    shapes = []
    line = ""
    for place, (version, share) in enumerate(zip(history.versions, history.surviving, strict=True)):
        top = _HIGH * (1 - share)
        left = place * _WIDE
        shapes.append(
            rect(left, top, _WIDE, _HIGH - top, "left", f"v{version}: {share:.0%} of the first version is left")
        )
        line += f"{'M' if not place else 'L'}{number(left)} {number(top)}H{number(left + _WIDE)}"
    half = path(f"M0 {number(_HIGH / 2)}H{number(_WIDE * len(history.versions))}", "half")
    last = history.surviving[-1] if history.surviving else 1.0
    title = f"How much of the first version survives: {last:.0%} in v{history.versions[-1] if history.versions else 1}"
    shapes += [half, path(line, "curve")]
    return picture(_WIDE * len(history.versions), _HIGH, "survival", title, shapes)


_TRACK_WIDE: Final = 1000.0
_TRACK_HIGH: Final = 22.0


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
    """Return the picture of one track on the scale `within`, which all tracks of a page share."""
    start, end = within
    length = max((end - start).total_seconds(), 1.0)
    # Twelve units at each end keep the outermost signs inside the picture.
    places = [(mark, 12 + (_TRACK_WIDE - 24) * (mark.at - start).total_seconds() / length) for mark in one.marks]
    shapes = [path(f"M0 {number(_TRACK_HIGH / 2)}H{number(_TRACK_WIDE)}", "rail")]
    if len(places) > 1:
        shapes.append(path(f"M{number(places[0][1])} {number(_TRACK_HIGH / 2)}H{number(places[-1][1])}", "run"))
    for mark, x in places:
        high = {"change": 6.0}.get(mark.kind, 10.0)
        line = f"M{number(x)} {number(_TRACK_HIGH / 2 - high)}V{number(_TRACK_HIGH / 2 + high)}"
        shapes.append(path(line, f"mark {mark.kind}", f"{moment(mark.at)} UTC: {mark.title}"))
    title = f"{one.name}: {counted(len(one.marks), 'event')} between {moment(start)} and {moment(end)} UTC"
    return picture(_TRACK_WIDE, _TRACK_HIGH, "track", title, shapes)
