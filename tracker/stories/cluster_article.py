"""An article as it is compared with others to find its story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .features import Features


@dataclass(frozen=True, slots=True)
class ClusterArticle:
    """An article that may be part of a story.

    Attributes:
        at: when it was first seen, or published where that is earlier.
        dated: whether the outlet says when it was published. Otherwise it may be far older than our first sight of it,
            and the time between it and others says nothing.
    """

    article: str
    features: Features
    at: datetime
    dated: bool = True
