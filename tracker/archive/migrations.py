"""Create and upgrade the schema with the Alembic scripts that ship with the package.

The only place with a SQLAlchemy engine: everything else runs on the drivers themselves.
"""

from __future__ import annotations

import sys
from typing import cast

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tracker.errors import ArchiveError
from tracker.files import shipped_folder

from .database.drivers import archive_url, connect, explain


def config(url: str | None = None) -> Config:
    """Return Alembic's configuration. The URL is passed as an attribute because an ini value would interpolate %."""
    # Alembic's messages go to the log: stdout is for data.
    made = Config(stdout=sys.stderr)
    made.set_main_option(
        "script_location", str(shipped_folder("_migrations", "migrations", "env.py")).replace("%", "%%")
    )
    made.set_main_option("path_separator", "os")
    made.attributes["url"] = archive_url(url).text
    return made


def upgrade(url: str | None = None, revision: str = "head") -> None:
    """Run the scripts up to `revision`; `opening.upgrade` looks at the schema first. Raises ArchiveError."""
    where = archive_url(url)
    try:
        command.upgrade(config(where.text), revision)
    except CommandError as error:
        raise ArchiveError("the migration cannot be run", resource=where.shown) from error
    except DBAPIError as error:
        explained = explain(error.orig, where.shown)
        message = f"the migration failed and was rolled back: {explained.message}"
        hint = explained.hint or "if in doubt, restore a backup"
        raise type(explained)(message, resource=explained.resource, hint=hint) from explained.__cause__


def make_engine(url: str) -> Engine:
    """Return an engine on connections that `connect` opens; on SQLite it begins each transaction itself."""
    where = archive_url(url)

    def creator() -> DBAPIConnection:
        return cast("DBAPIConnection", connect(where))

    if where.path is None:
        return create_engine("postgresql+psycopg://", creator=creator, poolclass=NullPool)
    engine = create_engine("sqlite://", creator=creator, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The driver is in autocommit mode; without it a failed migration would leave half of its tables.
        connection.exec_driver_sql("BEGIN")

    return engine
