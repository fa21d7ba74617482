"""`writethru db`: the schema of the archive."""

from __future__ import annotations

import click

from tracker.archive import lock

from ..app import App, verb
from ..lazy import LazyGroup


@click.group(cls=LazyGroup)
def db() -> None:
    """Upgrade the archive's schema, or show which schema it has."""


@verb(group=db)
def upgrade(app: App) -> None:
    """Upgrade the archive to the schema of this release; create the archive if there is none.

    A damaged archive is not changed.
    """
    from tracker.archive.database import migrations

    with lock(app.database):
        before = migrations.current(app.database)
        if before is not None:
            # The schema can be up to date while database pages are damaged.
            migrations.examine(app.database)
        migrations.upgrade(app.database)
    after = migrations.current(app.database)
    was = "" if before == after else f", was {before or 'no archive'}"
    app.out.say({"before": before, "after": after}, f"schema {after}{was}")


@verb(group=db)
def current(app: App) -> None:
    """Show which schema the archive has and which one this release needs.

    Exits with 1 if they differ.
    """
    from tracker.archive.database import migrations

    found, needed = migrations.current(app.database), migrations.head()
    value = {"current": found, "head": needed, "ok": found == needed}
    app.out.say(value, f"archive {found or 'none'}, this release {needed}")
    if found != needed:
        app.out.note("hint: writethru db upgrade")
        click.get_current_context().exit(1)
