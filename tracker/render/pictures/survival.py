"""The survival curve: how much of the first version each version still holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .svg import number, path, picture, rect

if TYPE_CHECKING:
    from .lineage import Weave

_WIDE: Final = 100.0
_HEIGHT: Final = 120.0


def survival(woven: Weave) -> str:
    """Return the picture: a step a version, full height where all of the first version stands."""
    shapes = []
    line = ""
    for place, (version, share) in enumerate(zip(woven.versions, woven.surviving, strict=True)):
        top = _HEIGHT * (1 - share)
        left = place * _WIDE
        shapes.append(
            rect(left, top, _WIDE, _HEIGHT - top, "left", f"v{version}: {share:.0%} of the first version stands")
        )
        line += f"{'M' if not place else 'L'}{number(left)} {number(top)}H{number(left + _WIDE)}"
    half = path(f"M0 {number(_HEIGHT / 2)}H{number(_WIDE * len(woven.versions))}", "half")
    last = woven.surviving[-1] if woven.surviving else 1.0
    said = f"How much of the first version survives: {last:.0%} in v{woven.versions[-1] if woven.versions else 1}"
    return picture(_WIDE * len(woven.versions), _HEIGHT, "survival", said, [*shapes, half, path(line, "curve")])
