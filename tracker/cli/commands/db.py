"""`writethru verify`, `db`, `backup` and `restore`: the archive as a whole: proof, schema, moves, verified copies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import asdict
from pathlib import Path

import click

from tracker.archive import opening
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article, list_articles
from tracker.archive.backup import backup as copy_archive
from tracker.archive.backup import restore as put_back
from tracker.archive.database.drivers import archive_url
from tracker.archive.database.locking import lock
from tracker.archive.ledger.checkpoints import CheckpointFolder, read_checkpoint
from tracker.archive.ledger.log import signing_problems
from tracker.archive.ledger.logcheck import Damage
from tracker.archive.ledger.verify import NOT_COVERED, Report, uncovered
from tracker.archive.ledger.verify import verify as examine
from tracker.archive.opening import open_archive, require_file
from tracker.archive.state import save_state
from tracker.cli.exit_codes import ERROR, OK, VERIFICATION
from tracker.config.file import rule_folders
from tracker.errors import ArchiveError, ArchiveLocked, LockedByCommand, SigningRefused, UsageError
from tracker.render.text import counted, one_line

from .. import options
from ..app import App, LazyGroup, verb


@verb()
@click.option("--quick", is_flag=True, help="Compare records with the log without reading the pages.")
@options.decimal("--sample", "P", "Read the pages of only this share of versions, such as 0.05.", 0, 1)
@click.option("--deep", is_flag=True, help="Also extract every page and derive every change again, and compare.")
@click.option("--article", "ident", metavar="ID", help="Check only this article.")
@options.against("Check that the archive still contains everything in this checkpoint, a copy you stored elsewhere.")
def verify(
    app: App, *, quick: bool, sample: float | None, deep: bool, ident: str | None, against: Path | None, key: str | None
) -> int:
    """Check every version against the log, and every page against its hash.

    Damaged items are listed on stdout, one per line, and the exit code is 5. Changes that today's rules would derive
    or label differently are not damage; --deep lists them on stderr. With it, a text is also damaged if it has words
    that its stored page does not have.
    """
    if quick and sample is not None:
        raise UsageError("--quick reads no pages, so --sample has no effect", hint="give only one of them")
    if quick and deep:
        raise UsageError("--deep reads every text, but --quick reads none", hint="give only one of them")
    note = checkpoint_note(against, key)
    share = 0.0 if quick else 1.0 if sample is None else sample
    # Checkpoints in the archive are checked with it too: rows that were forged could include them.
    folder = CheckpointFolder(app.config_or_default.archive.checkpoints, app.database)
    keys = [*folder.public_keys(), *([key] if key else [])]
    with app.archive() as archive:
        known = get_article(archive, ident).id if ident else ""
        with app.out.progress("versions verified") as tell:
            report = examine(archive, sample=share, article=known, against=note, public=key, keys=keys, progress=tell)
        for problem in () if known else signing_problems(archive, folder):
            if isinstance(problem, SigningRefused):
                report.damage.append(Damage(problem.resource, problem.message))
            app.out.note(f"{problem}\nhint: {problem.hint}")
        if deep:
            from tracker.pipeline.reread import read_and_derive_again  # it brings the rules of labels

            idents = [known] if known else [each.id for each in list_articles(archive) if each.versions]
            with app.out.progress("articles extracted and compared again") as tell:
                read_and_derive_again(archive, idents, rule_folders(app.config_path), report, tell)
    if report.ok and not (known or quick or against):
        _save_done(app, "verify")
    _tell(app, report, key)
    return OK if report.ok else VERIFICATION


def _save_done(app: App, task: str) -> None:
    # Skipped in an archive of an earlier release, and in one that can only be read.
    with suppress(ArchiveError), app.archive(readonly=False) as archive:
        save_state(archive, task, "done", app.now)


def checkpoint_note(path: Path | None, key: str | None) -> str:
    """Return the note in the file given with --against, "" without one. Raises UsageError if --key is given alone."""
    if key and path is None:
        raise UsageError("--key needs a checkpoint to check", hint="add --against FILE")
    return "" if path is None else read_checkpoint(path)


def _tell(app: App, report: Report, key: str | None) -> None:
    """Write the result of `verify`: damage on stdout, all else on stderr; `key` is that of --key."""
    against = report.against
    if app.settings.json:
        held = None if against is None else {"origin": against.origin, "size": against.size, "root": against.root}
        value = {"ok": report.ok, **asdict(report), "against": held, "not_covered": NOT_COVERED}
        app.out.data(value | {"uncovered_columns": uncovered()})
        return
    for each in report.damage:
        app.out.wrapped(f"{one_line(each.what)}: {one_line(each.how)}")
    for each in report.differences:
        app.out.note(f"{one_line(each.what)}: {each.how}")
    if texts := report.texts_compared + report.texts_not_compared:
        of_all = f"{report.texts_compared:,} of {counted(texts, 'text')}"
        app.out.note(f"Compared {of_all} with the stored pages.")
    result = "everything matches the log" if report.ok else f"{len(report.damage)} damaged"
    pages = "" if report.decoded == report.versions else f" (contents of {report.decoded:,} read)"
    app.out.note(f"Verified {counted(report.versions, 'version')}{pages}: {result}.")
    for name, count in report.handed_in_by.items():
        app.out.note(f"Not fetched, but handed in by {one_line(name)}: {counted(count, 'page')}.")
    if report.checkpoints:
        own = f"{counted(report.checkpoints, 'checkpoint')} in the archive"
        app.out.note(f"Compared the log of {counted(report.entries, 'entry', 'entries')} with {own}.")
    if unknown := report.unknown_checkpoints:
        app.out.note(f"Not counted: {counted(unknown, 'checkpoint')} in the archive, signed with an unknown key.")
    if against is not None and not any(each.what == "the log" for each in report.damage):
        signed = f"signed by {one_line(against.origin)}" if key else "signature not checked; to check it, add --key"
        app.out.note(f"The log begins with the {against.size:,} entries of the checkpoint ({signed}).")
        later = _kinds(report.after) or "nothing"
        app.out.note(f"After this checkpoint: {later}. It does not prove when these entries were made.")
    if report.unsealed:
        app.out.note(f"Not in a checkpoint of the archive yet: {_kinds(report.unsealed_kinds)}.")
    if app.settings.verbose:
        columns = f"the columns {', '.join(uncovered())}"
        app.out.note(f"Not covered by the log: {'; '.join((*NOT_COVERED, columns))}.")
    else:
        app.out.note("No proof covers checks, alerts and some other data; to list all of it, add --verbose or --json.")


def _kinds(entries: dict[str, int]) -> str:
    """Return "1 reading, 2 aliases"."""
    names = {"alias": ("alias", "aliases"), "handin": ("page handed in", "pages handed in")}
    named = ((one_line(kind).replace("-", " "), number) for kind, number in entries.items())
    return ", ".join(counted(number, *names.get(kind, (kind,))) for kind, number in named)


@click.group(
    cls=LazyGroup,
    table={
        "compact": (".prune:prune", ""),
        "move": (".db_move:move", "Copy the archive to an empty database at URL: SQLite to PostgreSQL, or back."),
    },
)
def db() -> None:
    """Upgrade or move the archive."""


@verb(group=db)
def upgrade(app: App) -> None:
    """Upgrade the archive to the schema of this release; create the archive if there is none.

    A damaged archive is not changed.
    """
    # No service may write while tables change under it. Docker Compose runs this each time it starts the services.
    with nullcontext() if opening.current(app.database) == opening.SCHEMA else lock(app.database):
        before = opening.current(app.database)
        if before is not None:
            # The schema can be up to date while database pages are damaged.
            opening.examine(app.database)
        if before != opening.SCHEMA:
            open_archive(app.database, migrate=True).close()
    after = opening.current(app.database)
    was = ", nothing to do" if before == after else f", was {before or 'no archive'}"
    app.out.say({"before": before, "after": after}, f"schema {after}{was}")


@verb(group=db)
def current(app: App) -> int:
    """Show which schema the archive has and which one this release needs.

    Exits with 1 if they differ.
    """
    found = opening.current(app.database)
    value = {"current": found, "head": opening.SCHEMA, "ok": found == opening.SCHEMA}
    app.out.say(value, f"archive {found or 'none'}, this release {opening.SCHEMA}")
    if found != opening.SCHEMA:
        opening.require_no_newer(found, archive_url(app.database))
        app.out.note("hint: writethru db upgrade")
        return ERROR
    return OK


@verb()
@click.argument("file", type=options.NEW_FILE)
def backup(app: App, *, file: Path) -> None:
    """Write a consistent copy of the archive to FILE, a new file that only you can read.

    The service can keep running. On PostgreSQL, use pg_dump -Fc instead.
    """
    if file.exists():
        raise UsageError("the file already exists", resource=str(file), hint="choose another name")
    options.require_writable(file, force=False)
    with app.out.progress("MiB written", scale=1 << 20) as tell:
        size = copy_archive(app.database, file, tell)
    _save_done(app, "backup")
    app.out.say({"file": str(file), "bytes": size}, f"{file}: {size:,} bytes")


@verb()
@click.argument("file", type=options.NEW_FILE)
@click.option("--force", is_flag=True, help="Replace an existing archive, which is kept as NAME.replaced.")
@options.against("Check that the backup contains every version of this checkpoint.")
def restore(app: App, *, file: Path, force: bool, against: Path | None, key: str | None) -> None:
    """Verify every version in the backup FILE, then replace the archive with it.

    A damaged backup is rejected. Stop the service before running it.
    """
    note = checkpoint_note(against, key)
    if not file.is_file():
        raise UsageError("there is no such file", resource=str(file))
    folder = CheckpointFolder(app.config_or_default.archive.checkpoints, app.database)
    with app.out.progress("versions verified") as tell:
        report = put_back(app.database, file, force=force, against=note, public=key, folder=folder, progress=tell)
    warnings = [f"{each.what}: {each.how}" for each in report.damage]
    if report.checkpoints and not against and folder.unseen:
        warnings.append(f"{folder.unseen}; compare with a note kept elsewhere: writethru verify --against NOTE")
    value = {"file": str(file), "versions": report.versions, "warnings": warnings}
    app.out.say(value, f"{counted(report.versions, 'version')} verified and restored")
    for each in warnings:
        app.out.note(f"warning: {one_line(each)}")
    if against and not key:
        app.out.note("The signature of the checkpoint was not checked; to check it, add --key.")


@contextmanager
def locked_archive(app: App, *, shared: bool = False, beside_service: bool = False) -> Iterator[Archive]:
    """Open the archive to write, under the crawler lock. Raises ArchiveLocked if another process holds it.

    With `shared`, other processes that share the lock may write too; see `lock`. With `beside_service`, a service may
    hold it as well, on SQLite too; only another command may not.
    """
    # Before the lock, which would create a file beside a missing archive.
    require_file(archive_url(app.database))
    with ExitStack() as stack:
        held = None
        try:
            held = stack.enter_context(lock(app.database, shared=shared or beside_service))
        except ArchiveLocked as error:
            if not beside_service or isinstance(error, LockedByCommand):
                raise
        yield stack.enter_context(open_archive(app.database, held=held))
