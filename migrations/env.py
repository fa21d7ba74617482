"""How Alembic reaches the archive: the URL comes from the caller, the tables from the package."""

from __future__ import annotations

from alembic import context
from alembic.util import CommandError

from tracker.archive.migrations import make_engine
from tracker.archive.schema import METADATA

if context.is_offline_mode():
    raise SystemExit("writethru does not write SQL scripts; leave out --sql")

engine = make_engine(context.config.attributes["url"])
try:
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # Tables are rebuilt to change them: rows that refer to the old ones must not be deleted with them.
            # SQLite accepts this only outside a transaction.
            raw = connection.connection.driver_connection
            raw.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            render_as_batch=sqlite,
            compare_server_default=True,
            transaction_per_migration=True,
            # The tables of full-text search are made by hand.
            include_object=lambda _item, name, kind, *_: not (kind == "table" and (name or "").startswith("fts_")),
        )
        with context.begin_transaction():
            context.run_migrations()
except AttributeError as error:
    if error.name != "downgrade":
        raise
    # The scripts have no downgrade(), which Alembic finds before it runs the first step.
    raise CommandError(
        "an archive cannot be downgraded; with the older release, restore a backup made before the upgrade"
    ) from None
finally:
    engine.dispose()
