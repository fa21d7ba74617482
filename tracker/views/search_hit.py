"""A paragraph that a search found: the object of `search --json`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from tracker.model.search_hit import SearchHit

from .json import Answer, from_fields


class SearchHitView(Answer, frozen=True):
    """A paragraph that was found, and how long it was part of its article.

    It was there from `first_version` to `last_version` (null while it is current): first seen at `since`, first seen
    gone at `until`.
    """

    article: str
    source: str
    url: str
    title: str
    place: Literal["title", "dek", "text"]
    text: str
    first_version: int
    last_version: int | None
    since: datetime
    until: datetime | None

    @classmethod
    def of(cls, hit: SearchHit) -> Self:
        """Return the object of a paragraph."""
        return from_fields(cls, hit)
