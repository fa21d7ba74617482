"""A story: which articles are about one event, and which version of a text each of them runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from .values import SCHEMA, JsonObject, iso, plain

if TYPE_CHECKING:
    from tracker.model.story import Home, Place

    from .edition import EditionCopy


@dataclass(frozen=True, slots=True)
class StoryArticleView:
    """An article of a story: what it copies, how far it is behind, and why it is in the story."""

    place: Place
    home: Home | None = None
    accepted: bool = False

    def as_json(self) -> JsonObject:
        """Return everything about the article."""
        one, home = self.place, self.home
        return {
            "article": one.article,
            "url": one.url,
            "source": one.source,
            "headline": one.headline,
            "role": one.role,
            "origin": one.origin,
            "runs": one.runs,
            "behind": one.behind,
            "behind_since": iso(one.behind_since),
            "behind_unclear": bool(one.behind) and not one.seen_behind,
            "missing_words": one.missing_words,
            "missing_notices": plain(one.missing_notices),
            "own_edits": len(one.own_edits),
            "own": plain(one.own_edits),
            "cut": one.cut,
            "history": plain(one.history),
            "score": home.score if home else None,
            "reasons": list(home.reasons) if home else [],
            "accepted": self.accepted,
        }


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """An edition in the time line of a story, or an edit of an outlet's own.

    Attributes:
        kinds: the kinds of its labels; none for a first version.
        copies: the versions of other articles that took it over.
        lacking: the copies that were last seen with an older text.
    """

    article: str
    version: int
    source: str
    seen: datetime
    headline: str
    kinds: tuple[str, ...] = ()
    copies: tuple[EditionCopy, ...] = ()
    lacking: tuple[Place, ...] = ()

    def as_json(self) -> JsonObject:
        """Return the entry."""
        return {
            "article": self.article,
            "version": self.version,
            "source": self.source,
            "seen": iso(self.seen),
            "headline": self.headline,
            "labels": list(self.kinds),
            "copies": plain(self.copies),
            "lacking": [each.article for each in self.lacking],
        }


@dataclass(frozen=True, slots=True)
class UntakenCorrection:
    """A notice of an origin that some copies never printed.

    Attributes:
        article, version, source: where the notice was published.
        since: when it was first seen there, or when the first of the copies appeared, if that was later.
        copies: the copies that lack it, each with whether its text was corrected.
    """

    article: str
    version: int
    source: str
    kind: str
    text: str
    since: datetime
    copies: tuple[tuple[Place, bool], ...]

    def state_of(self, place: Place, text_taken: bool) -> str:  # noqa: FBT001 - as `copies` has it
        """Return what a copy did, in words; one that was not visited since may have taken the correction."""
        if text_taken:
            return "text corrected without the note"
        return "text not corrected either" if place.visited_since(self.since) else "not visited since"


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story, `named` by a person or found automatically; a `brief` one is for a list and has no `events`."""

    story: str
    title: str
    named: bool
    articles: tuple[StoryArticleView, ...]
    brief: bool = False
    events: tuple[StoryEvent, ...] = ()

    def as_json(self) -> JsonObject:
        """Return the story: the object of `story show --json`, or of `stories --json` if it is brief."""
        value: JsonObject = {
            "schema": SCHEMA,
            "story": self.story,
            "title": self.title,
            # A list names the articles only: why each is in the story takes reading its texts.
            "articles": [
                {"article": each.place.article, "url": each.place.url, "role": each.place.role}
                if self.brief
                else each.as_json()
                for each in self.articles
            ],
            "named": self.named,
        }
        if not self.brief:
            value["timeline"] = [each.as_json() for each in self.events]
        return value
