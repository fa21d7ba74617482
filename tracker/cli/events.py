"""Status events of an article: its page was taken down, or came back. They are read from checks, not versions."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from tracker.archive.articles import list_articles
from tracker.archive.checks import list_checks
from tracker.archive.versions import iter_versions
from tracker.model import Change, Check, CheckOutcome, Label, LabelKind, Tracked, Version, VersionQuery

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracker.archive.archive import Archive

MAX_SCANNED_CHECKS = 10_000
"""The newest checks of an article that are searched for status events."""


def with_events(
    store: Archive, query: VersionQuery, wanted: Iterable[LabelKind], tracked: Tracked | None
) -> list[Version]:
    """Return the versions of `query` together with status events of the kinds in `wanted`, in the order of the query.

    An event is returned as the version that was current at the time, with the event as its only label. Events have no
    words, so a query with `min_words` has none.
    """
    if query.min_words:
        return list(iter_versions(store, query))
    known = list_articles(store, source=query.source or None, story=query.story or None)
    known = [article for article in known if tracked is None or article.id == tracked.id]
    events = [event for article in known for event in _events(store, article) if _matches(event, query, wanted)]
    both = [*iter_versions(store, query), *events]
    both.sort(key=lambda version: version.seen, reverse=not query.reverse)
    return list(islice(both, query.limit))


def _matches(event: Version, query: VersionQuery, wanted: Iterable[LabelKind]) -> bool:
    kinds = event.change.kinds if event.change else frozenset()
    since, until = query.since, query.until
    return bool(kinds & set(wanted)) and (not since or event.seen >= since) and (not until or event.seen <= until)


def _events(store: Archive, article: Tracked) -> Iterator[Version]:
    """Yield an event for each time the page of `article` was found gone or back."""
    turns = list(_turns(reversed(list_checks(store, article.id, MAX_SCANNED_CHECKS))))
    if not turns:
        return
    versions = list(iter_versions(store, VersionQuery(article=article.id, reverse=True)))
    for check, before in turns:
        current = [version for version in versions if version.seen <= check.at][-1:]
        if not current:
            continue
        gone = check.outcome is CheckOutcome.GONE
        text = f"the page is gone: {check.detail}" if check.detail else "the page is gone"
        label = Label(*((LabelKind.UNPUBLISHED, text) if gone else (LabelKind.RESTORED, "the page is back")))
        yield replace(
            current[0],
            seen=check.at,
            previous_seen=before.at if before else current[0].seen,
            change=Change(labels=(label,), significance=1.0),
        )


def _turns(checks: Iterable[Check]) -> Iterator[tuple[Check, Check | None]]:
    """Yield each check that found the page newly gone or back, with the last check before it."""
    gone = False
    last: Check | None = None
    for check in checks:
        if check.outcome is CheckOutcome.GONE or check.outcome.saw_page:
            if gone != (check.outcome is CheckOutcome.GONE):
                gone = not gone
                yield check, last
            last = check
