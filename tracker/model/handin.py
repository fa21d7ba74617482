"""Saved pages that people handed in: texts of an article that this service did not fetch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .version import Version


@dataclass(frozen=True, slots=True)
class Handin:
    """A saved page that a person handed in. It is no version of the article, and counts in no figure.

    Attributes:
        page: its text and address as those of a version; `n` is its number among pages handed in, `seen` when it was
            handed in, `capture_sha256` the hash of the file.
        by: the name that the person gave.
        saved: when the page was saved, by that person's account; None if they did not say.
    """

    page: Version
    by: str
    saved: datetime | None

    @property
    def name(self) -> str:
        """The name by which commands know it: 1a2b3c4d@h1."""
        return f"{self.page.article[:8]}@h{self.page.n}"
