"""Sources, each with what its articles and hubs come to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tracker.model.status import FailingSource, SourceSummary

from .codec import record
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
# An index has all of these columns, in the order of sources: no article is read and nothing is sorted.
_SUMS: Final = f"""
SELECT source_id, count(*) AS articles, sum(versions) AS versions, sum(checks) AS checks,
  count(CASE WHEN versions > 1 THEN 1 END) AS changed, count(CASE WHEN state = 'gone' THEN 1 END) AS gone,
  count(CASE WHEN {_FAILS} THEN 1 END) AS failing,
  count(CASE WHEN state <> 'paused' AND next_check_at <= :now THEN 1 END) AS overdue,
  max(last_check_at) AS checked_at, max(last_seen_at) AS seen_at, max(last_change_at) AS last_change,
  min(CASE WHEN state = 'active' THEN next_check_at END) AS check_at
FROM article {{which}} GROUP BY source_id
"""
_SELECT: Final = f"""
SELECT s.id, s.name, s.paused, polls.*, {_ERROR}
FROM source s
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
_COUNTED: Final = ("articles", "changed", "versions", "checks", "gone", "failing")
_ONE: Final = _SELECT.format(which=f"WHERE {_WHICH}", named="WHERE s.name = :name")


def sum_articles(archive: Archive, name: str | None = None, now: datetime | None = None) -> dict[int, Row]:
    """Return what the articles of each source come to, or of the one of that name, by the source's row.

    What is overdue is counted if *now* is given. Every article is read, which takes a microsecond each.
    """
    which = "" if name is None else f"WHERE {_WHICH}"
    with archive.read() as connection:
        rows = connection.all(_SUMS.format(which=which), name=name, now=now or from_ms(0))
        return {row.source_id: row for row in rows}


def summarise_sources(
    archive: Archive,
    name: str | None = None,
    now: datetime | None = None,
    sums: Mapping[int, Row] | None = None,
) -> list[SourceSummary]:
    """Return every source by name, or the one of that name, with what its articles and hubs come to.

    What is overdue is counted if *now* is given. *sums* is what `sum_articles` returned, where that is kept.
    """
    sums = sum_articles(archive, name, now) if sums is None else sums
    with archive.read() as connection:
        rows = connection.all(_ALL if name is None else _ONE, name=name)
        return [_summary(row, sums.get(row.id)) for row in rows]


def list_failing_sources(archive: Archive) -> list[FailingSource]:
    """Return the sources, by name, of which articles or hubs could not be read at their last visit."""
    with archive.read() as connection:
        return [record(FailingSource, row) for row in connection.all(_FAILING)]


def _summary(row: Row, mine: Row | None) -> SourceSummary:
    def instants(name: str, polled: int | None) -> list[datetime]:
        found = (polled, None if mine is None else getattr(mine, name))
        return [from_ms(each) for each in found if each is not None]

    planned = instants("check_at", row.poll_at)
    return record(
        SourceSummary,
        row,
        **{name: getattr(mine, name, None) or 0 for name in _COUNTED},
        last_change=None if mine is None else to_instant(mine.last_change),
        overdue=0 if row.paused or mine is None else mine.overdue,
        scheduled=bool(planned),
        last_ok=max(instants("seen_at", row.polled_well_at), default=None),
        last_check=max(instants("checked_at", row.polled_at), default=None),
        next_visit=None if row.paused else min(planned, default=None),
    )
