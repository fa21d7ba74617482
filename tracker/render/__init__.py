"""Write changes and versions as text, ANSI, HTML, JSON and SVG. Values go in, text comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .safe import json_safe, one_line, safe

if TYPE_CHECKING:
    from .highlight import top_hunk
    from .rows import DiffOptions

__all__ = ["DiffOptions", "json_safe", "one_line", "safe", "top_hunk"]

_MODULES = {"DiffOptions": ".rows", "top_hunk": ".highlight"}


def __getattr__(name: str) -> object:  # PEP 562: `--help` makes text safe and needs no more than that
    if name in _MODULES:
        from importlib import import_module

        return getattr(import_module(_MODULES[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
