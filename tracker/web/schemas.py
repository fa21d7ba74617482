"""What the API answers, whole: only described here and in OpenAPI, not made of these; a test compares the two.

What an answer has of a model value whose fields are the keys of its JSON is described by that value's own class, whole
or with "schema" (`Whole`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field

from tracker.model import article, change
from tracker.model.alert import DeliveryState
from tracker.model.change import Direction, Noted, Significance, Substance
from tracker.model.check import Check
from tracker.model.labels import Label
from tracker.model.search_hit import SearchHit
from tracker.model.source_summary import SourceSummary
from tracker.model.verdict import Verdict
from tracker.views.edition import EditionCopy

from .actions import Answer, Part, Whole
from .pages.change import Cite


class ErrorOf(Part):
    status: int
    message: str
    hint: str = ""


class Error(Answer):
    """Why a request failed."""

    error: ErrorOf


class ChangeSummary(Part):
    words_added: int
    words_removed: int
    substance: Substance
    labels: list[Label]
    significance: Significance
    announced: bool | None
    noted: Noted | None
    classifier: int = Field(description="1: judged by the rules of release 0.1; 2: by today's")


class ChangeAnswer(Answer):
    """An answer that tells a change."""

    schema_: Literal[2] = Field(alias="schema")  # type: ignore[assignment]  # 1 in all other answers


class VersionKey(ChangeAnswer):
    article: str
    version: int
    url: str
    source: str
    title: str
    seen: datetime
    previous_seen: datetime | None
    sha256: str


class ListedVersion(VersionKey):
    """A version in a list. What is not required is missing if the version cannot be read."""

    significance: Significance
    announced: bool | None
    labels: list[str]
    removed: str = Field(description='why it was taken down; "" if it was not')
    page: str
    copies: list[EditionCopy]
    words: int | None = None
    change: ChangeSummary | None = Field(None, description="what led to it; null for a first version")
    notices: list[article.Notice] | None = None
    stories: list[str] | None = None
    capture: str | None = Field(None, description="the SHA-256 of the page as served")
    extractor: str | None = None
    first_extractor: str | None = None
    no_edit: bool | None = None
    event: Literal["unpublished", "restored"] | None = Field(
        None, description="what happened to the page while it was current, if anything did"
    )


class Changes(Answer):
    changes: list[ListedVersion]
    given: dict[str, str | int]
    next: str | None = Field(description="the address of the next page")


class ArticleOf(Answer):
    article: str
    url: str
    source: str
    first_seen: datetime
    state: str
    feed_title: str
    stories: list[str]
    title: str
    versions: int
    checks: int
    failures: int
    last_check: datetime | None
    last_change: datetime | None
    next_check: datetime | None


class Articles(Answer):
    articles: list[ArticleOf]


class Versions(Answer):
    article: str
    versions: list[ListedVersion]


@dataclass(frozen=True)
class BlockOf(article.Block):
    editorial: bool = False


class Content(Answer):
    """What an extracted page says, as `extract --json` writes it."""

    title: str
    dek: str
    byline: list[str]
    published: datetime | None
    modified: datetime | None
    section: str
    lang: str
    canonical_url: str
    headlines: article.Headlines
    blocks: list[BlockOf]
    notices: list[article.Notice]
    fields: dict[str, str]
    text: str
    words: int
    sha256: str


class ParagraphOf(Part):
    text: str
    first_version: int
    edited_in: list[int]


class StoredAgain(Part):
    at: datetime
    status: int
    sha256: str
    removed: str


class ScreenshotOf(Part):
    sha256: str
    bytes: int


class EvidenceOf(Part):
    url: str
    final_url: str
    status: int
    fetched: datetime
    sha256: str
    bytes: int
    remote_ip: str
    hops: list[str]
    headers: list[tuple[str, str]]
    screenshot: ScreenshotOf | None = Field(
        description="the picture of the page at .../screenshot.jpg, if there is one"
    )
    request_headers: list[tuple[str, str]]


class WholeVersion(VersionKey):
    """A version, as `show --json` writes it, and its evidence."""

    words: int
    change: ChangeSummary | None = Field(description="what led to it; null for a first version")
    notices: list[article.Notice]
    stories: list[str]
    capture: str = Field(description="the SHA-256 of the page as served")
    extractor: str
    first_extractor: str
    no_edit: bool
    event: Literal["unpublished", "restored"] | None = Field(
        None, description="what happened to the page while it was current, if anything did"
    )
    verdicts: list[Whole[Verdict]] | None = Field(None, description="what people said about the change, if anybody did")
    content: Content
    paragraphs: list[ParagraphOf]
    evidence: EvidenceOf | None
    evidence_missing: str
    imported: str | None = Field(description="when it was read from a file; null if it was fetched from its outlet")
    stored_again: list[StoredAgain]


class Unit(Part):
    substance: Substance
    direction: Direction | None
    where: str
    block: int | None
    noted: Noted | None


class Diff(ChangeSummary, ChangeAnswer):
    """A change, as `diff --json` writes it."""

    title: change.Field
    dek: change.Field
    byline: change.Field
    captions: list[change.Field]
    blocks: list[change.BlockChange]
    notices: list[change.NoticeChange]
    units: list[Unit]
    budget_hit: bool
    layout_only: bool
    reading_changed: list[int]
    facts: list[change.Fact]
    article: str
    url: str
    old_version: int
    new_version: int
    cite: Cite
    verdicts: list[Whole[Verdict]] | None = Field(None, description="what people said about the change, if anybody did")
    noted_edits: change.NotedEdits | None = Field(
        None, description="of versions that are not consecutive: how many edits between them the outlet noted"
    )


class Checks(Answer):
    article: str
    checks: list[Check]


class Hits(Answer):
    query: str
    within: Literal["all", "current", "removed"] = Field(alias="in")
    hits: list[Whole[SearchHit]]
    verdicts: list[Whole[Verdict]]
    more: bool
    problem: str


class LabelInAlert(Part):
    kind: str
    evidence: str


class AlertOf(Answer):
    id: str
    rule: str
    target: str
    article: str
    version: int
    state: DeliveryState
    attempts: int
    created: datetime
    due: datetime | None
    delivered: datetime | None
    together: bool
    held: bool
    error: str
    type: str | None
    headline: str | None
    url: str | None
    labels: list[LabelInAlert]


class Alerts(Answer):
    pending: int
    delivered: int
    dead: int
    alerts: list[AlertOf]
    rules: list[dict[str, object]] = Field(description="the rules, as in the configuration")


class StormOf(Part):
    began: datetime
    changed: int
    seen: int


class Status(Part):
    held_until: datetime | None
    storm: StormOf | None
    layout_changed: datetime | None


@dataclass(frozen=True, kw_only=True)
class SourceOf(SourceSummary):
    schema: Literal[1]
    held_until: datetime | None
    storm: StormOf | None
    layout_changed: datetime | None


class Sources(Answer):
    sources: list[SourceOf]


class HubOf(Answer, Status):
    source: str
    kind: str
    url: str
    paused: bool
    last_ok: datetime | None
    next: datetime | None
    failures: int
    articles: int
    error: str
    source_articles: int
    source_versions: int
    source_failing: int
    source_overdue: int
    source_last_ok: datetime | None
    source_next_visit: datetime | None
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


class WholeSource(Answer, Status):
    source: SourceOf
    hubs: list[HubOf]
    scores: Scores
    changes: list[ListedVersion]
    failing: list[ArticleOf]
    articles: list[ArticleOf]
