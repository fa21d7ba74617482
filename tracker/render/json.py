"""JSON on one line, safe for a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from .safe import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Mapping

_ESCAPES: Final = {code: json.dumps(chr(code)).strip('"') for code in HIDDEN}


def dumps(value: Mapping[str, Any]) -> str:
    """Write one object on one line, in Unicode; characters that could steer a terminal are escaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
