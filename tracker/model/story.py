"""What a story is made of: where the machine put an article, what a person decided, which articles hold one text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StoryDecisionKind(StrEnum):
    """What a person may say of a story."""

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
    """One decision of a person about *story*.

    ACCEPT and PIN hold *articles* in the story; REJECT keeps them out; SPLIT takes them out of it into story *into*;
    MERGE makes the whole story part of *into*; RENAME gives it the title *into*; ORIGIN names the article whose text
    the others copy; OWN says that *articles* are no copies, whatever they share.
    """

    verdict: StoryDecisionKind
    story: str
    articles: tuple[str, ...] = ()
    into: str = ""
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """The story that the machine put *article* into, how surely (0 to 1) and why.

    A story is called by the id of its first article until a person names it; an article that is like no other is a
    story of its own, with no score. *copy* says that the article holds the text of another in the story.
    """

    article: str
    story: str
    score: float | None = None
    reasons: tuple[str, ...] = ()
    copy: bool = False


@dataclass(frozen=True, slots=True)
class CopyPair:
    """Two articles that hold the same text; *contained* is the share of the shorter one. *first* < *second*."""

    first: str
    second: str
    contained: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StoryPosting:
    """An *article* that a mark of a signature stands in; *least* is the size of its smallest signature."""

    mark: int
    article: str
    least: int


@dataclass(frozen=True, slots=True)
class StoryReading:
    """What reading one version for its story came to, to be kept in one transaction by `Store.keep_story`.

    *marks* are new for the article, *size* is how many its signature has. *home* is None where the article stays where
    it is. *joins* are named stories that the article is now part of.
    """

    article: str
    version: int
    at: datetime
    marks: tuple[int, ...] = ()
    size: int = 0
    copies: tuple[CopyPair, ...] = ()
    home: Home | None = None
    joins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryBook:
    """All that is known of stories: *homes* of several articles, *named* (article, story), decisions, oldest first."""

    homes: tuple[Home, ...] = ()
    named: tuple[tuple[str, str], ...] = ()
    decisions: tuple[Decision, ...] = ()
