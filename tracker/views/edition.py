"""An edition: one state of a text, as the outlets that print it took it over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .values import JsonObject


@dataclass(frozen=True, slots=True)
class EditionCopy:
    """A version of another article that took the edition over.

    `after` is the time from the edition to the copy; it is negative where the copy was seen first.
    """

    article: str
    version: int
    source: str
    url: str
    after: timedelta

    def as_json(self) -> JsonObject:
        """Return the copy; `after` in seconds."""
        return {
            "article": self.article,
            "version": self.version,
            "source": self.source,
            "url": self.url,
            "after": self.after.total_seconds(),
        }
