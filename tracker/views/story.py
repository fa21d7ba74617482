"""A story: which articles are about one event, and which version of a text each of them runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from tracker.model.story import Home, MissingNotice, OwnEdit, Place, Role, Run

from .json import Answer, Part, from_fields
from .version import EditionCopy


class ListedArticle(Part, frozen=True):
    """An article of a story in a list. Why it is in the story takes reading its texts."""

    article: str
    url: str
    role: Role


class ListedStory(Answer, frozen=True):
    """A story in a list, `named` by a person or found automatically: the object of `stories --json`."""

    story: str
    title: str
    articles: tuple[ListedArticle, ...]
    named: bool
    ident: str
    sources: int
    versions: int
    first_seen: datetime
    last: datetime


class StoryArticleView(ListedArticle, frozen=True):
    """An article of a story: its original, how far it is behind, and why it is in the story."""

    source: str
    headline: str
    origin: str | None
    runs: int | None
    behind: int
    behind_since: datetime | None
    behind_unclear: bool
    missing_words: int
    missing_notices: tuple[MissingNotice, ...]
    own_edits: int
    own: tuple[OwnEdit, ...]
    cut: bool
    history: tuple[Run, ...]
    score: float | None
    reasons: tuple[str, ...]
    accepted: bool

    @classmethod
    def of(cls, place: Place, home: Home | None, *, accepted: bool) -> Self:
        """Return the object of an article; `home` says why it was put into the story automatically, if it was."""
        return from_fields(
            cls,
            place,
            behind_unclear=bool(place.behind) and not place.seen_behind,
            own_edits=len(place.own_edits),
            own=place.own_edits,
            score=home.score if home else None,
            reasons=home.reasons if home else (),
            accepted=accepted,
        )


class StoryEvent(Part, frozen=True):
    """An edition in the time line of a story, or an edit of an outlet's own.

    Attributes:
        labels: the kinds of its labels; none for a first version.
        copies: the versions of other articles that took it over.
        lacking: the copies that were last seen with an older text.
    """

    article: str
    version: int
    source: str
    seen: datetime
    headline: str
    labels: tuple[str, ...]
    copies: tuple[EditionCopy, ...]
    lacking: tuple[str, ...]


class StoryView(Answer, frozen=True):
    """A story, `named` by a person or found automatically: the object of `story show --json`."""

    story: str
    title: str
    articles: tuple[StoryArticleView, ...]
    named: bool
    timeline: tuple[StoryEvent, ...]


@dataclass(frozen=True, slots=True)
class UntakenCorrection:
    """A notice of an origin that some copies never printed.

    Attributes:
        article, version, source: where the notice was published.
        outlets: how many outlets printed the error, that one included.
        since: when it was first seen there, or when the first of the copies appeared, if that was later.
        copies: the copies that lack it, each with whether its text was corrected.
    """

    article: str
    version: int
    source: str
    kind: str
    text: str
    outlets: int
    since: datetime
    copies: tuple[tuple[Place, bool], ...]

    @property
    def count(self) -> str:
        """Return the count of outlets that printed no note, in words. Those not visited since have their own count."""
        silent = {place.source for place, _ in self.copies if place.visited_since(self.since)}
        unknown = len({place.source for place, _ in self.copies} - silent)
        said = f"{len(silent)} of {self.outlets} outlets printed no note"
        return f"{said}, {unknown} not visited since" if unknown else said

    def state_of(self, place: Place, text_taken: bool) -> str:  # noqa: FBT001 - as `copies` has it
        """Return the state of a copy in words. A copy that was not visited since may have taken the correction."""
        if text_taken:
            return "text corrected without the note"
        return "text not corrected either" if place.visited_since(self.since) else "not visited since"
