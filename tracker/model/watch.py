"""Articles under watch, the visits to them and to the lists of them, and the decisions of a visit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .alert import Alert
from .capture import Capture, HostState
from .source import Habit, Hub, Line, Target
from .version import NewVersion, Raw


class ArticleState(StrEnum):
    """Whether an article is still visited."""

    ACTIVE = "active"
    GONE = "gone"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class WatchedArticle:
    """An article under watch, as the archive knows it.

    Attributes:
        id: a hexadecimal string of twelve digits; any prefix that fits one article alone names it.
        last_seen_at: the last check that found the newest version unchanged. A 304 counts, a failure does not.
        failures: how many checks in a row gave no page.
        signature: the element that the newest version's body was found in.
        published_at: what the page or its listing says.
        listing_updated_at: the time of the newest update that a listing named.
        update_hinted_at: when a listing first named a later update than before, until a check has followed it up.
        listed_until: until when a listing is expected to name the article.
        capture_sha256: the hash of the newest version's page; empty if that version was taken down.
        possibly_gone_since: the first 404 since the page was seen, while the last check found one too and it is not
            sure that the page was taken down.
        is_cited: whether there is a citation of it.
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
    listing_updated_at: datetime | None = None
    update_hinted_at: datetime | None = None
    listed_until: datetime | None = None
    capture_sha256: str = ""
    possibly_gone_since: datetime | None = None
    is_cited: bool = False


class CheckOutcome(StrEnum):
    """The result of one visit. The visit to a listing has an outcome too: UNCHANGED where it could be read."""

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
        """Whether the visit saw the page, so that the newest version is known to be its current text."""
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
    """An observation at a visit that later visits, or figures, depend on."""

    INTERNAL_ERROR = "internal-error"
    LAYOUT = "layout"
    """The same text is in another element of the page."""
    BYLINE = "byline"
    """Another byline is in one place of the page only, and for the first time; the next visit may confirm it."""
    CLOCK = "clock"
    """The page's own time of modification moved though nothing else did."""


@dataclass(frozen=True, slots=True)
class Check:
    """One visit to an article. `elapsed` is how long the fetch took, in seconds.

    `detail` is why the page was refused, why the visit failed, or an observation on an unchanged page; `remark` and
    `subject` are the kind of the observation and its subject: the names of a byline, a time of modification.
    """

    article: str
    at: datetime
    outcome: CheckOutcome
    detail: str = ""
    status: int | None = None
    elapsed: float = 0.0
    remark: Remark | None = None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class CheckVerdict:
    """The outcome of one check, the reason, and how many checks in a row have failed.

    `onward` is the address that is watched in place of this one, which only leads to it.
    """

    outcome: CheckOutcome
    detail: str = ""
    failures: int = 0
    onward: str = ""
    remark: Remark | None = None
    subject: str = ""

    @property
    def is_of_article(self) -> bool:
        """Whether the page is the article's own, so that its validators and signature are stored with the article."""
        return not (self.failures or self.onward)


@dataclass(frozen=True, slots=True)
class HubState:
    """How visits to a hub went: `failures` in a row, the last with `last_error`; and how many articles it listed."""

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
    """The news of a listing about an article that is known already. It replaces the earlier values.

    The fields are those of `WatchedArticle`. `next_check_at` is never later than the planned time.
    """

    article: str
    published_at: datetime | None
    listing_updated_at: datetime | None
    update_hinted_at: datetime | None
    listed_until: datetime | None
    next_check_at: datetime | None


@dataclass(frozen=True, slots=True)
class HubPoll:
    """The decision of one visit to a hub, to be stored in one transaction.

    `targets` are the articles that it lists, `stories` those that newly listed articles join, `mentions` news of
    articles that are known already. The articles with the ids in `claimed` move to its source, which owns their site.
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
class Intent:
    """The decision of one check, to be stored in one transaction.

    Attributes:
        expected_versions: how many versions the decision was based on. Where there are others by now, the archive
            refuses the intent.
        latest_removed: whether the newest version had been taken down by then.
        aliases: further addresses that the article was seen under.
        redirected_to: the address of another page that the article's own now redirects to; empty if it does not.
        lines: lines of the page to be counted for the source.
        habits: lines that are known not to be news from now on.
        followed_hint: whether a listing hinted at an update since the last check; None if no listing names its updates.
        raw: whether the page of the version is stored with it.
        recapture: the page of a check that found no change, where all pages are stored.
        imported_at: when the version was read from a file, which is not when it was seen; None if it was fetched.
    """

    article: str
    check: Check
    # Two processes may check one article: the second to store decided on an old version.
    expected_versions: int
    next_check_at: datetime | None
    state: ArticleState = ArticleState.ACTIVE
    failures: int = 0
    etag: str = ""
    last_modified: str = ""
    signature: str = ""
    aliases: tuple[str, ...] = ()
    redirected_to: str = ""
    version: NewVersion | None = None
    alerts: tuple[Alert, ...] = ()
    host: HostState | None = None
    lines: tuple[Line, ...] = ()
    habits: tuple[Habit, ...] = ()
    followed_hint: bool | None = None
    raw: Raw = Raw.VERSIONS
    recapture: Capture | None = None
    imported_at: datetime | None = None
    latest_removed: bool = False


@dataclass(frozen=True, slots=True)
class Committed:
    """The result of storing an intent: the number of the `version` that was stored, and how many `alerts` were new.

    `stale`: the archive refused the intent, because the article had changed since the decision. `released` are aliases
    that were removed from the article, because they no longer lead to it.
    """

    version: int | None = None
    alerts: int = 0
    stale: bool = False
    released: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WatchState:
    """The state of checks, alerts and maintenance.

    Attributes:
        overdue: articles that should have been checked by now.
        lag_seconds: how long the most overdue of them has waited.
        quarantined: articles and lists whose page hung or crashed extraction.
        last_seen: when a page or list of each source was last read, by source.
        waiting: alerts by target and state, pending or dead.
        last_done: when a backup, a verify without damage and a checkpoint were last done, by these words.
        versions_last_week: versions stored in the last seven days.
        began: when the first source was put under watch.
    """

    overdue: int = 0
    lag_seconds: float = 0.0
    quarantined: tuple[str, ...] = ()
    last_seen: Mapping[str, datetime | None] = field(default_factory=dict)
    waiting: Mapping[tuple[str, str], int] = field(default_factory=dict)
    last_done: Mapping[str, datetime] = field(default_factory=dict)
    versions_last_week: int = 0
    began: datetime | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """How many articles are watched, some of them, evenly chosen, and how many were first seen in the last day."""

    articles: int = 0
    sample: tuple[WatchedArticle, ...] = ()
    fresh: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """How much an archive holds. `bytes` is the size of the database.

    A source without articles was never read, or was removed from the configuration before it was.
    """

    sources: int = 0
    sources_with_articles: int = 0
    articles: int = 0
    versions: int = 0
    captures: int = 0
    checks: int = 0
    pending_alerts: int = 0
    dead_alerts: int = 0
    delivered_alerts: int = 0
    bytes: int = 0
    oldest_pending_at: datetime | None = None
