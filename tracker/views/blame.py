"""A paragraph with the versions that added and edited it: the object of `blame --json`."""

from __future__ import annotations

from datetime import datetime

from .json import Answer, Part


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
