"""A citation: the object of `cite list --json` and of the page of citations, and its state in words."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Self

from tracker.model.change import Hunk
from tracker.model.citation import CitationState, FollowedCitation

from .json import Answer, from_fields

STATES: Final = {
    CitationState.STANDS: "stands",
    CitationState.ALTERED: "altered",
    CitationState.REMOVED: "removed",
    CitationState.CORRECTED: "corrected by the outlet",
    CitationState.GONE: "page gone",
    None: "unknown: the text of the cited version was deleted",
}
"""The state of a cited passage in words."""


class CitationView(Answer, frozen=True):
    """A citation and the state of its passage.

    Attributes:
        passage: the words of the cited version that the quotation was found in.
        state: null if the text of the cited version was deleted.
        since: when the passage came into this state, or the cited version was seen if it stands since then.
        changed_in: the version that brought this state.
        latest_change: the newest version that changed the passage; null if none has.
        now: the passage as it is now, by whole sentences if it was altered; empty if it is not there.
        hunks: the difference between the sentences of the passage as they were cited and `now`.
        notice: the outlet's note that explains the change; empty if there is none.
    """

    id: int
    quotation: str
    url: str
    article: str
    version: int
    state: CitationState | None
    since: datetime
    passage: str
    changed_in: int
    latest_change: int | None
    now: str
    hunks: tuple[Hunk, ...]
    notice: str
    note: str
    added: datetime

    @classmethod
    def of(cls, each: FollowedCitation) -> Self:
        """Return the object of a citation."""
        passage = each.passage
        return from_fields(
            cls,
            each.citation,
            id=each.citation.key,
            state=passage.state,
            since=each.since,
            changed_in=passage.version,
            latest_change=passage.latest or None,
            now=passage.text,
            hunks=passage.hunks,
            notice=passage.notice,
        )
