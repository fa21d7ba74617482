"""What a source's pages are kept as, and what later extractors make of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .change import Change
from .page import Article


class Raw(StrEnum):
    """Which responses of a source are kept whole: those that became versions, all that showed one, or none."""

    VERSIONS = "versions"
    ALL = "all"
    NONE = "none"


class Rereading(StrEnum):
    """What came of reading a page again: the same text, another one (by the code alone), or nothing."""

    SAME = "same"
    CODE = "code"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Reread:
    """What the extractor of today made of the page of version *n*.

    *content* is None where the text stays as it was. *no_edit* says that by this reading the version is like the one
    before: what differed was the extractor's, not the outlet's.
    """

    n: int
    extractor: str
    came_to: Rereading
    content: Article | None = None
    signature: str = ""
    no_edit: bool = False


@dataclass(frozen=True, slots=True)
class KeptAs:
    """What a version was kept with before its page was read again, and the reading that stands since *at*."""

    content: Article
    extractor: str
    signature: str
    reread: Reread
    at: datetime


@dataclass(frozen=True, slots=True)
class UpdatedChange:
    """The change that leads to version *n* by what the texts say now; it takes the place of the one before."""

    n: int
    change: Change


@dataclass(frozen=True, slots=True)
class Recaptured:
    """A response that showed version *n* of an article again, at a glance; *removed* says why its bytes are gone.

    *key* is what the store knows it by.
    """

    key: int
    article: str
    n: int
    fetched_at: datetime
    status: int
    sha256: str
    removed: str = ""
