"""What is due: hosts that may be visited, their hubs and articles, and how hosts want to be treated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Integer, bindparam, func, literal_column, select, union_all

from tracker.archive import hubs, rows
from tracker.archive.database.prepared import Prepared
from tracker.archive.schema.columns import Instant
from tracker.archive.schema.core import article, host, hub, source
from tracker.archive.values import clean_text

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select

    from tracker.archive.opening import Archive
    from tracker.model import HubState, Tracked

# Written out, not bound: SQLite proves that a partial index applies from the text of the condition.
_WATCHED: Final = article.c.state != literal_column("'paused'")
_NOW: Final = bindparam("now", type_=Instant())
_PAUSED: Final = select(source.c.id).where(source.c.paused)
ACTIVE_ARTICLE: Final = _WATCHED & article.c.source_id.not_in(_PAUSED)
_ACTIVE_HUB: Final = hub.c.source_id.not_in(_PAUSED)

MANY: Final = 2000
"""From so many due articles on, it costs less to ask for each host than to look at each article."""
_BACKLOG: Final[Select[Any]] = (
    select(literal_column("1"))
    .select_from(article)
    .where(_WATCHED, article.c.next_check_at <= _NOW)
    .order_by(article.c.next_check_at)
    .offset(MANY)
    .limit(1)
)
_due_hubs = select(hub.c.host.label("host"), hub.c.next_poll_at.label("due")).where(
    _ACTIVE_HUB, hub.c.next_poll_at <= _NOW
)


def _hosts(due_articles: Select[Any]) -> Select[Any]:
    due = union_all(due_articles, _due_hubs).subquery("due")
    return (
        select(due.c.host)
        .outerjoin(host, host.c.name == due.c.host)
        .where(host.c.not_before.is_(None) | (host.c.not_before <= _NOW))
        .group_by(due.c.host)
        .order_by(func.min(due.c.due), due.c.host)
    )


def _by_host() -> Select[Any]:
    """Select the first due article of each host, by one step in an index for each."""
    other = article.alias("other")
    first = select(func.min(article.c.host).label("host")).cte("hosts", recursive=True)
    following = select(func.min(other.c.host)).where(other.c.host > first.c.host).scalar_subquery()
    hosts = first.union_all(select(following).where(first.c.host.is_not(None)))
    earliest = (
        select(article.c.next_check_at)
        .where(article.c.host == hosts.c.host, ACTIVE_ARTICLE, article.c.next_check_at <= _NOW)
        .order_by(article.c.next_check_at)
        .limit(1)
        .correlate(hosts)
        .scalar_subquery()
    )
    each = select(hosts.c.host.label("host"), earliest.label("due")).subquery("each")
    return select(each.c.host, each.c.due).where(each.c.due.is_not(None))


_FEW_HOSTS: Final = _hosts(
    select(article.c.host.label("host"), article.c.next_check_at.label("due")).where(
        ACTIVE_ARTICLE, article.c.next_check_at <= _NOW
    )
)
_MANY_HOSTS: Final = _hosts(_by_host())
_HUBS: Final = Prepared(
    hubs.HUBS.where(hub.c.host == bindparam("wanted"), _ACTIVE_HUB, hub.c.next_poll_at <= _NOW).order_by(
        hub.c.next_poll_at, hub.c.id
    )
)
_ARTICLES: Final = Prepared(
    rows.ARTICLES.where(article.c.host == bindparam("wanted"), ACTIVE_ARTICLE, article.c.next_check_at <= _NOW)
    .order_by(article.c.next_check_at, article.c.id)
    .limit(bindparam("most", type_=Integer()))
)


def due_hosts(archive: Archive, now: datetime, limit: int = 1000) -> list[str]:
    """Return hosts that have a due hub or article and may be visited now, longest overdue first."""
    with archive.database.read() as connection:
        backlog = connection.scalar(_BACKLOG, {"now": now}) is not None
        return list(connection.scalars((_MANY_HOSTS if backlog else _FEW_HOSTS).limit(limit), {"now": now}))


def due_hubs(archive: Archive, host: str, now: datetime) -> list[HubState]:
    """Return the due hubs of *host*, longest overdue first."""
    with archive.database.read() as connection:
        return [hubs.hub_state(row) for row in _HUBS.all(connection, {"wanted": clean_text(host), "now": now})]


def due_articles(archive: Archive, host: str, now: datetime, limit: int = 25) -> list[Tracked]:
    """Return due articles of *host* that are not paused (gone ones are looked at again), longest overdue first."""
    with archive.database.read() as connection:
        given = {"wanted": clean_text(host), "now": now, "most": limit}
        return rows.tracked(connection, _ARTICLES.all(connection, given))
