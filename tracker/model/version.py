"""Versions of articles, and which of them to list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .article import Article
from .capture import Capture
from .change import Change, LabelKind, Significance


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version to be stored, with the response it came from and the change that led to it."""

    content: Article
    capture: Capture
    extractor: str
    signature: str
    change: Change | None


@dataclass(frozen=True)
class Version:
    """One editorial state of an article, as the archive holds it.

    Attributes:
        n: its number, from 1.
        seen: when it was first fetched.
        previous_seen: when the version before was last seen; the edit happened between the two times.
        change: the change from the version before; None for the first version.
        extractor: the version of the extractor that read the page.
        first_extractor: the one that read it when the version was stored, if a later one has read it since.
        no_edit: by the later reading, its text equals that of the version before: the first extractor was at fault.
        removed: why the content was taken out of the archive; empty if it is there.
    """

    article: str
    n: int
    url: str
    seen: datetime
    content: Article
    extractor: str
    # The page itself is not loaded with a version: `get_capture` reads it.
    capture_sha256: str
    previous_seen: datetime | None = None
    change: Change | None = None
    status: int = 200
    signature: str = ""
    source: str = ""
    stories: tuple[str, ...] = ()
    removed: str = ""
    first_extractor: str = ""
    no_edit: bool = False

    @property
    def is_event(self) -> bool:
        """Whether this is something that happened to the page, not a version: its change has a label and no edit."""
        return self.change is not None and self.change.is_empty and bool(self.change.labels)


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """A version as lists show it, read from columns alone: neither its content nor its change is loaded.

    `title` is the newest headline of the article, `words` how many were added and removed. `id` is the archive's own
    number for the version, which grows whenever one is stored. `kinds` are those of its labels, each once.
    """

    article: str
    n: int
    url: str
    seen: datetime
    source: str
    title: str
    sha256: str
    previous_seen: datetime | None = None
    words: int = 0
    significance: Significance = Significance.LOW
    announced: bool | None = None
    kinds: tuple[LabelKind, ...] = ()
    removed: str = ""
    no_edit: bool = False
    id: int = 0


@dataclass(frozen=True, slots=True)
class VersionQuery:
    """Which versions to list. Empty fields restrict nothing; `newer_than` is the row after which they were stored.

    Newest versions come first, those of one article by number; `reverse` reverses the order.
    """

    article: str = ""
    articles: tuple[str, ...] = ()
    source: str = ""
    story: str = ""
    kinds: tuple[LabelKind, ...] = ()
    verdict: str = ""  # a word of archive.verdicts.VERDICTS
    since: datetime | None = None
    until: datetime | None = None
    min_words: int = 0
    min_significance: Significance = Significance.LOW
    newer_than: int = 0
    limit: int | None = None
    reverse: bool = False
    changes_only: bool = False


class Raw(StrEnum):
    """Which responses of a source are stored whole: those that became versions, all that showed one, or none."""

    VERSIONS = "versions"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Recaptured:
    """A stored response that showed version `n` of an article again; `removed` is why its bytes are gone, or empty."""

    key: int
    article: str
    n: int
    fetched_at: datetime
    status: int
    sha256: str
    removed: str = ""


class Rereading(StrEnum):
    """The result of extracting a stored page again: the same text, another text, or none."""

    SAME = "same"
    CODE = "code"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Reread:
    """The result of the current extractor for the stored page of version `n`.

    `content` is the text, None if it is the stored one. `no_edit`: by it, the text equals that of the version before.
    """

    n: int
    extractor: str
    outcome: Rereading
    content: Article | None = None
    signature: str = ""
    no_edit: bool = False


@dataclass(frozen=True, slots=True)
class StoredAs:
    """The values a version was stored with before its page was extracted again, and the reading active since `at`."""

    content: Article
    extractor: str
    signature: str
    reread: Reread
    at: datetime


@dataclass(frozen=True, slots=True)
class UpdatedChange:
    """The change that leads to version `n` by the current texts. It replaces the stored one."""

    n: int
    change: Change


@dataclass(frozen=True, slots=True)
class Handin:
    """A saved page that a person handed in. It is no version of the article, and counts in no figure.

    Attributes:
        page: its text and address as those of a version; `n` is its number among pages handed in, `seen` when it was
            handed in, `capture_sha256` the hash of the file.
        by: the name that the person gave.
        saved: when the page was saved, by that person's account; None if they did not say.
    """

    page: Version
    by: str
    saved: datetime | None

    @property
    def name(self) -> str:
        """The name by which commands know it: 1a2b3c4d@h1."""
        return f"{self.page.article[:8]}@h{self.page.n}"
