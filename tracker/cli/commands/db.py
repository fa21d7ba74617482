"""`writethru db`, `backup` and `restore`: the archive as a whole: its schema, moves, verified copies."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tracker.archive.backup import backup as copy_archive
from tracker.archive.backup import restore as put_back
from tracker.archive.database.locking import lock
from tracker.archive.database.url import archive_url
from tracker.cli.exit_codes import ERROR, OK, VERIFICATION
from tracker.config.file import database_url
from tracker.errors import UsageError
from tracker.render.text import counted

from .. import options
from ..app import App, LazyGroup, verb
from ..options import NEW_FILE
from .verify import checkpoint_note

if TYPE_CHECKING:
    from pathlib import Path


@click.group(cls=LazyGroup)
def db() -> None:
    """Upgrade, move or compact the archive."""


@verb(group=db)
def upgrade(app: App) -> None:
    """Upgrade the archive to the schema of this release; create the archive if there is none.

    A damaged archive is not changed.
    """
    from tracker.archive.schema_revision import SCHEMA, examine
    from tracker.archive.schema_revision import current as revision

    # No service may write while tables change under it.
    with lock(app.database):
        before = revision(app.database)
        if before is not None:
            # The schema can be up to date while database pages are damaged.
            examine(app.database)
        if before != SCHEMA:
            from tracker.archive import migrations

            migrations.upgrade(app.database)
    after = revision(app.database)
    was = ", nothing to do" if before == after else f", was {before or 'no archive'}"
    app.out.say({"before": before, "after": after}, f"schema {after}{was}")


@verb(group=db)
def current(app: App) -> int:
    """Show which schema the archive has and which one this release needs.

    Exits with 1 if they differ.
    """
    from tracker.archive.database.url import archive_url
    from tracker.archive.schema_revision import SCHEMA, require_no_newer
    from tracker.archive.schema_revision import current as revision

    found = revision(app.database)
    value = {"current": found, "head": SCHEMA, "ok": found == SCHEMA}
    app.out.say(value, f"archive {found or 'none'}, this release {SCHEMA}")
    if found != SCHEMA:
        require_no_newer(found, archive_url(app.database))
        app.out.note("hint: writethru db upgrade")
        return ERROR
    return OK


@verb(group=db)
@click.argument("url", metavar="URL")
def move(app: App, url: str) -> int:
    """Copy the whole archive to an empty database at URL: from SQLite to PostgreSQL, or back.

    Every row of every table is copied with its id and compared. Then the copy is verified against the last checkpoint.
    If the command is interrupted, run it again to continue. The old archive is not changed. Stop all services first and
    set `database` in [archive] to URL afterwards.
    """
    from tracker.archive import move as moving

    url = database_url(url)
    where = archive_url(url)
    if where.text == archive_url(app.database).text:
        raise UsageError("the archive is already at this address", resource=where.shown)
    with (
        app.out.progress("rows") as tell,
        # Both archives: what is written meanwhile would be missing from the copy.
        app.locked_archive() as source,
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


@verb(group=db)
@click.option(
    "--full", is_flag=True, help="On PostgreSQL, give the space back to the disk; locks all tables meanwhile."
)
def compact(app: App, *, full: bool) -> None:
    """Reduce old checks to counts by day, delete old alerts, and free unused space.

    `keep_checks`, `keep_alert_texts` and `keep_alerts` in [archive] say what is old; `writethru run` applies them too.
    A SQLite file is rewritten, which needs as much free disk space as the archive takes, and shrinks automatically
    from then on. On PostgreSQL, VACUUM makes the space reusable; to give it back to the disk, use --full or, without
    stopping the services, pg_repack. Stop the service first.
    """
    from tracker.archive.counts import count_all
    from tracker.archive.space import compact as compact_archive
    from tracker.service.retention import forget_old

    with app.locked_archive() as archive:
        before = count_all(archive).bytes
        forgotten = forget_old(archive, app.config_or_default, app.now)
        compact_archive(archive, full=full)
        after = count_all(archive).bytes
    value = {**asdict(forgotten), "bytes_before": before, "bytes_after": after}
    what = f"{forgotten.checks:,} old checks reduced to counts, {forgotten.alerts:,} old alerts deleted"
    app.out.say(value, f"{what}; {before / 1e6:,.1f} MB before, {after / 1e6:,.1f} MB after")


@verb()
@click.argument("file", type=NEW_FILE)
def backup(app: App, *, file: Path) -> None:
    """Write a consistent copy of the archive to FILE, which must not exist yet, and which only you can read.

    The service can keep running. On PostgreSQL, use pg_dump -Fc instead.
    """
    if file.exists():
        raise UsageError("the file already exists", resource=str(file), hint="choose another name")
    options.require_writable(file, force=False)
    with app.out.progress("MiB written", scale=1 << 20) as tell:
        size = copy_archive(app.database, file, tell)
    app.out.say({"file": str(file), "bytes": size}, f"{file}: {size:,} bytes")


@verb()
@click.argument("file", type=NEW_FILE)
@click.option("--force", is_flag=True, help="Replace an existing archive, which is kept as NAME.replaced.")
@options.against("Check that the backup contains every version of this checkpoint.")
def restore(app: App, *, file: Path, force: bool, against: Path | None, key: str | None) -> None:
    """Verify every version in the backup FILE, then replace the archive with it.

    A damaged backup is rejected. Stop the service before running it.
    """
    note = checkpoint_note(against, key)
    if not file.is_file():
        raise UsageError("there is no such file", resource=str(file))
    with app.out.progress("versions verified") as tell:
        report = put_back(app.database, file, force=force, against=note, public=key, progress=tell)
    value = {"file": str(file), "versions": report.versions}
    app.out.say(value, f"{counted(report.versions, 'version')} verified and restored")
    if against and not key:
        app.out.note("The signature of the checkpoint was not checked; to check it, add --key.")
