"""A paragraph that a search found: the object of `search --json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .values import SCHEMA, JsonObject, fields_json

if TYPE_CHECKING:
    from tracker.model.search_hit import SearchHit


@dataclass(frozen=True, slots=True)
class SearchHitView:
    """A paragraph that was found, with its article."""

    hit: SearchHit

    def as_json(self) -> JsonObject:
        """Return the paragraph and when it was on the page; "until" is null if it still is."""
        return {"schema": SCHEMA, **fields_json(self.hit)}
