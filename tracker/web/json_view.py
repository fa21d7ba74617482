"""Frozen values as JSON, for pages without a view of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from tracker.views.values import SCHEMA, iso


def to_json(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any frozen dataclass
    """Return a dataclass or mapping as a JSON object with "schema". Times are UTC, durations are in seconds."""
    return {"schema": SCHEMA, **plain(value)}


def plain(value: Any) -> Any:  # noqa: ANN401 - what JSON knows
    """Return a value made of JSON types. Fields that begin with an underscore are left out."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value) if not each.name.startswith("_")}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    return [plain(each) for each in value]
