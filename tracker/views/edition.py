"""An edition: one state of a text, as the outlets that print it took it over."""

from __future__ import annotations

from .json import Part


class EditionCopy(Part, frozen=True):
    """A version of another article that took the edition over.

    Attributes:
        after: the seconds from the edition to the copy; negative where the copy was seen first.
    """

    article: str
    version: int
    source: str
    url: str
    after: float
