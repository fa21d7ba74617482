"""What is due: hosts that may be visited now, their hubs and articles, and what happens when the clock is set back."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tracker.model.watch import HubState, Tracked

from .archive import Archive
from .articles import SELECT_ARTICLE, articles_of
from .encoding import to_ms
from .hubs import SELECT_HUB, hub_of

ACTIVE_ARTICLE: Final = "a.state <> 'paused' AND a.source_id NOT IN (SELECT id FROM source WHERE paused)"
ACTIVE_HUB: Final = "h.source_id NOT IN (SELECT id FROM source WHERE paused)"
# With more due articles than this, it costs less to ask for each host than to look at each article: 5 ms, not 80, where
# 60,000 articles of 300 hosts are due after an outage.
MANY_DUE_ARTICLES: Final = 2000

_MANY_ARE_DUE: Final = """
SELECT 1 FROM article a WHERE a.state <> 'paused' AND a.next_check_at <= :now
ORDER BY a.next_check_at LIMIT 1 OFFSET :many
"""
_DUE_ARTICLES: Final = (
    f"SELECT a.host, a.next_check_at AS due FROM article a WHERE {ACTIVE_ARTICLE} AND a.next_check_at <= :now"
)
# The first due article of each host, found by one step in an index for each host.
_FIRST_DUE_ARTICLES: Final = f"""
SELECT host, due FROM (
  SELECT hosts.host, (
    SELECT a.next_check_at FROM article a
    WHERE a.host = hosts.host AND {ACTIVE_ARTICLE} AND a.next_check_at <= :now
    ORDER BY a.next_check_at LIMIT 1
  ) AS due
  FROM hosts
) each_host WHERE due IS NOT NULL
"""
_HOSTS: Final = """
WITH RECURSIVE hosts(host) AS (
  SELECT min(host) FROM article
  UNION ALL SELECT (SELECT min(other.host) FROM article other WHERE other.host > hosts.host)
  FROM hosts WHERE hosts.host IS NOT NULL
)
"""
_HUBS: Final = f"""
{SELECT_HUB} WHERE h.host = :host AND {ACTIVE_HUB} AND h.next_poll_at <= :now ORDER BY h.next_poll_at, h.id
"""
_ARTICLES: Final = f"""
{SELECT_ARTICLE} WHERE a.host = :host AND {ACTIVE_ARTICLE} AND a.next_check_at <= :now
ORDER BY a.next_check_at, a.id LIMIT :most
"""
# Milliseconds that a check may lie in the future, because another machine's clock may be ahead of ours.
MAX_CLOCK_DIFFERENCE_MS: Final = 60_000
_NEWEST: Final = ("SELECT max(last_check_at) FROM article", "SELECT max(last_poll_at) FROM hub")
_PLANNED: Final = (
    "UPDATE article SET next_check_at = next_check_at - :ahead WHERE next_check_at > :now",
    "UPDATE hub SET next_poll_at = next_poll_at - :ahead WHERE next_poll_at > :now",
    "UPDATE host SET not_before = not_before - :ahead WHERE not_before > :now",
    "UPDATE delivery SET due_at = due_at - :ahead WHERE state = 'pending' AND due_at > :now",
    "UPDATE delivery SET leased_until = leased_until - :ahead WHERE state = 'pending' AND leased_until > :now",
    # The watch of an article may have ended by the wrong clock; the next check decides again.
    "UPDATE article SET next_check_at = :now WHERE next_check_at IS NULL AND last_check_at > :now",
    # So that the same step is not detected twice.
    "UPDATE article SET last_check_at = :now WHERE last_check_at > :now",
    "UPDATE hub SET last_poll_at = :now WHERE last_poll_at > :now",
)


def _due_hosts(due_articles: str) -> str:
    return f"""
SELECT due.host FROM (
  {due_articles} UNION ALL
  SELECT h.host, h.next_poll_at AS due FROM hub h WHERE {ACTIVE_HUB} AND h.next_poll_at <= :now
) due LEFT JOIN host ON host.name = due.host
WHERE host.not_before IS NULL OR host.not_before <= :now
GROUP BY due.host ORDER BY min(due.due), due.host LIMIT :most
"""


_FEW_HOSTS: Final = _due_hosts(_DUE_ARTICLES)
_MANY_HOSTS: Final = _HOSTS + _due_hosts(_FIRST_DUE_ARTICLES)


def due_hosts(archive: Archive, now: datetime, limit: int = 1000) -> list[str]:
    """Return hosts that have a due hub or article and may be visited now, longest overdue first."""
    with archive.read() as connection:
        many = connection.value(int, _MANY_ARE_DUE, now=now, many=MANY_DUE_ARTICLES) is not None
        return connection.column(str, _MANY_HOSTS if many else _FEW_HOSTS, now=now, most=limit)


def due_hubs(archive: Archive, host: str, now: datetime) -> list[HubState]:
    """Return the due hubs of `host`, longest overdue first."""
    with archive.read() as connection:
        return [hub_of(row) for row in connection.all(_HUBS, host=host, now=now)]


def due_articles(archive: Archive, host: str, now: datetime, limit: int = 25) -> list[Tracked]:
    """Return due articles of `host` that are not paused (gone ones are looked at again), longest overdue first."""
    with archive.read() as connection:
        return articles_of(connection, connection.all(_ARTICLES, host=host, now=now, most=limit))


def clock_went_back(archive: Archive, now: datetime) -> float:
    """If checks lie in the future, the clock was set back: move all due times forward by as much.

    Return by how many seconds, or 0. Due times planned by the old clock would be far in the future.

    Times of versions and checks stay as recorded: versions are ordered by number.
    """
    with archive.write() as connection:
        newest = [connection.value(int, statement) for statement in _NEWEST]
        ahead = max((each for each in newest if each is not None), default=0) - to_ms(now)
        if ahead < MAX_CLOCK_DIFFERENCE_MS:
            return 0.0
        # Due times first and last times after: the second are what tells that the clock went back.
        for statement in _PLANNED:
            connection.run(statement, ahead=ahead, now=now)
    return ahead / 1000
