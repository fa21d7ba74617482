"""What the environment says instead of the file."""

from __future__ import annotations

import os
from typing import Any

_OVERRIDES = (
    ("WRITETHRU_DB", "archive", "database"),
    ("WRITETHRU_CONTACT", None, "contact"),
    ("WRITETHRU_LISTEN", "service", "listen"),
    ("WRITETHRU_LOG", "service", "log"),
    ("WRITETHRU_WEB_LISTEN", "web", "listen"),
)


def override(data: dict[str, Any]) -> None:
    """Put into *data* what WRITETHRU_* variables say."""
    for variable, table, key in _OVERRIDES:
        value = os.environ.get(variable)
        if value is not None:
            place = data if table is None else data.setdefault(table, {})
            if isinstance(place, dict):
                place[key] = value
    if os.environ.get("WRITETHRU_ALLOW_PRIVATE") == "1" and isinstance(data.setdefault("fetch", {}), dict):
        data["fetch"]["allow_private"] = True


def variable_of(where: str) -> str:
    """Return the variable that set the key, or nothing."""
    for variable, table, key in _OVERRIDES:
        if where == (f"{table}.{key}" if table else key) and variable in os.environ:
            return variable
    return ""
