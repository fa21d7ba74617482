"""The pages of sources: their state, and their edits and corrections."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING, Any, ClassVar, Final

from tracker.archive.articles import list_by_last_change
from tracker.archive.changes import ChangeCounts, count_changes, get_changes
from tracker.archive.hubs import list_hubs
from tracker.archive.passages import stood_since
from tracker.archive.source_summaries import summarise_sources
from tracker.archive.sources import list_sources
from tracker.archive.summaries import page_of_summaries
from tracker.durations import format_duration
from tracker.errors import NotKnown
from tracker.model.article import NoticeKind
from tracker.model.change import Change, Op
from tracker.model.labels import LabelKind
from tracker.model.version import VersionQuery
from tracker.views.article import ArticleView
from tracker.views.source import HubView, SourceView
from tracker.views.values import SCHEMA
from tracker.web.page_request import PageRequest, View, plain

from .filters import NO_FILTER, Filter, read_filter
from .lines import VersionLine, entries
from .source_status import SourceStatus, get_source_status

if TYPE_CHECKING:
    from tracker.config import SourceConfig
    from tracker.model.check import Tracked
    from tracker.model.source import HubState
    from tracker.model.status import SourceSummary

    from ..data import CachedArchive

MAX_TIMED_CORRECTIONS: Final = 40
MAX_NEWEST_CHANGES: Final = 8
SECONDS_PER_HOUR: Final = 3600.0
CACHE_SECONDS: Final = 600.0
"""How many seconds the counts of all changes of a source are cached."""


@dataclass(frozen=True)
class Sources(View):
    """Every source with its state."""

    template: ClassVar[str] = "sources.html"
    heading: ClassVar[str] = "Sources"
    sources: tuple[SourceSummary, ...]
    source_status: SourceStatus
    now: datetime

    def as_json(self) -> dict[str, Any]:
        """Return the page as JSON."""
        return {
            "schema": SCHEMA,
            "sources": [SourceView(each, self.source_status.of(each.name)).as_json() for each in self.sources],
        }


@dataclass(frozen=True)
class Scores:
    """The scorecard of a source. `hours` is the median time to correction of the `timed` corrections."""

    changed: float | None
    changes: int
    announced: float | None
    factual: int
    corrections: int
    timed: int
    hours: float | None


@dataclass(frozen=True)
class SourcePage(View):
    """A source: its health, its scorecard and its latest changes."""

    template: ClassVar[str] = "source.html"
    source: SourceSummary
    hubs: tuple[HubState, ...]
    scores: Scores
    tally: ChangeCounts
    newest: tuple[VersionLine, ...]
    failing: tuple[Tracked, ...]
    articles: tuple[Tracked, ...]
    source_status: SourceStatus
    now: datetime
    configured: SourceConfig | None = None
    filter: Filter = NO_FILTER

    @property
    def addresses(self) -> tuple[tuple[str, str], ...]:
        """Return the addresses that the configuration names, each with what it is."""
        one = self.configured
        if one is None:
            return ()
        pages = [("section page", page.url) for page in one.pages]
        named = (("feed", one.feeds), ("sitemap", one.sitemaps), ("article", one.urls))
        return (*((kind, url) for kind, urls in named for url in urls), *pages)

    @property
    def settings(self) -> tuple[tuple[str, str, str, str], ...]:
        """Return how the source is read, for a form: name, label, value and explanation."""
        one = self.configured
        if one is None:
            return ()
        every = format_duration(one.every) if one.every else ""
        lines = "one regular expression a line; empty: every address"
        return (
            ("poll", "Read its lists every", format_duration(one.poll), "as in 10m or 1h"),
            ("every", "Check an article every", every, "as in 30m; empty: as often as it changes"),
            ("include", "Only addresses that match", "\n".join(one.include), lines),
            ("exclude", "No address that matches", "\n".join(one.exclude), lines.replace("every address", "none")),
        )

    @property
    def title(self) -> str:
        """Return the name."""
        return self.source.name

    def as_json(self) -> dict[str, Any]:
        """Return the page as JSON."""
        status = self.source_status.of(self.source.name)
        hubs = [
            HubView(each, each.hub.kind.value, self.source.paused, replace(status, summary=self.source))
            for each in self.hubs
        ]
        return {
            "schema": SCHEMA,
            "source": SourceView(self.source, status).as_json(),
            "hubs": [each.as_json() for each in hubs],
            "scores": plain(self.scores),
            "kinds": plain(dict(self.tally.kinds)),
            **status.as_json(),
            "changes": [each.as_json() for each in self.newest],
            "failing": [ArticleView(each).as_json() for each in self.failing],
            "articles": [ArticleView(each).as_json() for each in self.articles],
        }


def sources(request: PageRequest) -> Sources:
    """Return the page of all sources."""
    found = request.archive.kept("sources", lambda: summarise_sources(request.archive.opened, now=request.now))
    return Sources(tuple(found), get_source_status(request.archive, request.now), request.now)


def source(request: PageRequest) -> SourcePage:
    """Return the page of a source. Raises NotKnown."""
    archive, name = request.archive, request.path["name"]
    found = archive.kept(("source", name), lambda: summarise_sources(archive.opened, name))
    if not found:
        raise NotKnown(
            "there is no such source", resource=name, hint=f"known: {', '.join(list_sources(archive.opened))}"
        )
    (one,) = found
    tally = archive.kept(("tally", name), lambda: count_changes(archive.opened, name), CACHE_SECONDS)
    hours = archive.kept(("hours", name), lambda: _hours(archive, name), CACHE_SECONDS)
    chosen = replace(read_filter(request.query), source=name)
    query = chosen.query(request.reading.row)
    newest = page_of_summaries(archive.opened, query, size=MAX_NEWEST_CHANGES).glances
    return SourcePage(
        source=one,
        hubs=tuple(list_hubs(archive.opened, name)),
        scores=Scores(
            changed=one.changed / one.articles if one.articles else None,
            changes=tally.changes,
            announced=tally.announced / tally.factual if tally.factual else None,
            factual=tally.factual,
            corrections=dict(tally.kinds).get(LabelKind.CORRECTION, 0),
            timed=len(hours),
            hours=round(median(hours), 2) if hours else None,
        ),
        tally=tally,
        newest=entries(archive, newest, shown=MAX_NEWEST_CHANGES, reading=request.reading),
        failing=tuple(list_by_last_change(archive.opened, source=name, limit=10, failing=True)) if one.failing else (),
        articles=tuple(list_by_last_change(archive.opened, source=name, limit=20)),
        source_status=get_source_status(archive, request.now),
        now=request.now,
        filter=replace(chosen, source=""),
        configured=request.config.source(name) if request.config and request.admin else None,
    )


def _hours(archive: CachedArchive, name: str) -> list[float]:
    """Return the hours until errors were corrected, for the newest corrections that explain an edit."""
    query = VersionQuery(source=name, kinds=(LabelKind.CORRECTION,), changes_only=True)
    seen = {
        (each.article, each.n): each.seen
        for each in page_of_summaries(archive.opened, query, size=MAX_TIMED_CORRECTIONS).glances
    }
    wrong = {key: wronged(change) for key, change in get_changes(archive.opened, list(seen)).items()}
    since = stood_since(archive.opened, {key: texts for key, texts in wrong.items() if texts})
    return [(seen[key] - at).total_seconds() / SECONDS_PER_HOUR for key, at in since.items() if at <= seen[key]]


def wronged(change: Change) -> list[str]:
    """Return the old text of the paragraphs whose edits a new correction explains."""
    explained = {
        index
        for notice in change.notices
        if notice.op is Op.INSERT and notice.kind is NoticeKind.CORRECTION
        for index in notice.explains
    }
    return [change.blocks[index].old_text for index in sorted(explained) if change.blocks[index].old is not None]
