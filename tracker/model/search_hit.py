"""A paragraph that a search found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A paragraph that was found, and how long it was part of its article.

    It was there from `first_version` to `last_version` (None while it is current): first seen at `since`, first seen
    gone at `until`. The fields are the keys of its JSON.
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
