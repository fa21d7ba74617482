"""The little SVG that all pictures are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..html import text

if TYPE_CHECKING:
    from collections.abc import Iterable

HUES = 12
"""How many colours of strands a style sheet has; they are given in turn, and shape tells strands apart as well."""


def number(value: float) -> str:
    """Write a coordinate: at most one decimal, none where it is whole."""
    return f"{value:.1f}".removesuffix(".0")


def titled(words: str) -> str:
    """Return the title of a shape: what a pointer or a screen reader is told."""
    return f"<title>{text(words)}</title>"


def rect(x: float, y: float, width: float, height: float, kind: str, title: str = "") -> str:
    """Return a rectangle of a class."""
    at = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    return f'<rect class="{kind}" {at}>{titled(title)}</rect>' if title else f'<rect class="{kind}" {at}/>'


def path(points: str, kind: str, title: str = "") -> str:
    """Return a path of a class."""
    inner = titled(title) if title else ""
    return f'<path class="{kind}" d="{points}" vector-effect="non-scaling-stroke">{inner}</path>'


def picture(width: float, height: float, kind: str, title: str, shapes: Iterable[str]) -> str:
    """Return the whole picture; it fills the width it is given, and its height is *height* pixels."""
    size = f'viewBox="0 0 {number(width)} {number(height)}" width="100%" height="{number(height)}"'
    body = "".join(shapes)
    return (
        f'<svg class="{kind}" {size} preserveAspectRatio="none" role="img" aria-label="{text(title)}" '
        f'xmlns="http://www.w3.org/2000/svg">{titled(title)}{body}</svg>'
    )
