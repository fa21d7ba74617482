"""JSON on one line, safe for a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from .text import HIDDEN

_ESCAPES: Final = {code: json.dumps(chr(code)).strip('"') for code in HIDDEN}


def dumps(value: Mapping[str, Any]) -> str:
    """Write one object on one line, in Unicode; characters that could steer a terminal are escaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
