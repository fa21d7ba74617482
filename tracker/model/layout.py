"""A change of layout: when the articles of a source were first and last seen in another frame."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

MIN_MOVED_ARTICLES: Final = 10
"""With this many articles in a new frame, the layout of the source has changed."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout change: when its first and latest article were seen, and the articles, up to `MIN_MOVED_ARTICLES`."""

    source: str
    began: datetime
    last: datetime
    articles: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        """Whether enough articles moved to say that the source changed, not single articles."""
        return len(self.articles) >= MIN_MOVED_ARTICLES
