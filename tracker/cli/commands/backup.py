"""`writethru backup`: a whole copy of the archive, while the service writes."""

from __future__ import annotations

from pathlib import Path

import click

from ..app import App, pass_app
from ..lazy import Verb


@click.command(cls=Verb)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_app
def backup(app: App, *, file: Path) -> None:
    """Write a copy of the archive as of one moment to FILE, which must not be there yet.

    The service may go on. On PostgreSQL use pg_dump -Fc.
    """
    from tracker.archive.backup import backup as write

    size = write(app.database, file)
    app.out.say({"file": str(file), "bytes": size}, f"{file}: {size:,} bytes")
