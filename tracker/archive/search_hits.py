"""What search finds: paragraphs and how long they stood. Nothing here needs SQLAlchemy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tracker.model import Article

Where = Literal["current", "removed", "all"]

TITLE: Final = -1
DEK: Final = -2
PLACES: Final = {TITLE: "title", DEK: "dek"}


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph that was found.

    It stood from version *first* to version *last* (None while it stands): it was first seen at *since*, and first seen
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


def texts(content: Article) -> Iterator[tuple[int, str]]:
    """Yield the passages of an article with their places: headline, dek, then each editorial block."""
    if content.title:
        yield TITLE, content.title
    if content.dek:
        yield DEK, content.dek
    for place, block in enumerate(content.editorial):
        yield place, block.text


def text_at(content: Article, block: int) -> str:
    """Return the passage at a place that `texts` gave."""
    return {TITLE: content.title, DEK: content.dek}.get(block) or content.editorial[block].text
