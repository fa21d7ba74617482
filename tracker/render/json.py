"""JSON on one line, safe for a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .safe import json_safe

if TYPE_CHECKING:
    from collections.abc import Mapping


def dumps(value: Mapping[str, Any]) -> str:
    """Write one object on one line, in Unicode; characters that could steer a terminal are escaped."""
    return json_safe(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
