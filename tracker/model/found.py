"""What questions to an archive find."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A paragraph that was found, and how long it was part of its article.

    It was there from version *first* to version *last* (None while it is current): first seen at *since*, first seen
    gone at *until*. *place* is "title", "dek" or "text".
    """

    article: str
    source: str
    url: str
    title: str
    text: str
    place: str
    first: int
    last: int | None
    since: datetime
    until: datetime | None
