"""Changes and versions as text, ANSI, HTML and JSON. Pure: values in, text out."""

from .rows import View
from .safe import json_safe, one_line, safe
from .top_hunk import top_hunk

__all__ = ["View", "json_safe", "one_line", "safe", "top_hunk"]
