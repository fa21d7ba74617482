"""Responses that showed a version again, and which responses are stored whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Raw(StrEnum):
    """Which responses of a source are stored whole: those that became versions, all that showed one, or none."""

    VERSIONS = "versions"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Recaptured:
    """A stored response that showed version `n` of an article again.

    Attributes:
        key: the archive's own number for it.
        removed: why its bytes are gone; empty if they are there.
    """

    key: int
    article: str
    n: int
    fetched_at: datetime
    status: int
    sha256: str
    removed: str = ""
