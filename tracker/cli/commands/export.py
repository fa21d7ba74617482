"""`writethru export`: write versions in formats that other programs read."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker import __version__
from tracker.archive.articles import get_article
from tracker.cli.exit_codes import OK, PARTIAL
from tracker.cli.lookup import stored_source
from tracker.errors import NotKnown, UsageError
from tracker.exchange import formats
from tracker.exchange.selection import ExportProgress, Job, Selection, count_versions

from ..app import App, verb
from ..progress import progress
from ..versions import parse_when

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

_ABOVE: dict[str, str] = {"site": "tracker.web.export:write"}
"""Formats written outside `exchange`: name → module:function, which takes a Job and returns an ExportProgress."""


@verb()
@click.argument("idents", metavar="[ID]…", nargs=-1)
@click.option(
    "--format", "form", type=click.Choice([*formats.WRITERS, *_ABOVE]), required=True, help="Write this format."
)
@click.option(
    "--out",
    "-o",
    metavar="PLACE",
    help="Write to this file or folder instead of stdout. Names in .gz and .zst are compressed.",
)
@click.option("--source", metavar="NAME", help="Export only this source.")
@click.option("--since", metavar="TIME", help="Export only versions seen after this: 24h, 7d, 2026-11-24T09:00.")
@click.option("--until", metavar="TIME", help="Export only versions seen before this, in the same form.")
@click.option("--with-captures", is_flag=True, help="Include the pages as fetched (jsonl, parquet, git).")
@click.option(
    "--with-checks", is_flag=True, help="Include every article and every check, even without a version (jsonl)."
)
def export(
    app: App, *, idents: tuple[str, ...], form: str, out: str | None, source: str | None, since: str | None,
    until: str | None, with_captures: bool, with_checks: bool,
) -> int:  # fmt: skip
    """Export versions of the given articles, or of all articles, in a format that other programs read.

    `import` reads jsonl, warc and wacz back. A site is a folder of web pages that work from disk; you can also give
    the folder last, as in `export --format site DIR`.
    """
    from tracker.diff.sentences import language, split

    if form in _ABOVE and out is None and idents:
        *idents_, out = idents
        idents = tuple(idents_)
    with app.archive() as store, progress(app.out, "versions written") as tell:
        chosen = _selection(app, store, idents, source, since, until)
        total = count_versions(store, chosen)
        job = Job(
            store=store,
            selection=chosen,
            path=_place(out),
            stdout=sys.stdout.buffer,
            now=app.now.replace(microsecond=0),
            release=__version__,
            split=lambda text, lang: split(text, language(lang)),
            with_captures=with_captures,
            with_checks=with_checks,
            progress=lambda tally: tell(tally.versions, total),
        )
        if form in _ABOVE:
            module, _, name = _ABOVE[form].partition(":")
            tally = getattr(import_module(module), name)(job)
        else:
            tally = formats.export(form, job)
    return _report(app, form, job, tally)


def _selection(
    app: App, store: Archive, idents: tuple[str, ...], source: str | None, since: str | None, until: str | None
) -> Selection:
    from ..versions import split

    source = stored_source(store, source)
    return Selection(
        articles=tuple(_article(store, split(ident)[0]) for ident in idents),
        source=source,
        since=parse_when(since, app.now) if since else None,
        until=parse_when(until, app.now) if until else None,
    )


def _article(store: Archive, ident: str) -> str:
    try:
        return get_article(store, ident).id
    except NotKnown as error:
        if Path(ident).suffix and "://" not in ident:
            raise NotKnown(error.message, resource=ident, hint=f"to write to a file of this name: -o {ident}") from None
        raise


def _place(out: str | None) -> Path | None:
    if out in {None, "-"}:
        return None
    place = Path(out or "")
    if not place.parent.is_dir():
        raise UsageError("the folder does not exist", resource=str(place), hint=f"mkdir -p {place.parent}")
    return place


def _report(app: App, form: str, job: Job, tally: ExportProgress) -> int:
    if job.path is not None:
        if app.settings.json:
            value = {
                "format": form,
                "out": str(job.path),
                "versions": tally.versions,
                "pages": tally.pages,
                "without_page": tally.without_page,
                "damaged": tally.damaged,
            }
            app.out.data(value)
        pages = f", {tally.pages:,} pages" if tally.pages else ""
        app.out.note(f"{job.path}: {tally.versions:,} versions{pages}")
    if not tally.versions:
        app.out.note("No versions match.")
    if tally.without_page:
        app.out.note(f"{tally.without_page:,} of them have no stored page any more")
    for each in tally.damaged:
        app.out.note(f"{each}: the stored page is damaged and was left out; for details run: writethru verify")
    return PARTIAL if tally.damaged else OK
