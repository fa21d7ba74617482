"""What the API answers, whole: only described here and in OpenAPI, not made of these; a test compares the two."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .operations.answers import Answer, Part
from .operations.verdicts import Judged

Time = str
Hunks = list[tuple[Literal["=", "-", "+"], str]]


class Counts(Answer):
    sources: int
    articles: int
    versions: int
    captures: int
    checks: int
    pending_alerts: int
    dead_alerts: int
    delivered_alerts: int
    bytes: int
    oldest_pending_at: Time | None


class LabelOf(Part):
    kind: str
    evidence: str
    blocks: list[int] = Field(description="the indexes of the blocks that it is about")


class NoticeOf(Part):
    kind: str
    text: str


class ChangeOf(Part):
    words_added: int
    words_removed: int
    substance: Literal["form", "wording", "claim", "unclear"]
    labels: list[LabelOf]
    significance: float
    announced: bool | None
    noted: Literal["yes", "no", "unclear"] | None


class EditionCopyOf(Part):
    article: str
    version: int
    source: str
    url: str
    after: float = Field(description="seconds after the original")


class Version(Answer):
    """A version, as `log --json` writes it."""

    article: str
    version: int
    url: str
    source: str
    title: str
    seen: Time
    previous_seen: Time | None
    sha256: str
    words: int
    change: ChangeOf | None = Field(description="what led to it; null for a first version")
    notices: list[NoticeOf]
    stories: list[str]
    capture: str = Field(description="the SHA-256 of the page as served")
    extractor: str
    first_extractor: str
    no_edit: bool


class ListedVersion(Answer):
    """A version in a list. What is not required is missing if the version was taken down."""

    article: str
    version: int
    url: str
    source: str
    title: str
    seen: Time
    previous_seen: Time | None
    significance: float
    announced: bool | None
    labels: list[str]
    sha256: str
    removed: str = Field(description='why it was taken down; "" if it was not')
    page: str
    copies: list[EditionCopyOf]
    words: int | None = None
    change: ChangeOf | None = None
    notices: list[NoticeOf] | None = None
    stories: list[str] | None = None
    capture: str | None = None
    extractor: str | None = None
    first_extractor: str | None = None
    no_edit: bool | None = None


class Changes(Answer):
    changes: list[ListedVersion]
    given: dict[str, str | int]
    next: str | None = Field(description="the address of the next page")


class ArticleOf(Answer):
    article: str
    url: str
    source: str
    first_seen: Time
    state: str
    feed_title: str
    stories: list[str]
    title: str
    versions: int
    checks: int
    failures: int
    last_check: Time | None
    last_change: Time | None
    next_check: Time | None


class Articles(Answer):
    articles: list[ArticleOf]


class Versions(Answer):
    article: str
    versions: list[ListedVersion]


class Link(Part):
    text: str
    href: str


class Block(Part):
    kind: str
    editorial: bool
    text: str
    reason: str
    links: list[Link]


class Headlines(Part):
    h1: str
    og: str
    html: str
    jsonld: str
    feed: str


class Content(Answer):
    """What an extracted page says, as `extract --json` writes it."""

    title: str
    dek: str
    byline: list[str]
    published: Time | None
    modified: Time | None
    section: str
    lang: str
    canonical_url: str
    headlines: Headlines
    blocks: list[Block]
    notices: list[NoticeOf]
    fields: dict[str, str]
    text: str
    words: int
    sha256: str


class ParagraphOf(Part):
    text: str
    first_version: int
    edited_in: list[int]


class StoredAgain(Part):
    at: Time
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
    fetched: Time
    sha256: str
    bytes: int
    remote_ip: str
    hops: list[str]
    headers: list[tuple[str, str]]
    screenshot: ScreenshotOf | None = Field(
        description="the picture of the page at .../screenshot.jpg, if there is one"
    )
    request_headers: list[tuple[str, str]]


class WholeVersion(Version):
    content: Content
    paragraphs: list[ParagraphOf]
    evidence: EvidenceOf | None
    evidence_missing: str
    stored_again: list[StoredAgain]


class FieldOf(Part):
    old: str
    new: str
    hunks: Hunks


class Sentence(Part):
    op: str
    old: int | None
    new: int | None
    old_text: str
    new_text: str
    old_block: int | None = Field(description="the paragraph that it is in on the old page")
    new_block: int | None


class ChangedBlock(Part):
    op: Literal["same", "edit", "insert", "delete", "move"]
    old: int | None
    new: int | None
    kind: str
    hunks: Hunks
    sentences: list[Sentence]


class ChangedNotice(NoticeOf):
    op: str
    explains: list[int]
    fields: list[str]


class Unit(Part):
    substance: str
    direction: str
    where: str
    block: int | None
    sure: bool


class FactOf(Part):
    kind: str
    role: str
    old: str
    new: str
    where: str
    block: int | None
    standing: bool


class Cite(Part):
    address: str
    earliest: Time | None
    latest: Time
    old_sha256: str
    new_sha256: str
    old_capture_sha256: str
    new_capture_sha256: str
    sentence: str


class NotedEditsOf(Part):
    noted: int
    not_noted: int
    unclear: int


class Diff(Answer):
    """A change, as `diff --json` writes it."""

    title: FieldOf
    dek: FieldOf
    byline: FieldOf
    blocks: list[ChangedBlock]
    notices: list[ChangedNotice]
    labels: list[LabelOf]
    substance: Literal["form", "wording", "claim", "unclear"]
    significance: float
    announced: bool | None
    noted: Literal["yes", "no", "unclear"] | None
    units: list[Unit]
    words_added: int
    words_removed: int
    budget_hit: bool
    layout_only: bool
    reading_changed: list[str]
    facts: list[FactOf]
    article: str
    url: str
    old_version: int
    new_version: int
    cite: Cite
    verdicts: list[Judged] | None = Field(None, description="what people said of the change, if anybody did")
    noted_edits: NotedEditsOf | None = Field(
        None, description="of versions that are not consecutive: how many edits between them the outlet noted"
    )


class CheckOf(Part):
    article: str
    at: Time
    outcome: str
    detail: str
    status: int | None
    elapsed: float


class Checks(Answer):
    article: str
    checks: list[CheckOf]


class Hit(Answer):
    article: str
    source: str
    url: str
    title: str
    place: Literal["title", "dek", "text"]
    text: str
    first_version: int
    last_version: int | None
    since: Time
    until: Time | None


class Hits(Answer):
    query: str
    within: Literal["all", "current", "removed"] = Field(alias="in")
    hits: list[Hit]
    verdicts: list[Judged]
    more: bool
    problem: str


class AlertOf(Answer):
    id: str
    rule: str
    target: str
    article: str
    version: int
    state: Literal["pending", "delivered", "dead"]
    attempts: int
    created: Time
    due: Time | None
    delivered: Time | None
    together: bool
    held: bool
    error: str
    type: str | None
    headline: str | None
    url: str | None
    labels: list[LabelInAlert]


class LabelInAlert(Part):
    kind: str
    evidence: str


class Alerts(Answer):
    pending: int
    delivered: int
    dead: int
    alerts: list[AlertOf]
    rules: list[dict[str, object]] = Field(description="the rules, as in the configuration")
