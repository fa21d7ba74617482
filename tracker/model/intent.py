"""What a check of an article decided, and the result of storing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .alert import Alert
from .capture import Capture, HostState
from .check import ArticleState, Check
from .habits import Habit, Line
from .recapture import Raw
from .version import NewVersion


@dataclass(frozen=True, slots=True)
class Intent:
    """What one check decided, to be stored in one transaction.

    Attributes:
        expected_versions: how many versions the decision was based on. Where there are others by now, the archive
            refuses the intent.
        aliases: further addresses that the article was seen under.
        lines: lines of the page to be counted for the source.
        habits: lines that are known not to be news from now on.
        touched: whether a listing had hinted at an update since the check before; None if no listing names updates
            of the article.
        raw: whether the page of the version is stored with it.
        recapture: the page of a check that found no change, where all pages are stored.
        imported_at: when the version was read from a file, which is not when it was seen; None for what was fetched.
    """

    article: str
    check: Check
    # Two processes may check one article: whoever stores second decided on an old version.
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
    imported_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """The result of storing an intent.

    Attributes:
        version: the number of the version that was stored; None if there was none.
        alerts: how many alerts were new.
        stale: the archive refused the intent, because the article had changed since the decision.
        released: aliases that the article let go, because it no longer answers there.
    """

    version: int | None = None
    alerts: int = 0
    stale: bool = False
    released: tuple[str, ...] = ()
