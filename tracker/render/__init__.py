"""Write changes and versions as text, ANSI, HTML, JSON and SVG. Values go in, text comes out."""

from __future__ import annotations

from .text import one_line, safe

__all__ = ["one_line", "safe"]
