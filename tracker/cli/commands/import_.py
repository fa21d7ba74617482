"""`writethru import`: import versions and history from files, and lists of addresses from other programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker.archive import lock, open_archive
from tracker.cli.exit_codes import OK, PARTIAL
from tracker.errors import UsageError
from tracker.exchange.keeping import Receipt
from tracker.urls import fetchable

from ..app import App, verb
from ..history_import import Asked, import_history
from ..progress import progress
from ..versions import parse_when

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

    Tell = Callable[[Receipt], None]

_ENDINGS = {
    ".jsonl": "jsonl", ".warc": "warc", ".arc": "warc", ".wacz": "wacz", ".opml": "opml", ".cdx": "cdx", ".cdxj": "cdx",
}  # fmt: skip
_LISTS = ("opml", "urlwatch", "webchanges", "changedetection")
_FORMATS = ("jsonl", "warc", "wacz", "cdx", "newsedits", *_LISTS)
_NAMES = {"kept": "imported", "known": "already stored", "other": "pages that are not articles"}


@verb("import")
@click.argument("files", metavar="FILE…|wayback URL…", nargs=-1, required=True)
@click.option(
    "--format", "form", type=click.Choice(_FORMATS), help="Read this format. By default, the file name decides."
)
@click.option("--source", metavar="NAME", help="Add new articles to this source (warc, wacz, cdx, newsedits).")
@click.option(
    "--archive",
    metavar="URL",
    default="https://web.archive.org/web/",
    show_default=True,
    help="Fetch the captures of a CDX listing, or of wayback, from this web archive.",
)
@click.option("--cdx", metavar="URL", help="Ask this CDX server which captures there are (wayback).")
@click.option(
    "--from", "since", metavar="TIME", help="Import only captures made after this: 2025-03-01, 30d (wayback)."
)
@click.option("--to", "until", metavar="TIME", help="Import only captures made before this, in the same form.")
@click.option("--dry-run", is_flag=True, help="Show what would be watched without changing anything (lists).")
def import_(
    app: App, *, files: tuple[str, ...], form: str | None, source: str | None, archive: str, cdx: str | None,
    since: str | None, until: str | None, dry_run: bool,
) -> int:  # fmt: skip
    """Import versions that `export` wrote, history from WARC files, or the addresses that another program watches.

    Versions in jsonl are stored unchanged. Pages in WARC files, or those that a CDX or CDXJ index lists, are processed
    in order of time as if they had been fetched then; no alerts are sent. The captures in a CDX or CDXJ listing of a
    web archive are fetched from there, one at a time. newsedits (SQLite or CSV) has texts without pages, and its
    versions are marked so. What is already in the archive is skipped, so you can continue an interrupted import by
    running it again. Lists are added to the configuration; nothing is fetched. A data directory of changedetection.io
    gives its list and the pages that it stored.

    `import wayback URL…` asks the Wayback Machine, or another web archive with a CDX server, which captures it has of
    these addresses and imports them in the same way. Versions are numbered in the order in which they are stored, so
    captures older than the first stored version of an article are left out: import history before the first check.
    """
    is_wayback = files[0] == "wayback" and not form
    if not is_wayback and (cdx or since or until):
        raise UsageError("--cdx, --from and --to are only for wayback", hint="writethru import wayback URL --from TIME")
    form, code = "wayback" if is_wayback else form or _guess(files), OK
    if form in _LISTS:
        from ..watch import watch_files

        code = watch_files(app, form, files, dry_run=dry_run)
        files = tuple(name for name in files if Path(name).is_dir())
        if dry_run or not files:
            return code
    asked: Asked | None = None
    if is_wayback:
        span = [parse_when(text, app.now) if text else None for text in (since, until)]
        asked = Asked(tuple(map(fetchable, files[1:])), cdx or "", *span)
    with lock(app.database) as held, open_archive(app.database, held=held) as store:
        with progress(app.out, "versions imported") as bar:
            receipt = _imported(app, store, form, files, source or "", archive, lambda done: bar(done.kept, 0), asked)
        return max(code, _report(app, receipt))


def _imported(
    app: App, store: Archive, form: str, files: tuple[str, ...], source: str, archive: str, tell: Tell,
    asked: Asked | None,
) -> Receipt:  # fmt: skip
    """Import the files, or what a CDX server is asked for, and return what came of it."""
    if form == "jsonl":
        return _jsonl(app, store, files, tell)
    if form == "newsedits":
        from tracker.exchange.newsedits_read import text_versions
        from tracker.service.texts import Texts

        found = chain.from_iterable(text_versions(Path(name)) for name in files)
        return Texts(store, app.config_or_default, source).keep(found, app.now, tell)
    paths = [] if asked else [Path(name) for name in files]
    return import_history(app, store, form, paths, source, archive, tell, asked)


def _guess(files: tuple[str, ...]) -> str:
    found = set()
    for file in files:
        bare = file.lower().removesuffix(".gz").removesuffix(".zst")
        found.add(_ENDINGS.get(Path(bare).suffix, ""))
    if len(found) == 1 and "" not in found:
        return found.pop()
    raise UsageError(
        "the file name does not show the format", resource=files[0], hint=f"add --format {'|'.join(_FORMATS)}"
    )


def _jsonl(app: App, store: Archive, files: tuple[str, ...], tell: Tell) -> Receipt:
    from tracker.exchange.files import lines, reading
    from tracker.exchange.record import records
    from tracker.service.backfill import keep_records

    total = Receipt()
    for name in files:
        with reading(Path(name)) as file:
            total.add(keep_records(store, records(lines(file, name), name), app.config_or_default, app.now, tell))
    return total


def _report(app: App, receipt: Receipt) -> int:
    counts: dict[str, Any] = asdict(receipt)
    reasons = counts.pop("reasons")
    if app.settings.json:
        app.out.data({**counts, "reasons": reasons})
    else:
        parts = [f"{count:,} {_NAMES.get(name, name)}" for name, count in counts.items() if count or name == "kept"]
        app.out.line(f"versions: {', '.join(parts)}")
    for reason in reasons:
        app.out.note(reason)
    return PARTIAL if receipt.refused else OK
