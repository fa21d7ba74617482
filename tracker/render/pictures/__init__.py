"""Pictures of an article's life as SVG without styles: a page's style sheet colours them. Pure: values in, text out.

Each says in a <title> what it shows and has the same facts as a table beside it; shape, place or a sign always says
what colour says. Shapes stretch with the page, so words stand beside a picture and never in it.
"""

from __future__ import annotations

from .flow import flow
from .heat import heat
from .lineage import Cell, Strand, Weave, weave
from .spark import spark
from .survival import survival
from .tracks import Mark, Track, tracks

__all__ = [
    "Cell",
    "Mark",
    "Strand",
    "Track",
    "Weave",
    "flow",
    "heat",
    "spark",
    "survival",
    "tracks",
    "weave",
]
