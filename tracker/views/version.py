"""A version of an article: the object of `log --json`, with its content that of `show --json`, and as lists have it.

Also: its paragraphs as search and blame show them, and pages that people handed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self

from msgspec import UNSET, UnsetType

from tracker.model.article import Notice
from tracker.model.change import Significance, Verdict
from tracker.model.version import Handin, Recaptured, Version, VersionSummary

from .article import ContentView
from .change import ChangeSummary, VerdictView
from .json import Answer, ChangeAnswer, Part, from_fields


class EditionCopy(Part, frozen=True):
    """A version of another article that took the edition over.

    Attributes:
        after: the seconds from the edition to the copy; negative where the copy was seen first.
        without_note: whether the edition brought a correction or another note of the outlet, and the copy lacks it.
    """

    article: str
    version: int
    source: str
    url: str
    after: float
    without_note: bool = False


Event = Literal["unpublished", "restored", "address"]


class VersionKey(ChangeAnswer, frozen=True):
    """What names a version."""

    article: str
    url: str
    version: int
    seen: datetime
    title: str
    sha256: str


class VersionView(VersionKey, frozen=True, kw_only=True):
    """A version.

    Attributes:
        change: what led to it; None for a first version
        capture: the SHA-256 of the page as served
        removed: why it was taken down, if it was
        event: what happened to the page while it was current, if anything did
        verdicts: what people said about the change, if anybody did
    """

    words: int
    change: ChangeSummary | None
    notices: tuple[Notice, ...]
    previous_seen: datetime | None
    source: str
    stories: tuple[str, ...]
    capture: str
    extractor: str
    first_extractor: str
    no_edit: bool
    removed: str | UnsetType = UNSET
    event: Event | UnsetType = UNSET
    verdicts: list[VerdictView] | UnsetType = UNSET
    content: ContentView | UnsetType = UNSET

    @classmethod
    def of(cls, kept: Version, verdicts: Sequence[Verdict] = (), *, with_content: bool = False, **more: object) -> Self:
        """Return the object of a version; `with_content` adds what its page says, as `show --json` does."""
        change = kept.change
        return from_fields(
            cls,
            kept,
            version=kept.n,
            title=kept.content.title,
            sha256=kept.content.sha256,
            words=kept.content.words,
            change=change and ChangeSummary.of(change),
            notices=kept.content.notices,
            capture=kept.capture_sha256,
            # Never empty, so that a program can compare both without knowing that most pages are read once.
            first_extractor=kept.first_extractor or kept.extractor,
            removed=kept.removed or UNSET,
            event=change.labels[0].kind.value if change is not None and kept.is_event else UNSET,
            verdicts=[VerdictView.of(each) for each in verdicts] or UNSET,
            content=ContentView.of(kept.content) if with_content else UNSET,
            **more,
        )


class ListedVersion(VersionKey, frozen=True, kw_only=True):
    """A version in a list. The keys that are not required are missing if the version cannot be read.

    Attributes:
        removed: why it was taken down; "" if it was not
        change: what led to it; None for a first version
        capture: the SHA-256 of the page as served
        event: what happened to the page while it was current, if anything did
    """

    previous_seen: datetime | None
    source: str
    significance: Significance
    announced: bool | None
    labels: tuple[str, ...]
    removed: str
    page: str
    copies: tuple[EditionCopy, ...]
    words: int | UnsetType = UNSET
    change: ChangeSummary | UnsetType | None = UNSET
    notices: tuple[Notice, ...] | UnsetType = UNSET
    stories: tuple[str, ...] | UnsetType = UNSET
    capture: str | UnsetType = UNSET
    extractor: str | UnsetType = UNSET
    first_extractor: str | UnsetType = UNSET
    no_edit: bool | UnsetType = UNSET
    event: Event | UnsetType = UNSET

    @classmethod
    def of(cls, seen: VersionSummary, whole: Version | None, page: str, copies: tuple[EditionCopy, ...]) -> Self:
        """Return the object of a version in a list; `whole` is None if it cannot be read, `page` its address."""
        read: dict[str, object] = {}
        if whole is not None:
            view = VersionView.of(whole)
            read = {name: getattr(view, name) for name in view.__struct_fields__ if name in cls.__struct_fields__}
            read["removed"] = seen.removed if view.removed is UNSET else view.removed
        named = {"version": seen.n, "labels": seen.kinds, "page": page, "copies": copies}
        return from_fields(cls, seen, **named | read)


class StoredAgain(Part, frozen=True):
    """A later page that showed a version; `removed` says why its bytes are gone."""

    at: datetime
    status: int
    sha256: str
    removed: str

    @classmethod
    def of(cls, each: Recaptured) -> Self:
        """Return the object of a page."""
        return from_fields(cls, each, at=each.fetched_at)


class SearchHitView(Answer, frozen=True):
    """A paragraph that was found, and how long it was part of its article.

    It was there from `first_version` to `last_version` (null while it is current): first seen at `since`, first seen
    gone at `until`.
    """

    article: str
    source: str
    url: str
    title: str
    place: Literal["title", "dek", "text"]
    text: str
    first_version: int
    last_version: int | None
    since: datetime
    until: datetime | None


class VersionMark(Part, frozen=True):
    """A version that added or edited a paragraph, between `previous_seen` and `seen`."""

    version: int
    seen: datetime
    previous_seen: datetime | None = None


class BlameView(Answer, frozen=True):
    """A paragraph of a version.

    Attributes:
        paragraph: its number, from 0.
        first: the version that added it.
        edits: the versions that edited it, oldest first.
    """

    article: str
    url: str
    version: int
    paragraph: int
    text: str
    first: VersionMark
    edits: tuple[VersionMark, ...] = ()


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
