"""Changes and versions as text, ANSI, HTML and JSON. Pure: values in, text out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .safe import json_safe, one_line, safe

if TYPE_CHECKING:
    from .highlight import top_hunk
    from .rows import View

__all__ = ["View", "json_safe", "one_line", "safe", "top_hunk"]

_HOMES = {"View": ".rows", "top_hunk": ".highlight"}


def __getattr__(name: str) -> object:  # PEP 562: `--help` makes text safe and needs no more than that
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
