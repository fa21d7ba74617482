"""Stories: which articles follow one event or hold one text, and what people decided about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from .article import NoticeKind


class StoryDecisionKind(StrEnum):
    """What a person decided about a story. PIN, REJECT and RENAME are made; those of release 0.1 beside them hold."""

    ACCEPT = "accept"
    PIN = "pin"
    REJECT = "reject"
    SPLIT = "split"
    MERGE = "merge"
    RENAME = "rename"
    ORIGIN = "origin"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of a person about `story`.

    ACCEPT and PIN hold `articles` in the story. REJECT keeps them out. SPLIT moves them into story `into`. MERGE makes
    the whole story part of `into`. RENAME gives it the title `into`. ORIGIN names the article whose text the others
    copy. OWN says that `articles` are not copies, whatever they share.
    """

    verdict: StoryDecisionKind
    story: str
    articles: tuple[str, ...] = ()
    into: str = ""
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """The story that an article was put into automatically.

    A story is called by the id of its first article until a person names it. An article that is like no other is a
    story of its own, without a score, which is from 0 to 1. A `copy` holds the text of another article of the story.
    """

    article: str
    story: str
    score: float | None = None
    reasons: tuple[str, ...] = ()
    copy: bool = False


@dataclass(frozen=True, slots=True)
class CopyPair:
    """Two articles that hold the same text, in the order of their ids.

    `contained` is the share of the shorter text that the longer one contains, 0 to 1.
    """

    first: str
    second: str
    contained: float
    reason: str = ""

    @property
    def articles(self) -> tuple[str, str]:
        """Return both articles."""
        return self.first, self.second


@dataclass(frozen=True, slots=True)
class StoryPostings:
    """The articles that have each mark in their signatures, and the size of the smallest signature of each article."""

    articles: dict[int, list[str]] = field(default_factory=dict)
    least: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoryReading:
    """The story of one version as it was found, to be stored in one transaction.

    Attributes:
        marks: the marks of its signature that are new for the article.
        size: how many marks its signature has.
        copies: the pairs of articles that hold the same text.
        homes: the articles that belong to another story now; one that was never read is a story of its own.
        joins: named stories that the article is now part of.
    """

    article: str
    version: int
    at: datetime
    marks: tuple[int, ...] = ()
    size: int = 0
    copies: tuple[CopyPair, ...] = ()
    homes: tuple[Home, ...] = ()
    joins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryBook:
    """All that is known of stories: where articles belong, named stories as (article, story), and decisions in order.

    Decisions are listed oldest first.
    """

    homes: tuple[Home, ...] = ()
    named: tuple[tuple[str, str], ...] = ()
    decisions: tuple[Decision, ...] = ()


Role = Literal["origin", "copy", "own"]


@dataclass(frozen=True, slots=True)
class MissingNotice:
    """A notice that a `version` of the origin brought and a copy lacks. `text_taken`: the copy's text was corrected.

    `since` is when it was first seen at the origin, or when the copy appeared, if that was later.
    """

    kind: NoticeKind
    text: str
    version: int
    since: datetime
    text_taken: bool


@dataclass(frozen=True, slots=True)
class Run:
    """A version of a copy, when it was first seen, and the version of the origin that it is nearest to."""

    version: int
    seen: datetime
    runs: int


@dataclass(frozen=True, slots=True)
class OwnEdit:
    """What a copy's outlet changed itself: a sentence that it added, edited or left out."""

    kind: Literal["added", "edited", "removed"]
    wire: str = ""
    own: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """An article's place in a story.

    Attributes:
        origin: the article that it copies.
        runs: the version of the origin that its text is nearest to.
        behind: how many later versions of the origin have another text.
        behind_since: when the first of them was seen, or when the copy appeared, if that was later.
        missing_words: how many words of the origin's newest text, before the copy's end, the copy lacks.
        cut: whether the copy ends before its version of the origin does.
        confirmed: the latest time at which the text is known to have been there.
        online: whether the page is still there.
    """

    article: str
    url: str
    role: Role
    source: str = ""
    headline: str = ""
    origin: str | None = None
    runs: int | None = None
    behind: int = 0
    behind_since: datetime | None = None
    missing_words: int = 0
    missing_notices: tuple[MissingNotice, ...] = ()
    own_edits: tuple[OwnEdit, ...] = ()
    cut: bool = False
    history: tuple[Run, ...] = ()
    confirmed: datetime | None = None
    online: bool = True

    def visited_since(self, time: datetime | None) -> bool:
        """Whether the text is known to have been seen at `time` or later; if not, it may have changed unseen."""
        return time is None or (self.confirmed is not None and self.confirmed >= time)

    @property
    def seen_behind(self) -> bool:
        """Whether the copy was seen with an older text after its origin had a newer one."""
        return bool(self.behind) and self.visited_since(self.behind_since)
