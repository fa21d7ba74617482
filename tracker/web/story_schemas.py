"""What the API answers about stories, whole; see `schemas`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .operations.answers import Answer, Part
from .schemas import EditionCopyOf, Time


class StoryArticle(Part):
    article: str
    url: str
    role: str


class ListedStory(Answer):
    ident: str
    sources: int
    versions: int
    first_seen: Time
    last: Time
    story: str
    title: str
    articles: list[StoryArticle]
    named: bool


class Stories(Answer):
    stories: list[ListedStory]
    more: int = Field(description="how many stories come after these")
    next: str | None = Field(description="the next page; null on the last one")
    now: Time


class MissingNotice(Part):
    kind: str
    text: str
    version: int
    since: Time | None
    text_taken: bool | None


class OwnEdit(Part):
    kind: Literal["added", "edited", "removed"]
    wire: str
    own: str


class Run(Part):
    version: int
    seen: Time
    runs: int | None


class PlaceOf(Part):
    article: str
    url: str
    source: str
    headline: str
    role: Literal["origin", "copy", "own"]
    origin: str | None
    runs: int | None
    behind: int
    behind_since: Time | None
    behind_unclear: bool
    missing_words: int
    missing_notices: list[MissingNotice]
    own_edits: int
    own: list[OwnEdit]
    cut: bool
    history: list[Run]
    score: float | None
    reasons: list[str]
    accepted: bool


class TimelineEntry(Part):
    article: str
    version: int
    source: str
    seen: Time
    headline: str
    labels: list[str]
    copies: list[EditionCopyOf]
    lacking: list[str]


class Brief(Part):
    ident: str
    title: str
    url: str
    source: str
    versions: int
    first_seen: Time
    last_change: Time | None


class MemberOf(Part):
    brief: Brief
    accepted: bool
    score: float | None
    reasons: list[str]


class MarkOf(Part):
    at: Time
    kind: str
    title: str


class TrackOf(Part):
    name: str
    marks: list[MarkOf]


class ArrivalOf(Part):
    after: float | None = Field(description="seconds after the original; null if the copy has not run it")
    skipped: bool


class PassageOf(Part):
    origin: str
    versions: list[int]
    copies: dict[str, list[ArrivalOf]]


class Story(Answer):
    story: str
    title: str
    articles: list[PlaceOf]
    named: bool
    timeline: list[TimelineEntry]
    members: list[MemberOf]
    events: list[TrackOf]
    passages: list[PassageOf]
