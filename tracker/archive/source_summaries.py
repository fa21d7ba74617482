"""Sources, each with what its articles and hubs come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.model.status import SourceSummary

from .values import to_instant

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.archive.archive import Archive

    from .database.connection import Row

_SOURCES: Final = "SELECT id, name, paused FROM source WHERE (:all = 1 OR name = :name) ORDER BY name"
_ARTICLES: Final = """
SELECT source_id, count(*) AS articles, sum(versions) AS versions, sum(checks) AS checks,
  count(CASE WHEN versions > 1 THEN 1 END) AS changed, count(CASE WHEN state = 'gone' THEN 1 END) AS gone,
  count(CASE WHEN failures > 0 AND state = 'active' THEN 1 END) AS failing,
  max(last_check_at) AS last_check, max(last_seen_at) AS last_ok, max(last_change_at) AS last_change,
  min(CASE WHEN state = 'active' THEN next_check_at END) AS next_check
FROM article a WHERE (:all = 1 OR source_id = (SELECT id FROM source WHERE name = :name)) GROUP BY source_id
"""
_HUBS: Final = """
SELECT source_id, count(*) AS hubs, count(CASE WHEN failures > 0 THEN 1 END) AS failing, max(last_ok_at) AS last_ok,
  max(last_poll_at) AS last_poll, min(next_poll_at) AS next_poll
FROM hub WHERE (:all = 1 OR source_id = (SELECT id FROM source WHERE name = :name)) GROUP BY source_id
"""
_ERRORS: Final = """
SELECT source_id, last_error FROM hub
WHERE failures > 0 AND (:all = 1 OR source_id = (SELECT id FROM source WHERE name = :name))
ORDER BY source_id, position DESC
"""


def summarise_sources(archive: Archive, name: str | None = None) -> list[SourceSummary]:
    """Return every source by name, or the one of that name, with what its articles and hubs come to."""
    which = {"all": int(name is None), "name": name or ""}
    with archive.database.read() as connection:
        sources = connection.all(_SOURCES, which)
        articles = {row.source_id: row for row in connection.all(_ARTICLES, which)}
        hubs = {row.source_id: row for row in connection.all(_HUBS, which)}
        errors = {row.source_id: row.last_error for row in connection.all(_ERRORS, which)}
    found = []
    for row in sources:
        mine, polls = articles.get(row.id), hubs.get(row.id)
        found.append(
            SourceSummary(
                name=row.name,
                paused=bool(row.paused),
                articles=mine.articles if mine else 0,
                changed=mine.changed if mine else 0,
                versions=int(mine.versions) if mine else 0,
                checks=int(mine.checks) if mine else 0,
                gone=mine.gone if mine else 0,
                failing=mine.failing if mine else 0,
                hubs=polls.hubs if polls else 0,
                hubs_failing=polls.failing if polls else 0,
                last_ok=_latest(_of(mine, "last_ok"), _of(polls, "last_ok")),
                last_check=_latest(_of(mine, "last_check"), _of(polls, "last_poll")),
                last_change=to_instant(mine.last_change) if mine else None,
                next_visit=None if row.paused else _soonest(_of(mine, "next_check"), _of(polls, "next_poll")),
                error=errors.get(row.id, ""),
            )
        )
    return found


def _of(row: Row | None, column: str) -> int | None:
    found: int | None = None if row is None else getattr(row, column)
    return found


def _latest(*times: int | None) -> datetime | None:
    return to_instant(max((each for each in times if each is not None), default=None))


def _soonest(*times: int | None) -> datetime | None:
    return to_instant(min((each for each in times if each is not None), default=None))
