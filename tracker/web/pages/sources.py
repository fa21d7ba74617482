"""The pages of sources: their state, and their edits and corrections."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final

from msgspec.structs import asdict

from tracker.archive.articles import list_by_last_change, list_possibly_gone
from tracker.archive.sources import list_hubs, stored_source, sum_articles, summarise_sources
from tracker.archive.summaries import page_of_summaries
from tracker.config.tables import SourceConfig
from tracker.durations import format_duration
from tracker.model.source import SourceSummary
from tracker.model.watch import HubState, WatchedArticle
from tracker.service.source_report import SourceStatus, count_edits
from tracker.views.article import ArticleView
from tracker.views.json import Answer
from tracker.views.source import HubView, SourceView, StormView
from tracker.views.statistics import ScorecardView
from tracker.views.version import ListedVersion
from tracker.web.data import CachedArchive
from tracker.web.page_request import PageRequest, View

from .changes import Filter, VersionLine, entries, filter_of

MAX_NEWEST_CHANGES: Final = 8
CACHE_SECONDS: Final = 600.0
"""How many seconds the counts of all changes of a source are cached."""


class SourcesAnswer(Answer, frozen=True):
    """Every source with its state."""

    sources: list[SourceView]


class SourceAnswer(Answer, frozen=True):
    """A source: its health, its scorecard and its latest changes."""

    source: SourceView
    hubs: list[HubView]
    scores: ScorecardView
    held_until: datetime | None
    storm: StormView | None
    layout_changed: datetime | None
    changes: list[ListedVersion]
    failing: list[ArticleView]
    possibly_gone: list[ArticleView]
    articles: list[ArticleView]


@dataclass(frozen=True)
class Sources(View):
    """Every source with its state."""

    template: ClassVar[str] = "sources.html"
    title: ClassVar[str] = "Sources"
    sources: tuple[SourceSummary, ...]
    source_status: SourceStatus
    unconfigured: frozenset[str]
    """Names of the sources that the configuration no longer has; their versions are kept as history."""

    def answer(self) -> SourcesAnswer:
        """Return the JSON object of the page."""
        return SourcesAnswer([SourceView.of(each, self.source_status.of(each.name)) for each in self.sources])


@dataclass(frozen=True)
class SourcePage(View):
    """A source: its health, its scorecard and its latest changes."""

    template: ClassVar[str] = "source.html"
    title: str
    source: SourceSummary
    hubs: tuple[HubState, ...]
    scores: ScorecardView
    newest: tuple[VersionLine, ...]
    failing: tuple[WatchedArticle, ...]
    possibly_gone: tuple[WatchedArticle, ...]
    articles: tuple[WatchedArticle, ...]
    source_status: SourceStatus
    configured: SourceConfig | None
    unconfigured: bool
    filter: Filter

    @property
    def addresses(self) -> tuple[tuple[str, str], ...]:
        """Return the addresses that the configuration names, each with its kind."""
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
        lines = "one regular expression per line; if empty, every address"
        return (
            ("poll", "Read its lists every", format_duration(one.poll), "for example: 10m or 1h"),
            ("every", "Check an article every", every, "for example: 30m; if empty, as often as it changes"),
            ("include", "Only addresses that match", "\n".join(one.include), lines),
            ("exclude", "Except addresses that match", "\n".join(one.exclude), lines.replace("every address", "none")),
        )

    def answer(self) -> SourceAnswer:
        """Return the JSON object of the page."""
        one = self.source
        status = self.source_status.of(one.name)
        return SourceAnswer(
            source=SourceView.of(one, status),
            hubs=[HubView.of(each, each.hub.kind.value, one, status, paused=one.paused) for each in self.hubs],
            scores=self.scores,
            **asdict(status),
            changes=[each.answer() for each in self.newest],
            failing=list(map(ArticleView.of, self.failing)),
            possibly_gone=list(map(ArticleView.of, self.possibly_gone)),
            articles=list(map(ArticleView.of, self.articles)),
        )


def sources(request: PageRequest) -> Sources:
    """Return the page of all sources."""
    found = summaries(request.cache, request.now)
    paused = {each.name for each in found if each.paused}
    # These are paused because the configuration no longer has them.
    unconfigured = frozenset(paused - request.config.all_source_names if request.config else ())
    # Hide a source that was merged into another, or removed before anything was stored.
    shown = (each for each in found if each.articles or each.name not in unconfigured)
    return Sources(tuple(shown), request.cache.source_status(request.now), unconfigured)


def summaries(cache: CachedArchive, now: datetime) -> list[SourceSummary]:
    """Return every source with the sums of its articles and hubs."""
    # Every article is read for the sums, and users' actions hardly change them.
    sums = cache.cached("article-sums", lambda: sum_articles(cache.archive, now=now), lasting=True)
    return cache.cached("sources", lambda: summarise_sources(cache.archive, sums=sums))


def source(request: PageRequest) -> SourcePage:
    """Return the page of a source. Raises NotKnown."""
    cache = request.cache
    name = stored_source(cache.archive, request.path["name"])
    (one,) = cache.cached(("source", name), lambda: summarise_sources(cache.archive, name))
    counts = cache.cached(("edit-counts", name), lambda: count_edits(cache.archive, one), CACHE_SECONDS, lasting=True)
    chosen = replace(filter_of(request), source=name)
    query = chosen.query(request.reading.row)
    newest = page_of_summaries(cache.archive, query, size=MAX_NEWEST_CHANGES).summaries
    return SourcePage(
        title=name,
        source=one,
        hubs=tuple(list_hubs(cache.archive, name)),
        scores=ScorecardView.of(name, counts),
        newest=entries(cache, newest, shown=MAX_NEWEST_CHANGES, reading=request.reading),
        failing=tuple(list_by_last_change(cache.archive, source=name, limit=10, failing=True)) if one.failing else (),
        possibly_gone=tuple(list_possibly_gone(cache.archive, name)),
        articles=tuple(list_by_last_change(cache.archive, source=name, limit=20)),
        source_status=cache.source_status(request.now),
        filter=replace(chosen, source=""),
        unconfigured=one.paused and request.config is not None and name not in request.config.all_source_names,
        configured=request.config.source(name) if request.config and request.admin else None,
    )
