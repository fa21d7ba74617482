"""Later readings of stored pages, and what they replace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .article import Article
from .change import Change


class Rereading(StrEnum):
    """The result of extracting a stored page again: the same text, another text, or none."""

    SAME = "same"
    CODE = "code"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Reread:
    """What the current extractor made of the stored page of version `n`.

    Attributes:
        content: the text, where it differs from the stored one; None if it does not.
        no_edit: by this reading the version says what the one before says.
    """

    n: int
    extractor: str
    came_to: Rereading
    content: Article | None = None
    signature: str = ""
    no_edit: bool = False


@dataclass(frozen=True, slots=True)
class StoredAs:
    """What a version was stored with before its page was extracted again, and the reading in force since `at`."""

    content: Article
    extractor: str
    signature: str
    reread: Reread
    at: datetime


@dataclass(frozen=True, slots=True)
class UpdatedChange:
    """The change that leads to version `n` by the texts in force now. It replaces the one before."""

    n: int
    change: Change
