"""A paragraph with the versions that added and edited it: the object of `blame --json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .values import SCHEMA, JsonObject, fields_json

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class VersionMark:
    """A version that added or edited a paragraph, between `previous_seen` and `seen`."""

    version: int
    seen: datetime
    previous_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class BlameView:
    """A paragraph of a version.

    Attributes:
        paragraph: its number, from 0.
        first: the version that added it.
        edits: the versions that edited it, oldest first.
    """

    article: str
    url: str
    version: int
    paragraph: int
    text: str
    first: VersionMark
    edits: tuple[VersionMark, ...] = ()

    def as_json(self) -> JsonObject:
        """Return the paragraph with its history."""
        return {"schema": SCHEMA, **fields_json(self)}
