"""Articles and checks as objects, oldest first: what an archive knows beside its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker.archive.articles import list_articles
from tracker.archive.checks import iter_checks_without_version
from tracker.render.times import iso
from tracker.views.article import ArticleView

from .timed_lines import ARTICLE, CHECK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.archive.archive import Archive

    from .selection import Selection
    from .timed_lines import Line


def articles(store: Archive, selection: Selection) -> Iterator[Line]:
    """Yield every article that is selected, at the time it was first heard of."""
    for each in reversed(list_articles(store, source=selection.source or None)):
        within = _within(selection, each.first_seen_at)
        if within and (not selection.articles or each.id in selection.articles):
            yield (each.first_seen_at, ARTICLE), {"type": "article"} | ArticleView(each).as_record()


def checks(store: Archive, selection: Selection) -> Iterator[Line]:
    """Yield every check of what is selected that made no version."""
    for each in iter_checks_without_version(
        store,
        articles=selection.articles,
        source=selection.source,
        since=selection.since,
        until=selection.until,
    ):
        check = each.check
        yield (
            (check.at, CHECK),
            {
                "schema": 1,
                "type": "check",
                "article": check.article,
                "url": each.url,
                "source": each.source,
                "at": iso(check.at),
                "outcome": check.outcome.value,
                "status": check.status,
                "detail": check.detail,
                "elapsed": check.elapsed,
            },
        )


def _within(selection: Selection, at: Any) -> bool:  # noqa: ANN401 - a datetime
    since, until = selection.since, selection.until
    return (since is None or at >= since) and (until is None or at < until)
