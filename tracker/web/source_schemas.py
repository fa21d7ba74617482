"""What the API answers about sources, whole: compared with its answers by a test, as in `schemas`."""

from __future__ import annotations

from pydantic import Field

from .operations.answers import Answer, Part
from .schemas import ArticleOf, ListedVersion, Time


class StormOf(Part):
    began: Time
    changed: int
    seen: int


class Events(Part):
    held_until: Time | None
    storm: StormOf | None
    layout_changed: Time | None


class SourceOf(Answer, Events):
    name: str
    paused: bool
    scheduled: bool
    articles: int
    changed: int
    versions: int
    checks: int
    gone: int
    failing: int
    overdue: int
    hubs: int
    hubs_failing: int
    last_ok: Time | None
    last_check: Time | None
    last_change: Time | None
    next_visit: Time | None
    error: str


class Sources(Answer):
    sources: list[SourceOf]


class HubOf(Answer, Events):
    source: str
    kind: str
    url: str
    paused: bool
    last_ok: Time | None
    next: Time | None
    failures: int
    articles: int
    error: str
    source_articles: int
    source_versions: int
    source_failing: int
    source_overdue: int
    source_last_ok: Time | None
    source_next_visit: Time | None
    source_error: str


class ShareOf(Part):
    count: int
    of: int
    share: float | None = Field(description="0 to 1; null where there is nothing to count")


class Timed(Part):
    timed: int = Field(description="how many corrections the median is of")
    median_hours: float | None


class Scores(Answer):
    source: str
    articles_changed: ShareOf
    changes: int
    announced: ShareOf = Field(description="of the changes that have something to note")
    corrected: int = Field(description="changes with a correction")
    error_to_correction: Timed
    kinds: dict[str, int] = Field(description="how many changes have each label")


class WholeSource(Answer, Events):
    source: SourceOf
    hubs: list[HubOf]
    scores: Scores
    changes: list[ListedVersion]
    failing: list[ArticleOf]
    articles: list[ArticleOf]
