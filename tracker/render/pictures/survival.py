"""Draw the survival curve: how much of the first version each version still has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .svg import number, path, picture, rect

if TYPE_CHECKING:
    from .article_history import ArticleHistory

_WIDE: Final = 100.0
_HEIGHT: Final = 120.0


def survival(history: ArticleHistory) -> str:
    """Return the picture: a step a version, at full height where all of the first version is left."""
    shapes = []
    line = ""
    for place, (version, share) in enumerate(zip(history.versions, history.surviving, strict=True)):
        top = _HEIGHT * (1 - share)
        left = place * _WIDE
        shapes.append(
            rect(left, top, _WIDE, _HEIGHT - top, "left", f"v{version}: {share:.0%} of the first version is left")
        )
        line += f"{'M' if not place else 'L'}{number(left)} {number(top)}H{number(left + _WIDE)}"
    half = path(f"M0 {number(_HEIGHT / 2)}H{number(_WIDE * len(history.versions))}", "half")
    last = history.surviving[-1] if history.surviving else 1.0
    title = f"How much of the first version survives: {last:.0%} in v{history.versions[-1] if history.versions else 1}"
    return picture(_WIDE * len(history.versions), _HEIGHT, "survival", title, [*shapes, half, path(line, "curve")])
