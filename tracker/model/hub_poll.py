"""A visit to a hub: how those before went, and what one decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .capture import HostState
from .check import CheckOutcome
from .hub import Hub
from .listing import Target


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
