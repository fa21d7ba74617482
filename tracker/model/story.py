"""Stories: which articles follow one event or hold one text, and what people decided about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class StoryDecisionKind(StrEnum):
    """What a person may decide about a story."""

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
    story of its own, without a score.

    Attributes:
        score: how sure that is, 0 to 1.
        copy: whether the article holds the text of another article of the story.
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
    """The articles that have marks in their signatures.

    Attributes:
        articles: those of each mark.
        least: the size of the smallest signature of each article.
    """

    articles: dict[int, list[str]] = field(default_factory=dict)
    least: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoryReading:
    """What was found of the story of one version, to be stored in one transaction.

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
