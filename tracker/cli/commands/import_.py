"""`writethru import`: import versions and history from files, and lists of addresses from other programs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from tracker.cli.exit_codes import OK, PARTIAL
from tracker.errors import UsageError
from tracker.urls import fetchable

from .. import options
from ..app import App, verb
from ..imports import FORMATS, ImportJob, ask_web_archive, format_of
from ..progress import progress

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.exchange.store_records import ImportResult

    from ..imports import Read

_NAMES: Final = {"kept": "imported", "known": "already stored", "other": "pages that are not articles"}


@verb("import")
@click.argument("files", metavar="FILE…|wayback URL…", nargs=-1, required=True)
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), help="Read this format. By default, the file name decides."
)
@options.source("Add new articles to this source (warc, wacz, cdx, newsedits).")
@click.option(
    "--archive",
    metavar="URL",
    default="https://web.archive.org/web/",
    show_default=True,
    help="Fetch the captures of a CDX listing, or of wayback, from this web archive.",
)
@click.option("--cdx", metavar="URL", default="", help="Ask this CDX server which captures there are (wayback).")
@click.option(
    "--from",
    "since",
    metavar="TIME",
    type=options.TIME,
    help="Import only captures made after this: 2025-03-01, 30d (wayback).",
)
@click.option(
    "--to",
    "until",
    metavar="TIME",
    type=options.TIME,
    help="Import only captures made before this, in the same form (wayback).",
)
@click.option("--dry-run", is_flag=True, help="Show what would be watched without changing anything (lists).")
def import_(
    app: App, *, files: tuple[str, ...], form: str | None, source: str, archive: str, cdx: str, since: datetime | None,
    until: datetime | None, dry_run: bool,
) -> int:  # fmt: skip
    """Import versions that `export` wrote, history from WARC files, or the addresses that another program watches.

    Versions in jsonl are stored unchanged. Pages in WARC files, or those that a CDX or CDXJ index lists, are processed
    in order of time as if they had been fetched then; no alerts are sent. The captures in a CDX or CDXJ listing of a
    web archive are fetched from there, one at a time. newsedits (SQLite or CSV) has texts without pages, and its
    versions are marked as such. What is already in the archive is skipped, so you can continue an interrupted import by
    running it again. Lists are added to the configuration; nothing is fetched. A data directory of changedetection.io
    gives its list and the pages that it stored.

    `import wayback URL…` asks the Wayback Machine, or another web archive with a CDX server, which captures it has of
    these addresses and imports them in the same way. Versions are numbered in the order in which they are stored, so
    captures older than the first stored version of an article are left out: import history before the first check.
    """
    names, code = files, OK
    read: Read | None = ask_web_archive
    if files[0] == "wayback" and not form:
        names = tuple(map(fetchable, files[1:]))
    elif cdx or since or until:
        raise UsageError("--cdx, --from and --to are only for wayback", hint="writethru import wayback URL --from TIME")
    else:
        form = form or format_of(files)
        chosen = FORMATS[form]
        read = chosen.read
        if chosen.is_list:
            from ..watch import watch_files

            code = watch_files(app, form, files, dry_run=dry_run)
            names = () if dry_run else tuple(name for name in files if Path(name).is_dir())
    # A list of addresses is done: there is nothing to store.
    if read is None or (form and not names):
        return code
    # Numbers of versions are given in order: a service that stores between two of them would break it.
    with app.locked_archive() as store:
        with progress(app.out, "versions imported") as tell:
            result = read(
                ImportJob(app, store, names, lambda done: tell(done.kept, 0), source, archive, cdx, since, until)
            )
        return max(code, _report(app, result))


def _report(app: App, result: ImportResult) -> int:
    counts: dict[str, Any] = asdict(result)
    reasons = counts.pop("reasons")
    parts = [f"{count:,} {_NAMES.get(name, name)}" for name, count in counts.items() if count or name == "kept"]
    app.out.say(counts | {"reasons": reasons}, f"versions: {', '.join(parts)}")
    for reason in reasons:
        app.out.note(reason)
    return PARTIAL if result.refused else OK
