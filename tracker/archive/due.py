"""What is due: hosts that may be visited, their hubs and articles, and how hosts want to be treated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, func, literal_column, select, union_all

from tracker.model import HostState

from . import rows
from .base import Held, upsert
from .columns import Instant
from .tables import article, host, hub, source
from .values import clean_text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from tracker.model import HubState, Tracked

# Written out, not bound: SQLite proves that a partial index applies from the text of the condition.
_WATCHED: Final = article.c.state != literal_column("'paused'")
_NOW: Final = bindparam("now", type_=Instant())
_PAUSED: Final = select(source.c.id).where(source.c.paused)
ACTIVE_ARTICLE: Final = _WATCHED & article.c.source_id.not_in(_PAUSED)
_ACTIVE_HUB: Final = hub.c.source_id.not_in(_PAUSED)

_due = union_all(
    select(article.c.host.label("host"), article.c.next_check_at.label("due")).where(
        ACTIVE_ARTICLE, article.c.next_check_at <= _NOW
    ),
    select(hub.c.host, hub.c.next_poll_at).where(_ACTIVE_HUB, hub.c.next_poll_at <= _NOW),
).subquery("due")
_HOSTS: Final = (
    select(_due.c.host)
    .outerjoin(host, host.c.name == _due.c.host)
    .where(host.c.not_before.is_(None) | (host.c.not_before <= _NOW))
    .group_by(_due.c.host)
    .order_by(func.min(_due.c.due), _due.c.host)
)
_HUBS: Final = rows.HUBS.where(_ACTIVE_HUB, hub.c.next_poll_at <= _NOW).order_by(hub.c.next_poll_at, hub.c.id)
_ARTICLES: Final = rows.ARTICLES.where(ACTIVE_ARTICLE, article.c.next_check_at <= _NOW).order_by(
    article.c.next_check_at, article.c.id
)


class Due(Held):
    """The part of the store that knows what is due."""

    def due_hosts(self, now: datetime, limit: int = 1000) -> list[str]:
        """Return hosts that have a due hub or article and may be visited now, longest overdue first."""
        with self._db.read() as connection:
            return list(connection.scalars(_HOSTS.limit(limit), {"now": now}))

    def due_hubs(self, host: str, now: datetime) -> list[HubState]:
        """Return the due hubs of *host*, longest overdue first."""
        with self._db.read() as connection:
            found = connection.execute(_HUBS.where(hub.c.host == clean_text(host)), {"now": now})
            return [rows.hub_state(row) for row in found]

    def due_articles(self, host: str, now: datetime, limit: int = 25) -> list[Tracked]:
        """Return due articles of *host* that are not paused (gone ones are looked at again), longest overdue first."""
        with self._db.read() as connection:
            query = _ARTICLES.where(article.c.host == clean_text(host)).limit(limit)
            return rows.tracked(connection, connection.execute(query, {"now": now}).all())

    def host(self, host: str) -> HostState:
        """Return what is remembered of *host*; a fresh state where nothing is."""
        with self._db.read() as connection:
            row = connection.execute(rows.HOSTS.where(_host.c.name == clean_text(host))).one_or_none()
            return HostState(host) if row is None else rows.host_state(row)

    def save_host(self, state: HostState) -> None:
        """Remember *state*."""
        with self._db.write() as connection:
            save_host(connection, state)


_host: Final = host


def save_host(connection: Connection, state: HostState) -> None:
    """Remember *state*, within the caller's transaction."""
    robots = state.robots
    row = {
        "name": clean_text(state.host),
        "not_before": state.not_before,
        "failures": state.failures,
        "last_failure_at": state.last_failure_at,
        "latency": state.latency,
        "robots_status": robots.status if robots else None,
        "robots_body": robots.body if robots else None,
        "robots_at": robots.fetched_at if robots else None,
    }
    connection.execute(upsert(connection, host, row, on=(host.c.name,), replace=True))
