"""`writethru import`: import versions and history from files, and lists of addresses from other programs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

import click

from tracker.addresses.urls import fetchable
from tracker.archive.archive import Archive
from tracker.cli.exit_codes import OK, PARTIAL
from tracker.config.file import rule_folders
from tracker.errors import UsageError
from tracker.exchange.cdx import archived_pages, is_listing, places
from tracker.exchange.files import lines
from tracker.exchange.jsonl import records
from tracker.exchange.lists import StoredPages
from tracker.exchange.store_records import ImportResult
from tracker.exchange.warc_read import Found, Warcs
from tracker.extraction.pool import ExtractPool
from tracker.render.text import counted, one_line
from tracker.service.backfill import ArchivedCaptures, Backfill, CdxServer, import_records
from tracker.service.probe import Prober

from .. import options
from ..app import App, verb
from .db import locked_archive
from .sources_edit import watch_files

Read = Callable[["ImportJob"], ImportResult]

_NAMES: Final = {"kept": "imported", "known": "already stored", "other": "pages that are not articles"}
# Ending of a file → the name of a format that is only exported.
_EXPORTED_ONLY: Final = {".csv": "CSV", ".xlsx": "an Excel workbook"}


@dataclass(frozen=True, slots=True)
class ImportJob:
    """One import.

    Attributes:
        names: the files, or the addresses to ask a web archive for.
        source: of new articles; empty for that of their host.
        web_archive: where the captures of a listing are.
        cdx: the CDX server to ask; empty for that of the web archive.
        since, until: only captures made since a time and before another, if a web archive is asked.
        tell: called with the counts so far.
    """

    app: App
    archive: Archive
    names: tuple[str, ...]
    tell: Callable[[ImportResult], None]
    source: str = ""
    web_archive: str = ""
    cdx: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def paths(self) -> list[Path]:
        """Return the files."""
        return [Path(name) for name in self.names]


@dataclass(frozen=True, slots=True)
class ImportFormat:
    """One format: the `endings` of its file names, and whether it is a list of addresses to watch.

    `read` imports versions or pages from it; None if it has only addresses.
    """

    read: Read | None
    endings: tuple[str, ...] = ()
    is_list: bool = False


def format_of(files: Sequence[str]) -> str:
    """Return the format that the names of files show. Raises UsageError if they show none, or several."""
    found = set()
    for file in files:
        ending = Path(file.lower().removesuffix(".gz").removesuffix(".zst")).suffix
        found.add(next((name for name, form in FORMATS.items() if ending in form.endings), ""))
    if len(found) == 1 and "" not in found:
        return found.pop()
    for file in files:
        if file != "-" and not Path(file).exists():
            raise UsageError("there is no such file", resource=file)
        if name := _EXPORTED_ONLY.get(Path(file.lower()).suffix):
            message = f"{name} cannot be imported; formats that can: {', '.join(FORMATS)}"
            raise UsageError(message, resource=file, hint="to move versions between archives: export --format jsonl")
    hint = f"add --format {'|'.join(FORMATS)}"
    raise UsageError("the file name does not show the format", resource=files[0], hint=hint)


def _jsonl(job: ImportJob) -> ImportResult:
    total, config = ImportResult(), job.app.config_or_default
    for path in job.paths:
        recorded = records(lines(path), str(path))
        total.add(import_records(job.archive, recorded, config, job.app.now, job.tell))
    return total


def _read_captures(work: Callable[[ImportJob, Backfill], Coroutine[Any, Any, int]]) -> Read:
    """Return a function that processes captured pages, oldest first, as if they had been fetched at their time."""

    def read(job: ImportJob) -> ImportResult:
        # One child: pages of an article must be taken in order of time, and each is compared with the one before.
        pool = ExtractPool(1, sites=rule_folders(job.app.config_path))
        try:
            backfill = Backfill(job.archive, pool, job.app.config_or_default, job.app.now, job.source)
            skipped = asyncio.run(work(job, backfill))
        finally:
            pool.close()
        for name, count in backfill.added.items():
            what = f"{one_line(name)}: {counted(count, 'new article')}"
            is_watched = job.app.config_or_default.source(name) is not None
            job.app.out.note(what if is_watched else f"{what}; this source is not configured, so they are not checked")
        if skipped:
            job.app.out.note(f"skipped {counted(skipped, 'response')} without a readable page")
        return backfill.history

    return read


class _Pages(Protocol):
    skipped: int

    def captures(self) -> Iterable[Found] | AsyncIterable[Found]: ...


async def _run(job: ImportJob, backfill: Backfill, pages: _Pages) -> int:
    await backfill.run(pages.captures(), job.tell)
    return pages.skipped


async def _in_warcs(job: ImportJob, backfill: Backfill, only: Mapping[Path, Sequence[int]] | None = None) -> int:
    with Warcs(job.paths if only is None else list(only), only) as warcs:
        return await _run(job, backfill, warcs)


async def _in_cdx(job: ImportJob, backfill: Backfill) -> int:
    """Import the pages that indexes of WARC files name, or fetch those that listings of a web archive name."""
    listings = [path for path in job.paths if is_listing(path)]
    if not listings:
        return await _in_warcs(job, backfill, places(job.paths))
    if len(listings) < len(job.paths):
        raise UsageError(
            "some of these files are indexes of WARC files, and some are listings of a web archive",
            resource=str(listings[0]),
            hint="import the listings with a separate command",
        )
    pages = archived_pages(listings, job.web_archive)
    async with Prober(job.app.config_or_default) as prober:
        return await _run(job, backfill, ArchivedCaptures(pages, prober.fetch, backfill.is_known))


async def _listed_by_server(job: ImportJob, backfill: Backfill) -> int:
    """Import the captures of each address that a CDX server lists; return how many responses were skipped."""
    skipped, note = 0, job.app.out.note
    async with Prober(job.app.config_or_default) as prober:
        server = CdxServer(job.web_archive, prober.fetch, job.cdx)
        for url in job.names:
            pages = await server.pages_of(url, job.since, job.until)
            # Versions are numbered as they are stored: an older one could only become the newest.
            early = sum(backfill.is_before_first(url, page.at) for page in pages)
            if early:
                note(
                    f"{url}: left out {counted(early, 'capture')} older than its first stored version; "
                    "to import them, create a separate archive: writethru --db history.db db upgrade"
                )
            elif not pages:
                note(f"{url}: the web archive lists no captures")
            skipped += await _run(job, backfill, ArchivedCaptures(pages[early:], prober.fetch, backfill.is_known))
    return skipped


FORMATS: Final = {
    "jsonl": ImportFormat(_jsonl, (".jsonl",)),
    "warc": ImportFormat(_read_captures(_in_warcs), (".warc", ".arc")),
    "wacz": ImportFormat(_read_captures(_in_warcs), (".wacz",)),
    "cdx": ImportFormat(_read_captures(_in_cdx), (".cdx", ".cdxj")),
    "opml": ImportFormat(None, (".opml",), is_list=True),
    "urlwatch": ImportFormat(None, is_list=True),
    "webchanges": ImportFormat(None, is_list=True),
    # A data directory has pages, too.
    "changedetection": ImportFormat(
        _read_captures(lambda job, backfill: _run(job, backfill, StoredPages(job.paths))), is_list=True
    ),
}


@verb("import")
@click.argument("files", metavar="FILE…|wayback URL…", nargs=-1, required=True)
@options.choice("--format form", FORMATS, "Read this format. By default, the file name decides.")
@options.source("Add new articles to this source (warc, wacz, cdx).")
@options.story("Add the addresses to this story (lists).")
@click.option(
    "--archive",
    "web_archive",
    metavar="URL",
    default="https://web.archive.org/web/",
    show_default=True,
    help="Fetch the captures of a CDX listing, or of wayback, from this web archive.",
)
@click.option("--cdx", metavar="URL", default="", help="Ask this CDX server for the list of captures (wayback).")
@options.time("--from since", "Import only captures made after this: 2025-03-01, 30d (wayback).")
@options.time("--to until", "Import only captures made before this, in the same form (wayback).")
@options.dry_run("Show what would be watched without changing anything (lists).")
def import_(
    app: App, *, files: tuple[str, ...], form: str | None, source: str, story: str, web_archive: str,
    cdx: str, since: datetime | None, until: datetime | None, dry_run: bool,
) -> int:  # fmt: skip
    """Import versions that `export` wrote, history from WARC files, or the addresses that another program watches.

    Versions in jsonl are stored unchanged. Pages in WARC files, or those that a CDX or CDXJ index lists, are processed
    in order of time as if they had been fetched then; no alerts are sent. The captures in a CDX or CDXJ listing of a
    web archive are fetched from there, one at a time. Versions that are already in the archive are skipped, so you can
    continue an interrupted import by running it again. Lists are added to the configuration; nothing is fetched. From a
    data directory of changedetection.io, both its list and its stored pages are imported.

    `import wayback URL…` asks the Wayback Machine, or another web archive with a CDX server, which captures it has of
    these addresses and imports them in the same way. Versions are numbered in the order in which they are stored, so
    captures older than the first stored version of an article are left out: import history before the first check.
    """
    names, code = files, OK
    read: Read | None = _read_captures(_listed_by_server)
    if files[0] == "wayback" and not form:
        names = tuple(map(fetchable, files[1:]))
        if not names:
            raise UsageError("no address is given", hint="writethru import wayback https://herald.example/news/flood")
    elif cdx or since or until:
        raise UsageError("--cdx, --from and --to are only for wayback", hint="writethru import wayback URL --from TIME")
    else:
        form = form or format_of(files)
        chosen = FORMATS[form]
        read = chosen.read
        if chosen.is_list:
            code = watch_files(app, form, files, story=story, dry_run=dry_run)
            names = () if dry_run else tuple(name for name in files if Path(name).is_dir())
    # A list of addresses is done: there is nothing to store.
    if read is None or (form and not names):
        return code
    # Numbers of versions are given in order: a service that stores between two of them would break it.
    with locked_archive(app) as archive, app.out.progress("versions imported") as tell:
        result = read(
            ImportJob(app, archive, names, lambda done: tell(done.kept, 0), source, web_archive, cdx, since, until)
        )
    counts: dict[str, Any] = asdict(result)
    reasons = counts.pop("reasons")
    parts = [f"{count:,} {_NAMES.get(name, name)}" for name, count in counts.items() if count or name == "kept"]
    app.out.say(counts | {"reasons": reasons}, f"versions: {', '.join(parts)}")
    for reason in reasons:
        app.out.note(reason)
    return max(code, PARTIAL if result.refused else OK)
