"""Articles and checks as objects, oldest first: what an archive knows beside its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import literal, select, tuple_

from tracker.archive import rows
from tracker.archive.articles import list_articles
from tracker.archive.schema.columns import Instant
from tracker.archive.schema.core import article, visit
from tracker.model import CheckOutcome
from tracker.render.times import iso

from .jsonl import ARTICLE, CHECK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.archive.opening import Archive

    from .jsonl import Line
    from .selection import Selection

MADE: Final = (CheckOutcome.NEW, CheckOutcome.CHANGED)
"""Outcomes that made a version, whose line tells of the check."""
_PAGE: Final = 1000


def articles(store: Archive, selection: Selection) -> Iterator[Line]:
    """Yield every article that is selected, at the time it was first heard of."""
    for each in reversed(list_articles(store, source=selection.source or None)):
        within = _within(selection, each.first_seen_at)
        if within and (not selection.articles or each.id in selection.articles):
            value = {
                "schema": 1,
                "type": "article",
                "article": each.id,
                "url": each.url,
                "source": each.source,
                "first_seen": iso(each.first_seen_at),
                "state": each.state.value,
                "feed_title": each.feed_title,
                "stories": list(each.stories),
            }
            yield (each.first_seen_at, ARTICLE), value


def checks(store: Archive, selection: Selection) -> Iterator[Line]:
    """Yield every check of what is selected that made no version."""
    query = (
        select(visit, article.c.ident, article.c.url, rows.source_name.label("source"))
        .join(article, article.c.id == visit.c.article_id)
        .join(rows.outlet, rows.source_id == article.c.source_id)
        .where(visit.c.outcome.not_in(MADE))
        .order_by(visit.c.at, visit.c.id)
        .limit(_PAGE)
    )
    if selection.articles:
        query = query.where(article.c.ident.in_(selection.articles))
    if selection.source:
        query = query.where(rows.source_name == selection.source)
    if selection.since is not None:
        query = query.where(visit.c.at >= selection.since)
    if selection.until is not None:
        query = query.where(visit.c.at < selection.until)
    page = query
    while True:
        with store.database.read() as connection:
            found = connection.execute(page).all()
        for row in found:
            yield (row.at, CHECK), _check(row)
        if len(found) < _PAGE:
            return
        page = query.where(tuple_(visit.c.at, visit.c.id) > tuple_(literal(found[-1].at, Instant()), found[-1].id))


def _check(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
    return {
        "schema": 1,
        "type": "check",
        "article": row.ident,
        "url": row.url,
        "source": row.source,
        "at": iso(row.at),
        "outcome": row.outcome.value,
        "status": row.status,
        "detail": row.detail or "",
        "elapsed": row.elapsed,
    }


def _within(selection: Selection, at: Any) -> bool:  # noqa: ANN401 - a datetime
    since, until = selection.since, selection.until
    return (since is None or at >= since) and (until is None or at < until)
