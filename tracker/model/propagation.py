"""How a wire story spread: each article's place among its copies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from .article import NoticeKind

Role = Literal["origin", "copy", "own"]


@dataclass(frozen=True, slots=True)
class MissingNotice:
    """A notice of the origin that a copy lacks.

    Attributes:
        version: the version of the origin that brought it.
        since: when it was first seen at the origin, or when the copy appeared, if that was later.
        text_taken: the copy's text was corrected, without the notice.
    """

    kind: NoticeKind
    text: str
    version: int
    since: datetime
    text_taken: bool


@dataclass(frozen=True, slots=True)
class Run:
    """A version of a copy, when it was first seen, and the version of the origin that it is nearest to."""

    version: int
    seen: datetime
    runs: int


@dataclass(frozen=True, slots=True)
class OwnEdit:
    """What a copy's outlet changed itself: a sentence that it added, edited or left out."""

    kind: Literal["added", "edited", "removed"]
    wire: str = ""
    own: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """An article's place in a story.

    Attributes:
        origin: the article that it copies.
        runs: the version of the origin that its text is nearest to.
        behind: how many later versions of the origin have another text.
        behind_since: when the first of them was seen, or when the copy appeared, if that was later.
        missing_words: how many words of the origin's newest text, before the copy's end, the copy lacks.
        cut: whether the copy ends before its version of the origin does.
        confirmed: the latest time at which the text is known to have been there.
        online: whether the page is still there.
    """

    article: str
    url: str
    role: Role
    source: str = ""
    headline: str = ""
    origin: str | None = None
    runs: int | None = None
    behind: int = 0
    behind_since: datetime | None = None
    missing_words: int = 0
    missing_notices: tuple[MissingNotice, ...] = ()
    own_edits: tuple[OwnEdit, ...] = ()
    cut: bool = False
    history: tuple[Run, ...] = ()
    confirmed: datetime | None = None
    online: bool = True

    def visited_since(self, time: datetime | None) -> bool:
        """Whether the text is known to have been seen at `time` or later; if not, it may have changed unseen."""
        return time is None or (self.confirmed is not None and self.confirmed >= time)

    @property
    def seen_behind(self) -> bool:
        """Whether the copy was seen with an older text after its origin had a newer one."""
        return bool(self.behind) and self.visited_since(self.behind_since)

    @property
    def seen_uncorrected(self) -> bool:
        """Whether the copy was seen without a notice after its origin had printed it."""
        return any(self.visited_since(notice.since) for notice in self.missing_notices)
