"""A source, and each list or single article it is read from."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from msgspec.structs import asdict

from tracker.model.source import SourceSummary
from tracker.model.watch import HubState

from .json import Answer, Part, from_fields


class StormView(Part, frozen=True):
    """When a storm was first seen, and how many articles changed of those that were seen."""

    began: datetime
    changed: int
    seen: int


class SourceStatusView(Part, frozen=True):
    """What happened to a source as a whole: until when alerts are held, the storm, and since when the layout is new."""

    held_until: datetime | None
    storm: StormView | None
    layout_changed: datetime | None


class SourceView(Answer, frozen=True):
    """A source with counts of its articles and lists.

    Attributes:
        scheduled: whether something of it has a time for its next visit. It keeps that time while the source is paused
            or not configured, until the source is forgotten.
        failing, hubs_failing: articles and hubs whose last visit failed.
        possibly_gone: articles with stored versions whose page answered 404 at the last visit; they are not `failing`.
        overdue: articles that should have been visited by now.
        error: the newest reason for a failure.
    """

    name: str
    paused: bool
    scheduled: bool
    articles: int
    changed: int
    versions: int
    checks: int
    gone: int
    possibly_gone: int
    failing: int
    overdue: int
    hubs: int
    hubs_failing: int
    last_ok: datetime | None
    last_check: datetime | None
    last_change: datetime | None
    next_visit: datetime | None
    error: str
    held_until: datetime | None
    storm: StormView | None
    layout_changed: datetime | None

    @classmethod
    def of(cls, source: SourceSummary, status: SourceStatusView) -> Self:
        """Return the object of a source."""
        return from_fields(cls, source, **asdict(status))


class HubView(Answer, frozen=True):
    """A feed, sitemap, section page or single article of a source: the object of `sources list --json`.

    What holds for the whole source is on each line, because a program may read only some of them.

    Attributes:
        kind: that of the hub, or "article".
    """

    source: str
    kind: str
    url: str
    paused: bool
    last_ok: datetime | None
    next: datetime | None
    failures: int
    articles: int
    error: str
    held_until: datetime | None
    storm: StormView | None
    layout_changed: datetime | None
    source_articles: int
    source_versions: int
    source_failing: int
    source_possibly_gone: int
    source_overdue: int
    source_last_ok: datetime | None
    source_next_visit: datetime | None
    source_error: str

    @classmethod
    def of(cls, state: HubState, kind: str, summary: SourceSummary, status: SourceStatusView, *, paused: bool) -> Self:
        """Return when a hub was last read without an error, when it is read next, and what went wrong."""
        return from_fields(
            cls,
            state,
            source=state.hub.source,
            kind=kind,
            url=state.hub.url,
            paused=paused,
            last_ok=state.last_ok_at,
            next=state.next_poll_at,
            error=state.last_error,
            **asdict(status),
            **{
                name: getattr(summary, name.removeprefix("source_"))
                for name in cls.__struct_fields__
                if name.startswith("source_")
            },
        )
