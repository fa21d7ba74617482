"""Sources, each with what its articles and hubs come to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from tracker.model.status import FailingSource, SourceSummary

from .records import record
from .values import from_ms, to_instant

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

    from .database.connection import Row

_WHICH: Final = "source_id = (SELECT id FROM source WHERE name = :name)"
# An article whose last visit failed, as the index of these articles has it.
_FAILS: Final = "failures > 0 AND state = 'active'"
_ERROR: Final = f"""
coalesce((
  SELECT last_error FROM hub WHERE source_id = s.id AND failures > 0 ORDER BY position LIMIT 1
), (
  SELECT k.detail FROM visit k WHERE k.article_id = (
    SELECT id FROM article WHERE source_id = s.id AND {_FAILS} ORDER BY last_check_at DESC LIMIT 1
  ) ORDER BY k.at DESC, k.id DESC LIMIT 1
)) AS error
"""
# Grouped by a sum, not by the column: in the order of its index the articles would be read one by one.
_SELECT: Final = f"""
SELECT s.name, s.paused, mine.*, polls.*, {_ERROR}
FROM source s
LEFT JOIN (
  SELECT source_id + 0 AS source_id, count(*) AS articles, sum(versions) AS versions, sum(checks) AS checks,
    count(CASE WHEN versions > 1 THEN 1 END) AS changed, count(CASE WHEN state = 'gone' THEN 1 END) AS gone,
    count(CASE WHEN {_FAILS} THEN 1 END) AS failing,
    count(CASE WHEN state <> 'paused' AND next_check_at <= :now THEN 1 END) AS late,
    max(last_check_at) AS checked_at, max(last_seen_at) AS seen_at, max(last_change_at) AS last_change,
    min(CASE WHEN state = 'active' THEN next_check_at END) AS check_at
  FROM article {{which}} GROUP BY source_id + 0
) mine ON mine.source_id = s.id
LEFT JOIN (
  SELECT source_id AS of_source, count(*) AS hubs, count(CASE WHEN failures > 0 THEN 1 END) AS hubs_failing,
    max(last_ok_at) AS polled_well_at, max(last_poll_at) AS polled_at, min(next_poll_at) AS poll_at
  FROM hub {{which}} GROUP BY source_id
) polls ON polls.of_source = s.id
{{named}} ORDER BY s.name
"""
_ALL: Final = _SELECT.format(which="", named="")
_FAILING: Final = f"""
SELECT s.name, coalesce(mine.failing, 0) AS failing, coalesce(polls.hubs, 0) AS hubs,
  coalesce(polls.failing, 0) AS hubs_failing, {_ERROR}
FROM source s
LEFT JOIN (SELECT source_id, count(*) AS failing FROM article WHERE {_FAILS} GROUP BY source_id) mine
  ON mine.source_id = s.id
LEFT JOIN (
  SELECT source_id, count(*) AS hubs, count(CASE WHEN failures > 0 THEN 1 END) AS failing FROM hub GROUP BY source_id
) polls ON polls.source_id = s.id
WHERE NOT s.paused AND (mine.failing > 0 OR polls.failing > 0) ORDER BY s.name
"""
_ONE: Final = _SELECT.format(which=f"WHERE {_WHICH}", named="WHERE s.name = :name")


def summarise_sources(archive: Archive, name: str | None = None, now: datetime | None = None) -> list[SourceSummary]:
    """Return every source by name, or the one of that name, with what its articles and hubs come to.

    What is overdue is counted if *now* is given.
    """
    values = {"name": name, "now": now or from_ms(0)}
    with archive.read() as connection:
        return [_summary(row) for row in connection.all(_ALL if name is None else _ONE, **values)]


def list_failing_sources(archive: Archive) -> list[FailingSource]:
    """Return the sources, by name, of which articles or hubs could not be read at their last visit."""
    with archive.read() as connection:
        return [record(FailingSource, row) for row in connection.all(_FAILING)]


def _summary(row: Row) -> SourceSummary:
    seen = [each for each in (row.seen_at, row.polled_well_at) if each is not None]
    visited = [each for each in (row.checked_at, row.polled_at) if each is not None]
    planned = [each for each in (row.check_at, row.poll_at) if each is not None and not row.paused]
    return record(
        SourceSummary,
        row,
        overdue=0 if row.paused else row.late or 0,
        scheduled=row.check_at is not None or row.poll_at is not None,
        last_ok=to_instant(max(seen, default=None)),
        last_check=to_instant(max(visited, default=None)),
        next_visit=to_instant(min(planned, default=None)),
    )
