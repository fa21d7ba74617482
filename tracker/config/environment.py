"""The environment variables that override keys of the configuration file."""

from __future__ import annotations

import os
from typing import Any, Final

_OVERRIDES: Final = (
    ("WRITETHRU_DB", "archive", "database"),
    ("WRITETHRU_CONTACT", "", "contact"),
    ("WRITETHRU_LISTEN", "service", "listen"),
    ("WRITETHRU_LOG", "service", "log"),
    ("WRITETHRU_WEB_LISTEN", "web", "listen"),
)
"""Variable, table ("" for the top of the file) and key."""


def apply_environment(data: dict[str, Any]) -> None:
    """Set the keys in `data` that WRITETHRU_* variables override.

    An empty variable counts, since an empty `listen` means no page; only an empty WRITETHRU_DB counts as unset.
    A table that is not a table is left for validation to report.
    """
    for variable, table, key in _OVERRIDES:
        value = os.environ.get(variable)
        if value is None or (key == "database" and not value):
            continue
        target = data.setdefault(table, {}) if table else data
        if isinstance(target, dict):
            target[key] = value
    if os.environ.get("WRITETHRU_ALLOW_PRIVATE") == "1" and isinstance(data.setdefault("fetch", {}), dict):
        data["fetch"]["allow_private"] = True


def variable_of(path: str) -> str:
    """Return the environment variable that set the key at `path` (such as "service.log"), or ""."""
    for variable, table, key in _OVERRIDES:
        if path == (f"{table}.{key}" if table else key) and variable in os.environ:
            return variable
    return ""
