"""A story: which articles are about one event, and which version of a text each of them runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .values import SCHEMA, JsonObject, iso

if TYPE_CHECKING:
    from datetime import datetime

    from ..model.article import NoticeKind


@dataclass(frozen=True, slots=True)
class MissingNoticeView:
    """A notice of the original that a copy lacks since *since*; *text_taken*: its text was corrected without a note."""

    kind: NoticeKind
    text: str
    version: int
    since: datetime
    text_taken: bool


@dataclass(frozen=True, slots=True)
class OwnSentenceView:
    """A sentence of a copy that is not the original's: *kind* is "added", "edited" or "removed"."""

    kind: str
    wire: str
    own: str


@dataclass(frozen=True, slots=True)
class CopiedVersionView:
    """Which version of the original (*runs*) a version of an article was, and when that was first seen."""

    version: int
    seen: datetime
    runs: int


@dataclass(frozen=True, slots=True)
class StoryArticleView:
    """An article of a story: what it copies, how far it is behind, and why it is in the story."""

    article: str
    url: str
    role: str
    source: str = ""
    headline: str = ""
    origin: str | None = None
    runs: int | None = None
    behind: int = 0
    behind_since: datetime | None = None
    missing_words: int = 0
    missing_notices: tuple[MissingNoticeView, ...] = ()
    own: tuple[OwnSentenceView, ...] = ()
    cut: bool = False
    history: tuple[CopiedVersionView, ...] = ()
    score: float | None = None
    reasons: tuple[str, ...] = ()
    accepted: bool = False

    def as_json(self) -> JsonObject:
        """Return everything about the article."""
        return {
            "article": self.article,
            "url": self.url,
            "source": self.source,
            "headline": self.headline,
            "role": self.role,
            "origin": self.origin,
            "runs": self.runs,
            "behind": self.behind,
            "behind_since": iso(self.behind_since),
            "missing_words": self.missing_words,
            "missing_notices": [
                {
                    "kind": each.kind.value,
                    "text": each.text,
                    "version": each.version,
                    "since": iso(each.since),
                    "text_taken": each.text_taken,
                }
                for each in self.missing_notices
            ],
            "own_edits": len(self.own),
            "own": [{"kind": each.kind, "wire": each.wire, "own": each.own} for each in self.own],
            "cut": self.cut,
            "history": [{"version": each.version, "seen": iso(each.seen), "runs": each.runs} for each in self.history],
            "score": self.score,
            "reasons": list(self.reasons),
            "accepted": self.accepted,
        }


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story, *named* by a person or found by the program; in a list its articles are *brief*."""

    story: str
    title: str
    named: bool
    articles: tuple[StoryArticleView, ...]
    brief: bool = False

    def as_json(self) -> JsonObject:
        """Return the story: the object of `story show --json`, or of `stories --json` if it is brief."""
        return {
            "schema": SCHEMA,
            "story": self.story,
            "title": self.title,
            "articles": [
                {"article": each.article, "url": each.url, "role": each.role} if self.brief else each.as_json()
                for each in self.articles
            ],
            "named": self.named,
        }
