"""When pages were found gone or back: what lists show between versions, because a page that is gone makes none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from tracker.archive.articles import get_articles, list_gone
from tracker.archive.checks import list_checks
from tracker.archive.versions import iter_versions
from tracker.model.change import LabelKind, Significance, status_change
from tracker.model.version import Version, VersionQuery
from tracker.model.watch import Check, CheckOutcome, Tracked

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

EVENT_KINDS: Final = frozenset({LabelKind.UNPUBLISHED, LabelKind.RESTORED})
# The pages that are gone now of which a list without a filter shows when that was: those that were seen last.
MAX_GONE_ARTICLES: Final = 200
# The newest checks of an article that are searched for events.
MAX_SCANNED_CHECKS: Final = 10_000
# The archive has milliseconds.
_INSTANT: Final = timedelta(milliseconds=1)


def event_kinds(query: VersionQuery, *, as_json: bool) -> frozenset[LabelKind]:
    """Return the kinds of events that a list of `query` includes.

    Without a filter by label, people see all of them, and programs get versions only. Events have no words and no
    significance, so a query that asks for some has none.
    """
    if query.min_words or query.min_significance is not Significance.LOW:
        return frozenset()
    if query.kinds:
        return EVENT_KINDS.intersection(query.kinds)
    return frozenset() if as_json else EVENT_KINDS


def gone_articles(archive: Archive, query: VersionQuery) -> list[Tracked]:
    """Return the articles of `query` whose page is gone now; of very many, those whose page was seen last."""
    found = get_articles(archive, (each.ident for each in list_gone(archive, MAX_GONE_ARTICLES)))
    return [
        article
        for article in found
        if (not query.source or article.source == query.source) and (not query.story or query.story in article.stories)
    ]


def page_events(
    archive: Archive, query: VersionQuery, kinds: frozenset[LabelKind], articles: Iterable[Tracked]
) -> Iterator[Version]:
    """Yield the events of `kinds` in the order of `query`, and no more than its limit.

    An event is a version that was current at the time, with the event as its only label.
    """
    turns = [
        turn
        for article in articles
        for turn in _turns(article, reversed(list_checks(archive, article.id, MAX_SCANNED_CHECKS)))
        if _kind(turn[1]) in kinds
        and (query.since is None or turn[1].at >= query.since)
        and (query.until is None or turn[1].at <= query.until)
    ]
    turns.sort(key=lambda turn: turn[1].at, reverse=not query.reverse)
    for article, check, before in islice(turns, query.limit):
        at_the_time = VersionQuery(article=article.id, until=check.at + _INSTANT, limit=1)
        for current in iter_versions(archive, at_the_time):
            yield replace(
                current,
                seen=check.at,
                previous_seen=before.at if before else current.seen,
                change=status_change(gone=check.outcome is CheckOutcome.GONE, detail=check.detail),
            )


def _kind(check: Check) -> LabelKind:
    return LabelKind.UNPUBLISHED if check.outcome is CheckOutcome.GONE else LabelKind.RESTORED


def _turns(article: Tracked, checks: Iterable[Check]) -> Iterator[tuple[Tracked, Check, Check | None]]:
    """Yield each check that found the page newly gone or back, with the last check before it."""
    gone = False
    last: Check | None = None
    for check in checks:
        if check.outcome is CheckOutcome.GONE or check.outcome.saw_page:
            if gone != (check.outcome is CheckOutcome.GONE):
                gone = not gone
                yield article, check, last
            last = check
