"""A paragraph that a search found, and one with its history: the objects of `search --json` and `blame --json`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from .json import Answer, Part


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
