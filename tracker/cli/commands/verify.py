"""`writethru verify`: is everything still what it was when it was kept?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.archive.articles import get_article

from ..app import App, pass_app
from ..exit_codes import VERIFICATION
from ..lazy import Verb

if TYPE_CHECKING:
    from tracker.archive.ledger.verify import Report


@click.command(cls=Verb)
@click.option("--quick", is_flag=True, help="Compare records with the log; leave the bytes of the pages alone.")
@click.option("--sample", metavar="P", type=click.FloatRange(0, 1), help="Decode this share of versions, as in 0.05.")
@click.option("--article", "ident", metavar="ID", help="One article only.")
@click.option(
    "--against",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that was kept elsewhere: the archive must still hold all it held then.",
)
@click.option("--key", metavar="KEY", help="The public key the checkpoint must be signed with.")
@pass_app
def verify(
    app: App, *, quick: bool, sample: float | None, ident: str | None, against: Path | None, key: str | None
) -> None:
    """Check every version against the log, and every page against its hash.

    What is damaged is named on stdout, one a line, and the exit code is 5.
    """
    from tracker.archive import open_archive
    from tracker.archive.ledger.verify import verify as examine
    from tracker.errors import UsageError

    if quick and sample is not None:
        raise UsageError("--quick decodes nothing, so there is nothing to sample", hint="give one of the two")
    if key and against is None:
        raise UsageError("--key says who signed a checkpoint", hint="name the checkpoint with --against FILE")
    note = read_checkpoint(against) if against else ""
    share = 0.0 if quick else 1.0 if sample is None else sample
    with open_archive(app.database, readonly=True) as store:
        known = get_article(store, ident).id if ident else ""
        report = examine(store, sample=share, article=known, against=note, public=key, own=_own_key(app))
    _tell(app, report, key)
    if not report.ok:
        click.get_current_context().exit(VERIFICATION)


def _own_key(app: App) -> str | None:
    """Return the public key that this archive signs with, None where there is none yet."""
    from tracker.archive.ledger.checkpoints import CheckpointFolder

    kept = app.config.archive.checkpoints if app.settings.config or app.config_path.exists() else ""
    return CheckpointFolder(Path(kept or "checkpoints"), app.database).public()


def read_checkpoint(path: Path) -> str:
    """Return the note in a file. Raises ArchiveError where it is none."""
    from tracker.errors import ArchiveError

    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ArchiveError("this is no checkpoint", resource=str(path), hint="it is a text of a few lines") from error


def _tell(app: App, report: Report, key: str | None) -> None:
    from tracker.render import one_line

    against = report.against
    if app.settings.json:
        found = [{"what": each.what, "how": each.how} for each in report.damage]
        numbers = {"versions": report.versions, "decoded": report.decoded, "bytes": report.bytes}
        log = {"entries": report.entries, "checkpoints": report.checkpoints}
        held = None if against is None else {"origin": against.origin, "size": against.size, "root": against.root}
        app.out.data({"schema": 1, "ok": report.ok, **numbers, **log, "against": held, "damage": found})
        return
    for each in report.damage:
        app.out.line(f"{one_line(each.what)}: {one_line(each.how)}")
    verdict = "all is as it was" if report.ok else f"{len(report.damage)} damaged"
    app.out.note(f"{report.versions:,} versions compared with the log, {report.decoded:,} decoded: {verdict}")
    if report.checkpoints:
        own = f"{report.checkpoints:,} checkpoint{'' if report.checkpoints == 1 else 's'} of its own"
        app.out.note(f"the log of {report.entries:,} entries held against {own}")
    if against is not None and not any(each.what == "the log" for each in report.damage):
        signed = f"signed by {one_line(against.origin)}" if key else "its signature was not checked, for want of --key"
        app.out.note(f"the log begins with the {against.size:,} entries of the checkpoint ({signed})")
