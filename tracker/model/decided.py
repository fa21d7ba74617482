"""What the pipeline decides, and what the archive says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .change import Change, LabelKind
from .fetched import Capture, HostState
from .kept import Raw
from .page import Article
from .watched import ArticleState, Check, CheckOutcome, Habit, Hub, Line, Target, Tracked


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version to be kept, with its evidence."""

    content: Article
    capture: Capture
    extractor: str
    signature: str
    change: Change | None


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to tell: a rule matched a change. *key* is its idempotency key; *payload* is frozen JSON text.

    It is sent at once, or at *due_at* together with all that wait for its target in the same *lane*.
    """

    key: str
    rule: str
    target: str
    article: str
    version: int
    payload: str
    due_at: datetime | None = None
    lane: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """What one check decided, to be carried out in one transaction by `Store.commit`.

    *expected_versions* is the number of versions the decision was made on: the store refuses an intent that was
    decided on an older state (compare and set). *aliases* are further addresses the article was seen under. *lines* are
    counted towards the source's house lines, *habits* are what was learned from them. *touched* says whether a hub that
    tells of updates had told of one since the check before; None where no hub speaks for the article. *raw* says
    whether the page of the version is kept, *recapture* is the page of a check that found none, where all are kept.
    """

    article: str
    check: Check
    expected_versions: int
    next_check_at: datetime | None
    state: ArticleState = ArticleState.ACTIVE
    failures: int = 0
    etag: str = ""
    last_modified: str = ""
    signature: str = ""
    aliases: tuple[str, ...] = ()
    version: NewVersion | None = None
    alerts: tuple[Alert, ...] = ()
    host: HostState | None = None
    lines: tuple[Line, ...] = ()
    habits: tuple[Habit, ...] = ()
    touched: bool | None = None
    raw: Raw = Raw.VERSIONS
    recapture: Capture | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """What `Store.commit` did: the number of the version it stored, or None; *stale* where it refused."""

    version: int | None = None
    alerts: int = 0
    stale: bool = False


class DeliveryState(StrEnum):
    """How far a delivery has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An alert on its way: leased by one worker, tried again with the same key until taken or dead.

    *attempts* counts every attempt that came to an end; deliveries of one *lane* are sent together.
    """

    id: int
    key: str
    rule: str
    target: str
    article: str
    version: int
    payload: str
    created_at: datetime
    due_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    last_error: str = ""
    delivered_at: datetime | None = None
    lane: str = ""


@dataclass(frozen=True, slots=True)
class HubState:
    """How a hub fares: when it was last read, when it is due again, what went wrong."""

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
    """What a hub's reading says of an article that is known already: it takes the place of what was known.

    *next_check_at* may only be earlier than what was planned.
    """

    article: str
    published_at: datetime | None
    told_at: datetime | None
    touched_at: datetime | None
    listed_until: datetime | None
    next_check_at: datetime | None


@dataclass(frozen=True, slots=True)
class HubPoll:
    """What one reading of a hub decided, to be carried out in one transaction by `Store.commit_poll`."""

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


@dataclass(frozen=True, slots=True)
class Survey:
    """What is under watch, for whoever weighs requests: how many articles, and some of them, evenly chosen.

    *fresh* counts articles first seen in the last day. *checks*, *changed* and *first* are what the visits since then
    came to: all, those that found a change, and those that found an article's first version.
    """

    articles: int = 0
    sample: tuple[Tracked, ...] = ()
    fresh: int = 0
    checks: int = 0
    changed: int = 0
    first: int = 0


@dataclass(frozen=True, slots=True)
class Activity:
    """What visits to a source found in some time: articles *seen*, *changed* ones among them, and their *changes*."""

    seen: int = 0
    changed: int = 0
    changes: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """How much an archive holds."""

    articles: int = 0
    versions: int = 0
    captures: int = 0
    checks: int = 0
    pending_alerts: int = 0
    dead_alerts: int = 0
    delivered_alerts: int = 0
    bytes: int = 0
    oldest_pending_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VersionQuery:
    """Which versions to list: newest first, of one article by number, unless *reverse*; empty fields do nothing."""

    article: str = ""
    source: str = ""
    story: str = ""
    kinds: tuple[LabelKind, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    min_words: int = 0
    limit: int | None = None
    reverse: bool = False
    changes_only: bool = False
