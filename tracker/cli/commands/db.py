"""`writethru db`: the schema of the archive."""

from __future__ import annotations

import click

from ..app import App, pass_app
from ..lazy import LazyGroup, Verb


@click.group(cls=LazyGroup)
def db() -> None:
    """Migrate the archive, or say which schema it has."""


@db.command(cls=Verb)
@pass_app
def upgrade(app: App) -> None:
    """Bring the archive to this release's schema; make it where there is none.

    An archive whose pages are damaged is left as it is.
    """
    from tracker.archive import lock
    from tracker.archive.database import migrations

    with lock(app.database):
        before = migrations.current(app.database)
        if before is not None:
            # A schema that is up to date says nothing of the pages behind it.
            migrations.examine(app.database)
        migrations.upgrade(app.database)
    after = migrations.current(app.database)
    if app.settings.json:
        app.out.data({"schema": 1, "before": before, "after": after})
    else:
        app.out.line(f"schema {after}" + ("" if before == after else f", was {before or 'no archive'}"))


@db.command(cls=Verb)
@pass_app
def current(app: App) -> None:
    """Say which schema the archive has, and which this release needs.

    It exits with 1 where they differ.
    """
    from tracker.archive.database import migrations

    found, needed = migrations.current(app.database), migrations.head()
    if app.settings.json:
        app.out.data({"schema": 1, "current": found, "head": needed, "ok": found == needed})
    else:
        app.out.line(f"archive {found or 'none'}, this release {needed}")
    if found != needed:
        app.out.note("hint: writethru db upgrade")
        click.get_current_context().exit(1)
