"""Hosts: when each may be asked again, its robots.txt, and which lists could be read last time."""

from __future__ import annotations

from typing import Final

from tracker.model.capture import HostState, RobotsRecord

from .archive import Archive
from .codec import row_to_value
from .database.connection import from_ms

_SELECT: Final = """
SELECT not_before, failures, last_failure_at, robots_status, robots_body, robots_at FROM host
WHERE name = :name
"""
# One address a host, of those whose last visit succeeded.
_ANSWERING: Final = """
SELECT min(url) AS url FROM hub WHERE failures = 0 AND last_ok_at IS NOT NULL
GROUP BY host ORDER BY max(last_ok_at) DESC LIMIT :most
"""


def get_host(archive: Archive, host: str) -> HostState:
    """Return the stored state of `host`, or a fresh one."""
    with archive.read() as connection:
        row = connection.first(_SELECT, name=host)
    if row is None:
        return HostState(host)
    robots = None
    if row.robots_at is not None:
        robots = RobotsRecord(row.robots_status, row.robots_body, from_ms(row.robots_at))
    return row_to_value(HostState, row, host=host, robots=robots)


def list_answering(archive: Archive, limit: int) -> list[str]:
    """Return the addresses of lists, one a host, that could be read last time, the latest last."""
    with archive.read() as connection:
        return connection.column(str, _ANSWERING, most=limit)[::-1]


def save_host(archive: Archive, state: HostState) -> None:
    """Remember `state`."""
    robots = state.robots
    with archive.write() as connection:
        connection.replace(
            "host",
            "name",
            name=state.host,
            not_before=state.not_before,
            failures=state.failures,
            last_failure_at=state.last_failure_at,
            robots_status=robots.status if robots else None,
            robots_body=robots.body if robots else None,
            robots_at=robots.fetched_at if robots else None,
        )
