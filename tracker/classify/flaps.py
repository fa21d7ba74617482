"""Tell flaps (A/B tests, stale edges) from true reverts, by the history of hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta


class Seen(NamedTuple):
    """A text as it was found: its hash, when it was first and last found standing in that run."""

    sha256: str
    first: datetime
    last: datetime


class Return(NamedTuple):
    """A text that was seen before: *version* is the index of the earlier run; *flap* when neither side persists.

    *again* when it came back before.
    """

    version: int
    flap: bool
    again: bool = False


def returned(history: Sequence[Seen], sha256: str) -> int | None:
    """Return the index of the newest earlier run with that hash, or None; the newest run itself does not count."""
    return next((i for i in range(len(history) - 2, -1, -1) if history[i].sha256 == sha256), None)


def judge(history: Sequence[Seen], current: Seen, *, persists: timedelta) -> Return | None:
    """Say whether *current* is a text seen before, and whether that is a flap or a revert.

    What stood in between for less than *persists*, or came back more than once already, is a flap; an edit that
    stood longer and was then taken back is a revert.
    """
    at = returned([*history, current][:-1], current.sha256)
    if at is None:
        return None
    between = history[at + 1 :]
    stood = max((run.last - run.first for run in between), default=None)
    again = sum(run.sha256 == current.sha256 for run in history) > 1
    return Return(at, flap=again or stood is None or stood < persists, again=again)
