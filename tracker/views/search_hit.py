"""A paragraph that a search found: the object of `search --json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .values import SCHEMA, JsonObject, iso

if TYPE_CHECKING:
    from ..model.version import SearchHit


@dataclass(frozen=True, slots=True)
class SearchHitView:
    """A paragraph that was found, with its article."""

    hit: SearchHit

    def as_json(self) -> JsonObject:
        """Return the paragraph and when it was on the page; "until" is null if it still is."""
        hit = self.hit
        return {
            "schema": SCHEMA,
            "article": hit.article,
            "source": hit.source,
            "url": hit.url,
            "title": hit.title,
            "place": hit.place,
            "text": hit.text,
            "first_version": hit.first,
            "last_version": hit.last,
            "since": iso(hit.since),
            "until": iso(hit.until),
        }
