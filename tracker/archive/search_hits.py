"""Which paragraphs of an article are searched, and where they are in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from tracker.model.article import Article

Where = Literal["current", "removed", "all"]

TITLE: Final = -1
DEK: Final = -2
PLACES: Final = {TITLE: "title", DEK: "dek"}


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
