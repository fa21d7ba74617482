"""What is watched, and what a visit found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .change import Change, LabelKind
from .page import Article


class HubKind(StrEnum):
    """Where article addresses come from."""

    FEED = "feed"
    SITEMAP = "sitemap"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Hub:
    """A page that lists articles: a feed, a sitemap or a section page with its link rules."""

    source: str
    kind: HubKind
    url: str
    selector: str = ""
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """An article address that a hub names, with what the hub says of it.

    *listed_until* is until when the hub is believed to go on naming it.
    """

    url: str
    title: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    listed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class HintTally:
    """How far a source's hubs are right: checks with touch and change, with touch alone, with change alone.

    A *touch* is a feed's `updated` or a sitemap's `lastmod` that has moved since the check before.
    """

    hits: float = 0.0
    false_touches: float = 0.0
    misses: float = 0.0

    def after(self, *, touched: bool, changed: bool) -> HintTally:
        """Return the tally with one more check in it."""
        return HintTally(
            self.hits + (touched and changed),
            self.false_touches + (touched and not changed),
            self.misses + (changed and not touched),
        )

    def faded(self, keep: float) -> HintTally:
        """Return the tally with the share *keep* of its weight, so that what a source used to do is forgotten."""
        return HintTally(self.hits * keep, self.false_touches * keep, self.misses * keep)


@dataclass(frozen=True, slots=True)
class Push:
    """A WebSub hub that tells of changes of *topic*, both addresses, as a feed names them."""

    hub: str
    topic: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What a hub's bytes hold: articles, and further hubs (a sitemap index, a feed named by a page)."""

    kind: HubKind
    targets: tuple[Target, ...] = ()
    hubs: tuple[str, ...] = ()
    title: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is counted: *key* is the same for every number in it, *sample* is how it read when first seen."""

    key: str
    sample: str


class HabitKind(StrEnum):
    """Why a line of a source is no news: it stands in many articles, or it differs at every fetch."""

    HOUSE = "house"
    VOLATILE = "volatile"


@dataclass(frozen=True, slots=True)
class Habit:
    """A line that a source's own pages have taught us to set aside; *articles* is how many it was seen in."""

    kind: HabitKind
    key: str
    sample: str
    articles: int = 0
    learned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LineCounts:
    """In how many of a source's *articles* each line stands, by its key."""

    articles: int = 0
    lines: tuple[tuple[str, int], ...] = ()


class ArticleState(StrEnum):
    """Whether an article is still visited."""

    ACTIVE = "active"
    GONE = "gone"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Tracked:
    """An article under watch as the archive knows it; *id* is a short prefix-unique hexadecimal string.

    *last_seen_at* is the last check that found the newest version standing (a 304 counts, a failure does not).
    *published_at* is what the page or its hub says. *told_at* is the update that its hub named last, *touched_at* when
    the hub was last seen to name a later one, until a check has followed, *listed_until* until when it is believed to
    name the article at all. *capture_sha256* is the hash of the page that the newest version came from.
    """

    id: str
    source: str
    url: str
    host: str
    first_seen_at: datetime
    state: ArticleState = ArticleState.ACTIVE
    next_check_at: datetime | None = None
    last_check_at: datetime | None = None
    last_seen_at: datetime | None = None
    last_change_at: datetime | None = None
    checks: int = 0
    versions: int = 0
    failures: int = 0
    etag: str = ""
    last_modified: str = ""
    signature: str = ""
    title: str = ""
    feed_title: str = ""
    stories: tuple[str, ...] = ()
    published_at: datetime | None = None
    told_at: datetime | None = None
    touched_at: datetime | None = None
    listed_until: datetime | None = None
    capture_sha256: str = ""


class CheckOutcome(StrEnum):
    """What one visit found."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NOT_MODIFIED = "not-modified"
    GONE = "gone"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One visit, as it is counted; *detail* says why it was refused or failed."""

    article: str
    at: datetime
    outcome: CheckOutcome
    detail: str = ""
    status: int | None = None
    elapsed: float = 0.0


@dataclass(frozen=True)
class Version:
    """One editorial state of an article with the capture it came from and the change that led to it.

    *n* counts from 1. *seen* is when it was first fetched, *previous_seen* when its predecessor was last seen
    standing: the edit happened in between. *change* is None for the first version. *removed* says why the content was
    taken out of the archive; it is empty for what stands. *first_extractor* is the one that read the page when the
    version was kept, where a later one has read it since: by that, *no_edit* says, it is like the version before.
    """

    article: str
    n: int
    url: str
    seen: datetime
    content: Article
    extractor: str
    capture_sha256: str
    previous_seen: datetime | None = None
    change: Change | None = None
    status: int = 200
    signature: str = ""
    source: str = ""
    stories: tuple[str, ...] = ()
    removed: str = ""
    first_extractor: str = ""
    no_edit: bool = False


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """A version as a list shows it, from columns alone: neither its content nor its change is read.

    *title* is the newest headline of the article; *words* counts those added and removed, 0 for the first version.
    """

    article: str
    n: int
    url: str
    seen: datetime
    source: str
    title: str
    sha256: str
    previous_seen: datetime | None = None
    words: int = 0
    significance: float = 0.0
    announced: bool | None = None
    kinds: tuple[LabelKind, ...] = ()
    removed: str = ""
    no_edit: bool = False
