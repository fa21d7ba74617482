"""`writethru backup` and `restore`: copy the whole archive, and put a verified copy in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.archive.backup import backup as write
from tracker.archive.backup import restore as put
from tracker.render.text import counted

from .. import options
from ..app import App, verb
from ..options import NEW_FILE
from .verify import checkpoint_note

if TYPE_CHECKING:
    from pathlib import Path


@verb()
@click.argument("file", type=NEW_FILE)
def backup(app: App, *, file: Path) -> None:
    """Write a consistent copy of the archive to FILE, which must not exist yet, and which only you can read.

    The service can keep running. On PostgreSQL, use pg_dump -Fc instead.
    """
    with app.out.progress("MiB written", scale=1 << 20) as tell:
        size = write(app.database, file, tell)
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
    with app.out.progress("versions verified") as tell:
        report = put(app.database, file, force=force, against=note, public=key, progress=tell)
    value = {"file": str(file), "versions": report.versions}
    app.out.say(value, f"{counted(report.versions, 'version')} verified and restored")
    if against and not key:
        app.out.note("The signature of the checkpoint was not checked; to check it, add --key.")
