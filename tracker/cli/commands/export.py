"""`writethru export`: write versions in formats that other programs read."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from tracker import __version__
from tracker.addresses.urls import fetchable
from tracker.archive.articles import get_article
from tracker.archive.sources import stored_source
from tracker.archive.verdicts import VERDICTS
from tracker.archive.versions import count_versions
from tracker.cli.exit_codes import OK, PARTIAL
from tracker.errors import NotKnown, UsageError
from tracker.exchange import jsonl, tables, warc
from tracker.exchange.export import Job, Selection
from tracker.render.text import counted

from .. import options
from ..app import App, verb
from ..versions import split as split_version


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format: what writes a job, and whether it can contain pages as fetched, checks without a version, or edits.

    A format that is a folder may also be named last, after the articles.
    """

    write: Callable[[Job], None]
    with_captures: bool = False
    with_checks: bool = False
    with_edits: bool = False
    is_folder: bool = False


def _write_site(job: Job) -> None:
    from tracker.web.export import write  # it brings Starlette and Jinja, which other formats do without

    write(job)


FORMATS: Final = {
    "jsonl": ExportFormat(jsonl.write, with_captures=True, with_checks=True),
    "csv": ExportFormat(tables.write_csv, with_edits=True),
    "xlsx": ExportFormat(tables.write_xlsx, with_edits=True),
    "warc": ExportFormat(warc.write),
    "wacz": ExportFormat(warc.write_package),
    "site": ExportFormat(_write_site, is_folder=True),
}


@verb()
@click.argument("idents", metavar="[ID]…", nargs=-1)
@click.option("--format", "form", type=click.Choice(list(FORMATS)), required=True, help="Write this format.")
@click.option(
    "--out",
    "-o",
    metavar="PLACE",
    help="Write to this file or folder instead of stdout. Files named .gz or .zst are compressed.",
)
@options.force
@options.source("Export only this source.")
@options.since("Export only versions seen")
@options.until("Export only versions seen")
@options.choice("--verdict", VERDICTS, "Export only versions with this verdict on their change (see `log`).")
@click.option("--include-unjudged", is_flag=True, help="Also publish labels that no person has confirmed (site).")
@click.option("--base", metavar="URL", default="", help="Write the feeds for a site published at this address (site).")
@click.option("--with-captures", is_flag=True, help="Include the pages as fetched (jsonl).")
@click.option("--with-checks", is_flag=True, help="Include all articles and checks, even without a version (jsonl).")
@options.choice("--rows", ("versions", "edits"), "Write a row for each version or edit (csv, xlsx).", "versions")
def export(
    app: App, *, idents: tuple[str, ...], form: str, out: str | None, force: bool, source: str,
    since: datetime | None, until: datetime | None, verdict: str | None, include_unjudged: bool, base: str,
    with_captures: bool, with_checks: bool, rows: str,
) -> int:  # fmt: skip
    """Export versions of the given articles, or of all articles, in a format that other programs read.

    `import` reads jsonl, warc and wacz back. A file is not overwritten without --force; new versions are added to a
    site that was exported before. A site is a folder of web pages that work from disk; you can also name the folder
    last, as in `export --format site DIR`.
    """
    if FORMATS[form].is_folder and out is None and idents:
        *idents_, out = idents
        idents = tuple(idents_)
    contents = {"with_captures": with_captures, "with_checks": with_checks, "with_edits": rows == "edits"}
    for key, is_asked in contents.items():
        if is_asked and not getattr(FORMATS[form], key):
            can = ", ".join(name for name, each in FORMATS.items() if getattr(each, key))
            raise UsageError(f"{form} cannot contain {key.removeprefix('with_')}", hint=f"formats that can: {can}")
    if (include_unjudged or base) and form != "site":
        raise UsageError("--include-unjudged and --base are for a site", hint="add --format site")
    place = Path(out) if out and out != "-" else None
    if place is not None:
        # New versions are added to a site.
        options.require_writable(place, force=force or place.is_dir())
    with app.archive() as archive, app.out.progress("versions written") as tell:
        # ID@V is taken for ID: a change means nothing without the version before it.
        articles = []
        for ident in (split_version(each)[0] for each in idents):
            try:
                articles.append(get_article(archive, ident).id)
            except NotKnown as error:
                if not Path(ident).suffix or "://" in ident:
                    raise
                hint = f"to write to a file of this name: -o {ident}"
                raise NotKnown(error.message, resource=ident, hint=hint) from None
        chosen = Selection(tuple(articles), stored_source(archive, source), since, until, verdict or "")
        total = count_versions(archive, chosen.query())
        job = Job(
            archive=archive,
            selection=chosen,
            path=place,
            stdout=sys.stdout.buffer,
            now=app.now.replace(microsecond=0),
            release=__version__,
            with_captures=with_captures,
            with_checks=with_checks,
            with_edits=rows == "edits",
            include_unjudged=include_unjudged,
            base=fetchable(base).rstrip("/") if base else "",
            progress=lambda tally: tell(tally.versions, max(total, tally.versions)),  # a site has whole articles
        )
        FORMATS[form].write(job)
    return _report(app, form, job)


def _report(app: App, form: str, job: Job) -> int:
    """Write what was exported and left out, and return the exit code."""
    tally = job.tally
    if job.path is not None:
        if app.settings.json:
            app.out.data({"format": form, "out": str(job.path), **asdict(tally)})
        pages = f", {counted(tally.pages, 'page')}" if tally.pages else ""
        app.out.note(f"{job.path}: {counted(tally.versions, 'version')}{pages}")
    if not tally.versions:
        app.out.note("No versions match.")
    if tally.without_page:
        app.out.note(f"{counted(tally.without_page, 'version')} without a stored page")
    for each in tally.damaged:
        app.out.note(f"{each}: the stored page is damaged and was left out; for details run: writethru verify")
    return PARTIAL if tally.damaged else OK
