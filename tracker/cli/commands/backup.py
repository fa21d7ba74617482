"""`writethru backup`: copy the whole archive while the service runs."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.archive.backup import backup as write

from ..app import App, verb


@verb()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(app: App, *, file: Path) -> None:
    """Write a consistent copy of the archive to FILE, which must not exist yet.

    The service can keep running. On PostgreSQL, use pg_dump -Fc instead.
    """
    size = write(app.database, file)
    app.out.say({"file": str(file), "bytes": size}, f"{file}: {size:,} bytes")
