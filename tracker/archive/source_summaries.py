"""Sources, each with what its articles, hubs and changes come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from tracker.archive.schema.columns import Instant
from tracker.archive.schema.core import article, hub, source
from tracker.archive.values import clean_text
from tracker.model import ArticleState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Select

    from tracker.archive.database.connection import Connection

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from tracker.archive.database.connection import Connection
    from tracker.archive.opening import Archive


def summarise_sources(archive: Archive, name: str | None = None) -> list[SourceSummary]:
    """Return every source, or the one of that name, with what its articles and hubs come to."""
    with archive.database.read() as connection:
        return glances(connection, name)


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """A source at a glance. *failing* counts articles and hubs whose last visit failed."""

    name: str
    paused: bool = False
    articles: int = 0
    changed: int = 0
    versions: int = 0
    checks: int = 0
    gone: int = 0
    failing: int = 0
    hubs: int = 0
    hubs_failing: int = 0
    last_ok: datetime | None = None
    last_check: datetime | None = None
    last_change: datetime | None = None
    next_visit: datetime | None = None
    error: str = ""


def glances(connection: Connection, name: str | None = None) -> list[SourceSummary]:
    """Return every source by name, or the one of that name."""
    known = select(source.c.id, source.c.name, source.c.paused).order_by(source.c.name)
    if name is not None:
        known = known.where(source.c.name == clean_text(name))
    found = connection.execute(known).all()
    ids = [row.id for row in found]
    articles = {row.source_id: row for row in connection.execute(_articles_by_source(ids))}
    hubs = {row.source_id: row for row in connection.execute(_hubs_by_source(ids))}
    errors = {row.source_id: row.last_error for row in connection.execute(_errors(ids))}
    return [_source(row, articles.get(row.id), hubs.get(row.id), errors.get(row.id, "")) for row in found]


def _articles_by_source(ids: Sequence[int]) -> Select[Any]:
    counted = func.count().filter
    active = and_(article.c.state == ArticleState.ACTIVE, article.c.next_check_at.is_not(None))
    return (
        select(
            article.c.source_id,
            func.count().label("articles"),
            counted(article.c.versions > 1).label("changed"),
            func.sum(article.c.versions).label("versions"),
            func.sum(article.c.checks).label("checks"),
            counted(article.c.state == ArticleState.GONE).label("gone"),
            counted(and_(article.c.failures > 0, article.c.state == ArticleState.ACTIVE)).label("failing"),
            func.max(article.c.last_check_at, type_=Instant()).label("last_check"),
            func.max(article.c.last_seen_at, type_=Instant()).label("last_ok"),
            func.max(article.c.last_change_at, type_=Instant()).label("last_change"),
            func.min(article.c.next_check_at, type_=Instant()).filter(active).label("next_check"),
        )
        .where(article.c.source_id.in_(ids))
        .group_by(article.c.source_id)
    )


def _hubs_by_source(ids: Sequence[int]) -> Select[Any]:
    return (
        select(
            hub.c.source_id,
            func.count().label("hubs"),
            func.count().filter(hub.c.failures > 0).label("failing"),
            func.max(hub.c.last_ok_at, type_=Instant()).label("last_ok"),
            func.max(hub.c.last_poll_at, type_=Instant()).label("last_poll"),
            func.min(hub.c.next_poll_at, type_=Instant()).label("next_poll"),
        )
        .where(hub.c.source_id.in_(ids))
        .group_by(hub.c.source_id)
    )


def _errors(ids: Sequence[int]) -> Select[Any]:
    return (
        select(hub.c.source_id, hub.c.last_error)
        .where(hub.c.source_id.in_(ids), hub.c.failures > 0)
        .order_by(hub.c.source_id, hub.c.position.desc())
    )


def _source(row: Any, articles: Any, hubs: Any, error: str) -> SourceSummary:  # noqa: ANN401 - rows
    def latest(*times: datetime | None) -> datetime | None:
        return max((each for each in times if each is not None), default=None)

    def soonest(*times: datetime | None) -> datetime | None:
        return min((each for each in times if each is not None), default=None)

    return SourceSummary(
        name=row.name,
        paused=bool(row.paused),
        articles=articles.articles if articles else 0,
        changed=articles.changed if articles else 0,
        versions=int(articles.versions) if articles else 0,
        checks=int(articles.checks) if articles else 0,
        gone=articles.gone if articles else 0,
        failing=articles.failing if articles else 0,
        hubs=hubs.hubs if hubs else 0,
        hubs_failing=hubs.failing if hubs else 0,
        last_ok=latest(articles and articles.last_ok, hubs and hubs.last_ok),
        last_check=latest(articles and articles.last_check, hubs and hubs.last_poll),
        last_change=articles.last_change if articles else None,
        next_visit=None if row.paused else soonest(articles and articles.next_check, hubs and hubs.next_poll),
        error=error,
    )
