"""`writethru db move`: copy an archive from SQLite to PostgreSQL, or back."""

from __future__ import annotations

import click

from tracker.archive import move as moving
from tracker.archive.database.drivers import archive_url
from tracker.archive.database.locking import lock
from tracker.cli.exit_codes import OK, VERIFICATION
from tracker.config.file import database_url
from tracker.errors import UsageError
from tracker.render.text import counted

from ..app import App, verb
from .db import locked_archive


@verb()
@click.argument("url", metavar="URL")
def move(app: App, url: str) -> int:
    """Copy the archive to an empty database at URL: SQLite to PostgreSQL, or back.

    Every row of every table is copied with its id and compared. Then the copy is verified against the last checkpoint.
    If the command is interrupted, run it again with an empty database. The old archive is not changed. Stop all
    services first and set `database` in [archive] to URL afterwards.
    """
    url = database_url(url)
    where = archive_url(url)
    if where.text == archive_url(app.database).text:
        raise UsageError("the archive is already at this address", resource=where.shown)
    with (
        app.out.progress("rows") as tell,
        # Both archives are locked: anything written meanwhile would be missing from the copy.
        locked_archive(app) as source,
        lock(url) as held_target,
        moving.open_target(url, held_target) as target,
    ):
        report = moving.move(source, target, lambda table, done, total: tell(done, total, f"rows: {table}"))
    for each in report.damage:
        app.out.wrapped(f"damaged: {each.what}: {each.how}")
    value = {"versions": report.versions, "entries": report.entries, "ok": report.ok}
    # Without a checkpoint, the log has no entries yet.
    entries = f" with {counted(report.entries, 'entry', 'entries')} of the log" if report.entries else ""
    app.out.say(value, f"moved and verified {counted(report.versions, 'version')}{entries}")
    if not report.ok:
        app.out.note("the copy is exact, so the old archive is damaged too: run writethru verify on it")
        return VERIFICATION
    app.out.note(f'hint: set database = "{where.shown}" in [archive], then start the services')
    return OK
