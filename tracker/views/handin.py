"""A saved page that a person handed in."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from tracker.model.handin import Handin

from .article import ContentView
from .json import Answer, from_fields


class HandinView(Answer, frozen=True):
    """A saved page that a person handed in. It was not fetched, and is no version of the article.

    Attributes:
        handin: its name within the article, such as h1
        handed_in_by: the name that the person gave
        at: when it was handed in
        saved: when it was saved, by that person's account; None if they did not say
        sha256: the SHA-256 of the file as handed in
        removed: why text and file were deleted; "" if they were not
    """

    handin: str
    article: str
    url: str
    handed_in_by: str
    at: datetime
    saved: datetime | None
    sha256: str
    removed: str
    content: ContentView

    @classmethod
    def of(cls, kept: Handin) -> Self:
        """Return the object of a page."""
        page, content = kept.page, ContentView.of(kept.page.content)
        named = {"handin": f"h{page.n}", "handed_in_by": kept.by, "at": page.seen, "saved": kept.saved}
        return from_fields(cls, page, **named, sha256=page.capture_sha256, content=content)


def handed_in(kept: Handin) -> str:
    """Return who handed in a page and when, as all lists say it."""
    saved = f", saved {kept.saved:%Y-%m-%d %H:%M} UTC by their account" if kept.saved else ""
    removed = f", deleted: {kept.page.removed}" if kept.page.removed else ""
    return f"handed in by {kept.by} on {kept.page.seen:%Y-%m-%d %H:%M} UTC{saved}{removed}"
