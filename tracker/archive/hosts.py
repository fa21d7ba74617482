"""Hosts: what politeness remembers of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select

from tracker.archive import hosts
from tracker.archive.database.base import upserting
from tracker.archive.database.prepared import Prepared
from tracker.archive.schema.core import host
from tracker.archive.values import clean_text
from tracker.model import HostState

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from tracker.archive.opening import Archive

from typing import TYPE_CHECKING

from tracker.model import RobotsRecord

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Row


HOSTS: Final = select(host)


def host_state(row: Row[Any]) -> HostState:
    """Return a host for a row of HOSTS."""
    robots = None if row.robots_at is None else RobotsRecord(row.robots_status, row.robots_body, row.robots_at)
    return HostState(
        host=row.name,
        not_before=row.not_before,
        failures=row.failures,
        last_failure_at=row.last_failure_at,
        latency=row.latency,
        robots=robots,
    )


_HOST: Final = Prepared(hosts.HOSTS.where(host.c.name == bindparam("wanted")))


_KNOWN: Final = tuple(column.name for column in host.c)


_SAVE: Final = {
    dialect: Prepared(upserting(dialect, host, _KNOWN, (host.c.name.name,), replace=True), _KNOWN)
    for dialect in ("sqlite", "postgresql")
}


def get_host(archive: Archive, host: str) -> HostState:
    """Return what is remembered of *host*; a fresh state where nothing is."""
    with archive.database.read() as connection:
        row = _HOST.first(connection, {"wanted": clean_text(host)})
        return HostState(host) if row is None else hosts.host_state(row)


def save_host(archive: Archive, state: HostState) -> None:
    """Remember *state*."""
    with archive.database.write() as connection:
        save_host_row(connection, state)


def save_host_row(connection: Connection, state: HostState) -> None:
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
    _SAVE[connection.dialect.name].run(connection, row)
