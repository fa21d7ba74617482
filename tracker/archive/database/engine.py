"""The SQLAlchemy engine on which Alembic migrates an archive; everything else runs on the drivers themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sqlalchemy import create_engine, event
from sqlalchemy.pool import NullPool

from .connecting import connect
from .url import archive_url

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection


def make_engine(url: str) -> Engine:
    """Return an engine whose transactions begin when told to, on connections as `connect` opens them."""
    where = archive_url(url)

    def creator() -> DBAPIConnection:
        return cast("DBAPIConnection", connect(where))

    if where.path is None:
        return create_engine("postgresql+psycopg://", creator=creator, poolclass=NullPool)
    engine = create_engine("sqlite://", creator=creator, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine
