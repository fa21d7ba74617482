"""Write the few SVG elements that all pictures are made of."""

from __future__ import annotations

from collections.abc import Iterable

from ..html import text

# How many colours of paragraphs the style sheet has. They are used in turn; shape tells paragraphs apart as well.
COLOURS = 12


def number(value: float) -> str:
    """Return a coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def titled(words: str) -> str:
    """Return the title of a shape, which a pointer or a screen reader shows."""
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
    """Return the whole picture. It fills the width of the page, and is `height` pixels high."""
    size = f'viewBox="0 0 {number(width)} {number(height)}" width="100%" height="{number(height)}"'
    body = "".join(shapes)
    return (
        f'<svg class="{kind}" {size} preserveAspectRatio="none" role="img" aria-label="{text(title)}" '
        f'xmlns="http://www.w3.org/2000/svg">{titled(title)}{body}</svg>'
    )
