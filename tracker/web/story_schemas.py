"""What the API answers about stories, whole; see `schemas`."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from tracker.archive.articles import ArticleSummary
from tracker.model.story import MissingNotice, OwnEdit, Role, Run
from tracker.render.pictures import Track

from .actions import Answer, Part
from .pages.stories import Arrival


class StoryArticle(Part):
    article: str
    url: str
    role: Role


class ListedStory(Answer):
    ident: str
    sources: int
    versions: int
    first_seen: datetime
    last: datetime
    story: str
    title: str
    articles: list[StoryArticle]
    named: bool


class Stories(Answer):
    stories: list[ListedStory]
    more: int = Field(description="how many stories come after these")
    next: str | None = Field(description="the next page; null on the last one")
    now: datetime


class PlaceOf(StoryArticle):
    source: str
    headline: str
    origin: str | None
    runs: int | None
    behind: int
    behind_since: datetime | None
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


class CopyOf(Part):
    article: str
    version: int
    source: str
    url: str
    after: float


class TimelineEntry(Part):
    article: str
    version: int
    source: str
    seen: datetime
    headline: str
    labels: list[str]
    copies: list[CopyOf]
    lacking: list[str]


class MemberOf(Part):
    brief: ArticleSummary
    accepted: bool
    score: float | None
    reasons: list[str]


class PassageOf(Part):
    origin: str
    versions: list[int]
    copies: dict[str, list[Arrival]]


class Story(Answer):
    story: str
    title: str
    articles: list[PlaceOf]
    named: bool
    timeline: list[TimelineEntry]
    members: list[MemberOf]
    events: list[Track]
    passages: list[PassageOf]
