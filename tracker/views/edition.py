"""An edition: one state of a text, as the outlets that print it took it over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class EditionCopy:
    """A version of another article that took the edition over.

    Attributes:
        after: the time from the edition to the copy (seconds in JSON); negative where the copy was seen first.
    """

    article: str
    version: int
    source: str
    url: str
    after: timedelta
