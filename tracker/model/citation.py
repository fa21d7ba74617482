"""Citations: passages of articles that somebody quoted, and their state since then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .change import Hunk


class CitationState(StrEnum):
    """The state of a cited passage."""

    STANDS = "stands"
    ALTERED = "altered"
    REMOVED = "removed"
    CORRECTED = "corrected"
    """It was altered or removed, and a correction, clarification or editor's note of the outlet explains that."""
    GONE = "gone"
    """The page was taken down."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation from a version of an article.

    Attributes:
        key: its number, by which people name it; 0 until it is recorded.
        passage: the words of the version that the quotation was found in.
        place: which of several alike passages of the version it is, from 0.
        added: when it was recorded.
    """

    key: int
    article: str
    version: int
    url: str
    quotation: str
    passage: str
    place: int
    note: str
    added: datetime


@dataclass(frozen=True, slots=True)
class PassageState:
    """A cited passage in one version of its article.

    Attributes:
        state: None if the text of the cited version was deleted, so that there is nothing to compare with.
        version: the version since which it has been in this state.
        text: the passage as it is now, by whole sentences if it was altered; empty if it was removed.
        hunks: the difference between the sentences of the passage as they were cited and `text`.
        notice: the outlet's note that explains what happened; empty if there is none.
        latest: the newest version that changed the passage; 0 if none has.
    """

    state: CitationState | None
    version: int
    text: str = ""
    hunks: tuple[Hunk, ...] = ()
    notice: str = ""
    latest: int = 0


@dataclass(frozen=True, slots=True)
class FollowedCitation:
    """A citation with its state, and the time since when it has been in this state."""

    citation: Citation
    passage: PassageState
    since: datetime
