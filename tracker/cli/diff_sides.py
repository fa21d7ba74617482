"""The two sides of a diff."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tracker.classify.facts import changed_facts

if TYPE_CHECKING:
    from tracker.model import Article, Change, Fact, Version


@dataclass(frozen=True)
class Sides:
    """Both sides as text, the change between them, and their names.

    Attributes:
        names: what to call each side, such as "1a2b3c4d@v1" or a file name.
        when: when the change happened, as text; empty for files.
        pair: the versions compared, or None for files.
    """

    old: str
    new: str
    change: Change
    names: tuple[str, str]
    articles: tuple[Article, Article]
    when: str = ""
    pair: tuple[Version, Version] | None = None

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """Return the facts that differ."""
        return changed_facts(*self.articles, self.change)
