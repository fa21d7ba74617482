"""Draw the history of an article as SVG without styles: a page's style sheet colours it.

Each picture has its content in a <title>, and pages show the same facts as a table next to it. Colour never stands
alone: shape, place or a sign says the same. Shapes stretch with the page, so words are next to a picture, never in it.
"""

from __future__ import annotations

from .article_history import ArticleHistory, Cell, ParagraphHistory, article_history
from .flow import flow, heat
from .svg import Mark, Track, spark, survival, tracks

__all__ = [
    "ArticleHistory",
    "Cell",
    "Mark",
    "ParagraphHistory",
    "Track",
    "article_history",
    "flow",
    "heat",
    "spark",
    "survival",
    "tracks",
]
