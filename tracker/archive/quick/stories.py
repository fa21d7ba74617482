"""What the quick reader knows of stories."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tracker.archive.values import from_ms
from tracker.model import CopyPair, Decision, Home, StoryBook, StoryDecisionKind

from .sql import VERSION

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from tracker.model import Version

_HOME: Final = """
SELECT h.story, h.score, h.is_copy, h.reasons, a.ident FROM story_home h JOIN article a ON a.id = h.article_id
"""
STORY_SQL: Final = {
    "story_several": f"""{_HOME} WHERE h.story IN
        (SELECT story FROM story_home GROUP BY story HAVING count(*) > 1) ORDER BY h.article_id""",  # noqa: S608 - a constant
    "story_versions": f"{VERSION} WHERE a.ident = :ident ORDER BY v.n DESC LIMIT :limit",
    "story_named": "SELECT a.ident, s.name FROM story s JOIN article a ON a.id = s.article_id ORDER BY s.id",
    "story_decisions": "SELECT at, by, verdict, story, articles, into_story FROM story_decision ORDER BY id",
    "story_homes": f"{_HOME} WHERE a.ident IN (:ids) ORDER BY h.article_id",
    "story_copies_first": """
        SELECT one.ident AS first, other.ident AS second, c.contained, c.reason FROM story_copy c
        JOIN article one ON one.id = c.first_id JOIN article other ON other.id = c.second_id
        WHERE one.ident IN (:ids)""",
    "story_copies_second": """
        SELECT one.ident AS first, other.ident AS second, c.contained, c.reason FROM story_copy c
        JOIN article one ON one.id = c.first_id JOIN article other ON other.id = c.second_id
        WHERE other.ident IN (:ids)""",
}


class QuickStories:
    """The reading half of the store's stories."""

    def story_book(self) -> StoryBook:
        """Return all that is known of stories; the homes of articles that are alone are left out."""
        return StoryBook(
            homes=tuple(_home(row) for row in self._rows("story_several")),
            named=tuple((row["ident"], row["name"]) for row in self._rows("story_named")),
            decisions=tuple(_decision(row) for row in self._rows("story_decisions")),
        )

    def story_homes(self, articles: Sequence[str]) -> list[Home]:
        """Return where the machine put these articles; nothing for those that were not read yet."""
        return [_home(row) for row in self._many("story_homes", articles)]

    def story_decisions(self) -> list[Decision]:
        """Return what persons decided, oldest first."""
        return [_decision(row) for row in self._rows("story_decisions")]

    def story_versions(self, article: str, limit: int) -> list[Version]:
        """Return at most *limit* versions of an article, newest first."""
        return self._versions(self._rows("story_versions", ident=article, limit=limit))

    def story_copies(self, articles: Sequence[str]) -> list[CopyPair]:
        """Return the pairs of copies that any of *articles* is part of."""
        found = {}
        for name in ("story_copies_first", "story_copies_second"):
            for row in self._many(name, articles):
                pair = CopyPair(row["first"], row["second"], row["contained"], row["reason"])
                found[pair.first, pair.second] = pair
        return [found[key] for key in sorted(found)]

    def _versions(self, found: Sequence[sqlite3.Row]) -> list[Version]:
        raise NotImplementedError

    def _rows(self, name: str, **given: Any) -> list[sqlite3.Row]:  # noqa: ANN401 - parameters of SQL
        raise NotImplementedError

    def _many(self, name: str, keys: Iterable[Any]) -> Iterator[sqlite3.Row]:
        raise NotImplementedError


def _home(row: sqlite3.Row) -> Home:
    return Home(row["ident"], row["story"], row["score"], tuple(json.loads(row["reasons"])), bool(row["is_copy"]))


def _decision(row: sqlite3.Row) -> Decision:
    articles = tuple(json.loads(row["articles"]))
    said = StoryDecisionKind(row["verdict"])
    return Decision(said, row["story"], articles, row["into_story"], at=from_ms(row["at"]), by=row["by"])
