"""Articles under watch, and the visits to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ArticleState(StrEnum):
    """Whether an article is still visited."""

    ACTIVE = "active"
    GONE = "gone"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Tracked:
    """An article under watch, as the archive knows it.

    Attributes:
        id: a hexadecimal string of twelve digits; any prefix that fits one article alone names it.
        last_seen_at: the last check that found the newest version unchanged. A 304 counts, a failure does not.
        failures: how many checks in a row gave no page.
        signature: the element that the newest version's body was found in.
        published_at: what the page or its listing says.
        told_at: the time of the newest update that a listing named.
        touched_at: when a listing was first seen to name a later update than before, until a check has followed it up.
        listed_until: until when a listing is expected to name the article.
        capture_sha256: the hash of the newest version's page; empty if that version was taken down.
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
    """What one visit found. The visit to a listing has an outcome too: UNCHANGED where it could be read."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NOT_MODIFIED = "not-modified"
    GONE = "gone"
    REFUSED = "refused"
    FAILED = "failed"

    @property
    def made_version(self) -> bool:
        """Whether the visit stored a version."""
        return self is CheckOutcome.NEW or self is CheckOutcome.CHANGED

    @property
    def found_unchanged(self) -> bool:
        """Whether the visit found the newest version as it was; a 304 says so without a page."""
        return self is CheckOutcome.UNCHANGED or self is CheckOutcome.NOT_MODIFIED

    @property
    def saw_page(self) -> bool:
        """Whether the visit saw the page, so that the newest version is known to be what the page says."""
        return self.made_version or self.found_unchanged

    # The difference to `saw_page` matters to figures: a first visit says nothing about how often an article changes.
    @property
    def compared(self) -> bool:
        """Whether the visit could tell if the article had changed; the first one has nothing to compare with."""
        return self is CheckOutcome.CHANGED or self.found_unchanged

    @property
    def saw_nothing(self) -> bool:
        """Whether the visit says nothing about the article, because it failed or was refused."""
        return self is CheckOutcome.FAILED or self is CheckOutcome.REFUSED


class Remark(StrEnum):
    """What was noticed at a visit that later ones, or figures, depend on."""

    INTERNAL_ERROR = "internal-error"
    LAYOUT = "layout"
    """The same text is in another element of the page."""
    BYLINE = "byline"
    """Another byline is in one place of the page only, and for the first time; the next visit may confirm it."""
    CLOCK = "clock"
    """The page's own time of modification moved though nothing else did."""


@dataclass(frozen=True, slots=True)
class Check:
    """One visit to an article.

    Attributes:
        detail: why the page was refused, why the visit failed, or what was noticed on an unchanged page.
        status: the HTTP status, where there was one.
        elapsed: how long the fetch took, in seconds.
        remark, subject: what kind of thing was noticed, and of what: the names of a byline, a time of modification.
    """

    article: str
    at: datetime
    outcome: CheckOutcome
    detail: str = ""
    status: int | None = None
    elapsed: float = 0.0
    remark: Remark | None = None
    subject: str = ""
