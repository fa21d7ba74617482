"""Where article addresses come from, and what is learned of a source from its pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .capture import HostState
from .check import CheckOutcome


class HubKind(StrEnum):
    """Where article addresses come from."""

    FEED = "feed"
    SITEMAP = "sitemap"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Hub:
    """A page that lists articles: a feed, a sitemap, or a section page with its link rules.

    Attributes:
        selector: a CSS selector for the links of a section page.
        pattern: a regular expression that the links' addresses must match.
    """

    source: str
    kind: HubKind
    url: str
    selector: str = ""
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """An article that a hub lists, with what the hub says about it.

    Attributes:
        listed_until: until when the hub is expected to go on listing it.
    """

    url: str
    title: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    listed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What the bytes of a hub hold: articles, and further hubs (a sitemap index, a feed that a page names)."""

    kind: HubKind
    targets: tuple[Target, ...] = ()
    hubs: tuple[str, ...] = ()
    title: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Push:
    """A WebSub hub that announces changes of `topic`. Both are addresses, as a feed names them."""

    hub: str
    topic: str


@dataclass(frozen=True, slots=True)
class HubState:
    """How visits to a hub went.

    Attributes:
        failures: how many visits in a row failed, the last with `last_error`.
        articles: how many articles the hub has listed.
    """

    hub: Hub
    next_poll_at: datetime | None = None
    last_poll_at: datetime | None = None
    last_ok_at: datetime | None = None
    failures: int = 0
    last_error: str = ""
    etag: str = ""
    last_modified: str = ""
    articles: int = 0


@dataclass(frozen=True, slots=True)
class Mention:
    """What a listing says about an article that is known already. It replaces what was known.

    The fields are those of `Tracked`. `next_check_at` may only be earlier than what was planned.
    """

    article: str
    published_at: datetime | None
    told_at: datetime | None
    touched_at: datetime | None
    listed_until: datetime | None
    next_check_at: datetime | None


@dataclass(frozen=True, slots=True)
class HubPoll:
    """What one visit to a hub decided, to be stored in one transaction.

    Attributes:
        targets: the articles that it lists.
        stories: the stories that newly listed articles join.
        mentions: news of articles that are known already.
        claimed: ids of articles that move to the source of the hub, because it owns their site.
    """

    hub: Hub
    at: datetime
    next_poll_at: datetime
    outcome: CheckOutcome
    detail: str = ""
    etag: str = ""
    last_modified: str = ""
    targets: tuple[Target, ...] = ()
    stories: tuple[str, ...] = ()
    host: HostState | None = None
    mentions: tuple[Mention, ...] = ()
    claimed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HintTally:
    """How often a source's listings were right about updates.

    A listing hints at an update by a later `updated` of a feed or `lastmod` of a sitemap than at the check before.

    Attributes:
        hits: checks with a hint that found a change.
        false_touches: checks with a hint that found none.
        misses: checks that found a change without a hint.
    """

    # Not whole numbers, because old checks fade.
    hits: float = 0.0
    false_touches: float = 0.0
    misses: float = 0.0

    def after(self, *, touched: bool, changed: bool) -> HintTally:
        """Return the tally with one more check: whether there was a hint, and whether the article had changed."""
        return HintTally(
            self.hits + (touched and changed),
            self.false_touches + (touched and not changed),
            self.misses + (changed and not touched),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page, as it is counted.

    Attributes:
        key: the line without its numbers, so that lines that differ in numbers alone are one.
        sample: the line as it read when it was first seen.
    """

    key: str
    sample: str


@dataclass(frozen=True, slots=True)
class LineCounts:
    """In how many of a source's `articles` each line is found, by its key."""

    articles: int = 0
    lines: tuple[tuple[str, int], ...] = ()


class HabitKind(StrEnum):
    """Why a line of a source is not news: it is in many articles, or it differs at every fetch."""

    HOUSE = "house"
    VOLATILE = "volatile"


@dataclass(frozen=True, slots=True)
class Habit:
    """A line that a source's own pages have shown not to be news. `articles` is how many it was seen in."""

    kind: HabitKind
    key: str
    sample: str
    articles: int = 0
    learned_at: datetime | None = None
