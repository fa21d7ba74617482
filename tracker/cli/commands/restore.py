"""`writethru restore`: a backup in the place of the archive, once it is verified."""

from __future__ import annotations

from pathlib import Path

import click

from ..app import App, pass_app
from ..lazy import Verb


@click.command(cls=Verb)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the archive that is there; it stays beside it as NAME.replaced.")
@click.option(
    "--against",
    metavar="CHECKPOINT",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint whose versions the backup must hold.",
)
@pass_app
def restore(app: App, *, file: Path, force: bool, against: Path | None) -> None:
    """Verify every version in the backup FILE, then put it in the place of the archive.

    A damaged backup replaces nothing. The service must be stopped.
    """
    from tracker.archive.backup import restore as put

    from .verify import read_checkpoint

    report = put(app.database, file, force=force, against=read_checkpoint(against) if against else "")
    app.out.say({"file": str(file), "versions": report.versions}, f"{report.versions} versions verified and restored")
