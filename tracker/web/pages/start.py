"""The start page: the latest changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar, Final

from tracker.archive.articles import ArticleSummary, list_gone, list_possibly_gone
from tracker.archive.sources import list_failing_sources
from tracker.archive.state import count_all
from tracker.archive.summaries import count_newer, largest_changes, latest_labelled, page_of_summaries
from tracker.archive.versions import newest_row
from tracker.model.change import LabelKind
from tracker.model.source import FailingSource, SourceSummary
from tracker.model.version import VersionSummary
from tracker.model.watch import Counts, WatchedArticle
from tracker.service.source_report import SourceStatus
from tracker.views.article import ArticleView
from tracker.views.json import Answer, Part, from_fields
from tracker.views.source import SourceView
from tracker.views.version import ListedVersion
from tracker.web.page_request import MAX_COUNTED, PageRequest, View

from .changes import Filter, VersionLine, entries, filter_of
from .sources import summaries

MAX_NEWEST_CHANGES: Final = 12
MAX_LISTED_CHANGES: Final = 5
SHOWN: Final = ("newest", "largest", "corrections", "not-noted")
_WINDOWS: Final = (("24 hours", timedelta(days=1)), ("7 days", timedelta(days=7)), ("any time", timedelta(days=36500)))


class GoneArticle(Part, frozen=True):
    """An article whose page was taken down."""

    article: str
    title: str
    url: str
    last_seen: datetime | None


class StartAnswer(Answer, frozen=True):
    """The latest changes."""

    counts: Counts
    held: list[str]
    window: str
    now: datetime
    looked: datetime | None
    unread: int
    failing: list[SourceView]
    gone: list[GoneArticle]
    possibly_gone: list[ArticleView]
    newest: list[ListedVersion]
    largest: list[ListedVersion]
    corrections: list[ListedVersion]
    silent: list[ListedVersion]


@dataclass(frozen=True)
class Start(View):
    """The latest changes. `window` names the period of the largest edits, `show` the list that the page shows.

    `unread` counts the changes that are new to the reader, who last marked all as read at `looked`.
    `watched` counts the configured sources.
    """

    template: ClassVar[str] = "start.html"
    title: ClassVar[str] = "Latest changes"
    counts: Counts
    newest: tuple[VersionLine, ...]
    largest: tuple[VersionLine, ...]
    corrections: tuple[VersionLine, ...]
    silent: tuple[VersionLine, ...]
    gone: tuple[ArticleSummary, ...]
    possibly_gone: tuple[WatchedArticle, ...]
    failing: tuple[FailingSource, ...]
    source_status: SourceStatus
    window: str
    show: str
    row: int
    now: datetime
    filter: Filter
    _summaries: Callable[[], list[SourceSummary]] = field(compare=False, repr=False)
    looked: datetime | None
    unread: int
    watched: int

    @property
    def lists(self) -> dict[str, tuple[str, str, tuple[VersionLine, ...]]]:
        """Return the name, a remark and the entries of each list that has some, by what `show` calls it."""
        period = "" if self.window == "any time" else f"Of the last {self.window}."
        lists = {
            "newest": ("Newest", "", self.newest),
            "largest": ("Largest", period, self.largest),
            "corrections": ("Corrections", "", self.corrections),
            "not-noted": ("Not noted", "A claim was altered or removed without a note.", self.silent),
        }
        return {key: each for key, each in lists.items() if each[2] or key == self.show}

    def answer(self) -> StartAnswer:
        """Return the JSON object of the page."""
        held = [each.source for each in self.source_status.holding]
        names = {each.name for each in self.failing}
        summaries = [each for each in self._summaries() if each.name in names] if names else []
        return from_fields(
            StartAnswer,
            self,
            held=held,
            failing=[SourceView.of(each, self.source_status.of(each.name)) for each in summaries],
            gone=[from_fields(GoneArticle, each, article=each.ident) for each in self.gone],
            possibly_gone=list(map(ArticleView.of, self.possibly_gone)),
            **{
                name: [each.answer() for each in getattr(self, name)]
                for name in ("newest", "largest", "corrections", "silent")
            },
        )


def start(request: PageRequest) -> Start:
    """Return the start page."""
    cache, reading = request.cache, request.reading
    chosen = filter_of(request)
    # Three times the lines of the list, here and below: copies of one edition become one line.
    newest = page_of_summaries(cache.archive, chosen.query(reading.row), size=3 * MAX_NEWEST_CHANGES).summaries
    window = ""
    largest: tuple[VersionSummary, ...] = ()
    for window, length in _WINDOWS:  # noqa: B007 - both are wanted after the loop
        largest = largest_changes(cache.archive, request.now - length, 3 * MAX_LISTED_CHANGES)
        if largest:
            break
    corrected = latest_labelled(
        cache.archive, [LabelKind.CORRECTION, LabelKind.CLARIFICATION, LabelKind.EDITORS_NOTE], 3 * MAX_LISTED_CHANGES
    )
    silent = latest_labelled(cache.archive, [LabelKind.NOT_NOTED], 3 * MAX_LISTED_CHANGES)
    gone = cache.cached("gone", lambda: tuple(list_gone(cache.archive, MAX_LISTED_CHANGES)))
    if chosen.active:
        # The other lists are not filtered, so they are left out.
        largest = corrected = silent = gone = ()
    listed = partial(entries, cache, reading=reading)
    newer = count_newer(cache.archive, reading.row, MAX_COUNTED + len(reading.opened)) if reading.at else 0
    return Start(
        counts=cache.cached("counts", lambda: count_all(cache.archive), lasting=True),
        newest=listed(newest, shown=MAX_NEWEST_CHANGES, most=MAX_NEWEST_CHANGES),
        largest=listed(largest, most=MAX_LISTED_CHANGES),
        corrections=listed(corrected, shown=MAX_LISTED_CHANGES, most=MAX_LISTED_CHANGES),
        silent=listed(silent, shown=MAX_LISTED_CHANGES, most=MAX_LISTED_CHANGES),
        gone=gone,
        possibly_gone=cache.cached("possibly-gone", lambda: tuple(list_possibly_gone(cache.archive))),
        failing=tuple(cache.cached("failing", lambda: list_failing_sources(cache.archive))),
        source_status=cache.source_status(request.now),
        window=window,
        show=SHOWN[0] if chosen.active else request.one_of("show", SHOWN),
        row=newest_row(cache.archive),
        now=request.now,
        filter=chosen,
        _summaries=lambda: summaries(cache, request.now),
        looked=reading.at,
        unread=max(newer - len(reading.opened), 0),
        watched=len(request.config.all_source_names) if request.config else 0,
    )
