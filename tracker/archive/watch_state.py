"""The state of the watch: overdue and sampled articles, waiting alerts, and counts of everything stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tracker.model.watch import Counts, Survey, WatchState

from .archive import Archive
from .articles import SELECT_ARTICLE, articles_of
from .codec import record
from .database.connection import Statement
from .due import ACTIVE_ARTICLE
from .encoding import from_ms, to_instant
from .quarantine import list_quarantined

# A host that asked us to wait is not late: its articles are due when its pause is over.
_OVERDUE: Final = f"""
SELECT count(*) AS articles, min(due.at) AS since FROM (
  SELECT CASE WHEN host.not_before > a.next_check_at THEN host.not_before ELSE a.next_check_at END AS at
  FROM article a LEFT JOIN host ON host.name = a.host
  WHERE {ACTIVE_ARTICLE} AND a.next_check_at <= :now
) due WHERE due.at <= :now
"""
_SEEN: Final = """
SELECT s.name, max(seen.at) AS at FROM source s LEFT JOIN (
  SELECT source_id, max(last_seen_at) AS at FROM article GROUP BY source_id
  UNION ALL SELECT source_id, max(last_ok_at) FROM hub GROUP BY source_id
) seen ON seen.source_id = s.id WHERE s.paused = :no GROUP BY s.name
"""
_WAITING: Final = """
SELECT target, state, count(*) AS alerts FROM delivery WHERE state IN ('pending', 'dead') GROUP BY target, state
"""
_DAY: Final = timedelta(days=1)
_WATCHED: Final = f"{ACTIVE_ARTICLE} AND a.next_check_at IS NOT NULL"
_COUNT_WATCHED: Final = f"""
SELECT count(*) AS articles, coalesce(sum(CASE WHEN a.first_seen_at > :since THEN 1 ELSE 0 END), 0) AS fresh
FROM article a WHERE {_WATCHED}
"""
_SAMPLE: Final = f"{SELECT_ARTICLE} WHERE {_WATCHED} AND a.id % :every = 0 ORDER BY a.id LIMIT :most"


def watch_state(archive: Archive, now: datetime) -> WatchState:
    """Return what is overdue at `now`, what is set aside, when each source was last seen, and which alerts wait."""
    with archive.read() as connection:
        (overdue,) = connection.all(_OVERDUE, now=now)
        seen = {row.name: to_instant(row.at) for row in connection.all(_SEEN, no=False)}
        waiting = {(row.target, row.state): int(row.alerts) for row in connection.all(_WAITING)}
        recent = connection.number(
            "SELECT count(*) FROM version WHERE seen_at >= :since", since=now - timedelta(days=7)
        )
        began = to_instant(connection.value(int, "SELECT min(created_at) FROM source"))
    lag = 0.0 if overdue.since is None else max((now - from_ms(overdue.since)).total_seconds(), 0.0)
    return WatchState(int(overdue.articles), lag, tuple(list_quarantined(archive)), seen, waiting, recent, began)


def survey_watched(archive: Archive, now: datetime, limit: int = 2000) -> Survey:
    """Return how many articles are under watch, with at most `limit` of them.

    Under watch is what has a next check and is neither paused nor of a paused source.
    """
    with archive.read() as connection:
        (watched,) = connection.all(_COUNT_WATCHED, since=now - _DAY)
        # A sample spread over all rows: the first ones would all be old.
        every = max(-(-watched.articles // limit), 1)
        sample = articles_of(connection, connection.all(_SAMPLE, every=every, most=limit))
    return Survey(watched.articles, tuple(sample), int(watched.fresh))


_SIZE: Final = Statement(
    sqlite="SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    postgresql="SELECT pg_database_size(current_database())",
)
# Versions and checks come from the articles' own counters: there are very many checks. Every version has a capture.
_COUNTS: Final = """
SELECT watched.*, alerts.*, watched.versions AS captures, (SELECT count(*) FROM source) AS sources,
  (SELECT count(*) FROM source s WHERE EXISTS (SELECT 1 FROM article WHERE source_id = s.id)) AS sources_with_articles
FROM (SELECT count(*) AS articles, sum(versions) AS versions, sum(checks) AS checks FROM article) watched,
  (SELECT count(CASE WHEN state = 'pending' THEN 1 END) AS pending_alerts,
     count(CASE WHEN state = 'dead' THEN 1 END) AS dead_alerts,
     count(CASE WHEN state = 'delivered' THEN 1 END) AS delivered_alerts,
     min(CASE WHEN state = 'pending' THEN created_at END) AS oldest_pending_at
   FROM delivery) alerts
"""


def count_all(archive: Archive) -> Counts:
    """Count what the archive holds; `bytes` is the size of the database."""
    with archive.read() as connection:
        (row,) = connection.all(_COUNTS)
        return record(Counts, row, bytes=connection.number(_SIZE))
