"""How watching goes: what is overdue, what is set aside, and when each source was last seen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker.model.counts import WatchState

from .idle import ACTIVE_ARTICLE
from .memos import list_memos
from .values import from_ms, to_instant

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

QUARANTINE_PREFIX: Final = "quarantine|"
"""Names of the memos that hold pages set aside, as `pipeline.quarantine` writes them."""
_OVERDUE: Final = f"""
SELECT count(*) AS articles, min(due.at) AS since FROM (
  SELECT CASE WHEN host.not_before > a.next_check_at THEN host.not_before ELSE a.next_check_at END AS at
  FROM article a LEFT JOIN host ON host.name = a.host
  WHERE {ACTIVE_ARTICLE} AND a.next_check_at <= :now
) due WHERE due.at <= :now
"""
# A host that asked us to wait is not late: its articles are due when its pause is over.
_SEEN: Final = """
SELECT s.name, max(seen.at) AS at FROM source s LEFT JOIN (
  SELECT source_id, max(last_seen_at) AS at FROM article GROUP BY source_id
  UNION ALL SELECT source_id, max(last_ok_at) FROM hub GROUP BY source_id
) seen ON seen.source_id = s.id WHERE s.paused = :no GROUP BY s.name
"""
_WAITING: Final = """
SELECT target, state, count(*) AS alerts FROM delivery WHERE state IN ('pending', 'dead') GROUP BY target, state
"""


def watch_state(archive: Archive, now: datetime) -> WatchState:
    """Return what is overdue at *now*, what is set aside, when each source was last seen, and which alerts wait."""
    with archive.database.read() as connection:
        (overdue,) = connection.all(_OVERDUE, now=now)
        seen = {row.name: to_instant(row.at) for row in connection.all(_SEEN, no=False)}
        waiting = {(row.target, row.state): int(row.alerts) for row in connection.all(_WAITING)}
        recent = connection.number(
            "SELECT count(*) FROM version WHERE seen_at >= :since", since=now - timedelta(days=7)
        )
    lag = 0.0 if overdue.since is None else max((now - from_ms(overdue.since)).total_seconds(), 0.0)
    quarantined = tuple(name.removeprefix(QUARANTINE_PREFIX) for name in list_memos(archive, QUARANTINE_PREFIX))
    return WatchState(int(overdue.articles), lag, quarantined, seen, waiting, recent)
