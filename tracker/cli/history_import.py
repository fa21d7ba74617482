"""Import history: pages captured by other programs, from files or from the web archive that a listing names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from tracker.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterable
    from pathlib import Path

    from tracker.archive.archive import Archive
    from tracker.cli.app import App
    from tracker.exchange.keeping import Receipt
    from tracker.exchange.warc_read import Found
    from tracker.service.backfill import Backfill

    Tell = Callable[[Receipt], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What to ask a CDX server for: the captures of these addresses, made since a time and before another.

    *server* is the address of the server, empty for that of the archive.
    """

    urls: tuple[str, ...]
    server: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        """Raise UsageError without an address."""
        if not self.urls:
            raise UsageError("no address is given", hint="writethru import wayback https://herald.example/news/flood")


class _Pages(Protocol):
    skipped: int

    def captures(self) -> Iterable[Found] | AsyncIterable[Found]: ...


def import_history(
    app: App,
    store: Archive,
    form: str,
    paths: list[Path],
    source: str,
    archive: str,
    tell: Tell,
    asked: Asked | None = None,
) -> Receipt:
    """Process the captured pages in files, oldest first, as if they had been fetched at their time.

    Args: form: warc, wacz, cdx or changedetection. source: of new articles. archive: where the captures of a CDX
    listing are. tell: called with what was imported so far. asked: what to ask a CDX server for, instead of paths.
    """
    import asyncio

    from tracker.extraction import ExtractPool
    from tracker.service.backfill import Backfill
    from tracker.service.sites import rule_folders

    pool = ExtractPool(1, sites=rule_folders(app.config_path))
    try:
        backfill = Backfill(store, pool, app.config_or_default, app.now, source)
        if asked is None:
            skipped = asyncio.run(_import(app, backfill, form, paths, archive, tell))
        else:
            skipped = asyncio.run(_import_listed(app, backfill, asked, archive, tell))
    finally:
        pool.close()
    if skipped:
        app.out.note(f"skipped {skipped:,} responses without a readable page")
    return backfill.history


async def _import_listed(app: App, backfill: Backfill, asked: Asked, archive: str, tell: Tell) -> int:
    """Import what a CDX server lists of each address, and return how many captures were skipped."""
    from tracker.service.probe import Prober
    from tracker.service.web_archive import ArchivedCaptures, CdxServer, server_of

    skipped = 0
    async with Prober(app.config_or_default) as prober:
        server = CdxServer(asked.server or server_of(archive), archive, prober.fetch)
        for url in asked.urls:
            pages = await server.pages_of(url, asked.since, asked.until)
            early = [page for page in pages if backfill.is_before_first(url, page.at)]
            if early:
                app.out.note(
                    f"{url}: {len(early):,} captures are older than its first stored version and were left out; "
                    "to import them, use an archive of their own: --db history.db"
                )
            elif not pages:
                app.out.note(f"{url}: the web archive lists no captures")
            found = ArchivedCaptures(pages[len(early) :], prober.fetch, backfill.is_known)
            await backfill.run(found.captures(), tell)
            skipped += found.skipped
    return skipped


async def _import(app: App, backfill: Backfill, form: str, paths: list[Path], archive: str, tell: Tell) -> int:
    """Import the pages and return how many were skipped."""
    from tracker.exchange.cdx_listing import archived_pages, is_listing
    from tracker.exchange.cdx_read import places
    from tracker.exchange.changedetection import StoredPages
    from tracker.exchange.warc_read import Warcs
    from tracker.service.probe import Prober
    from tracker.service.web_archive import ArchivedCaptures

    async def run(pages: _Pages) -> int:
        await backfill.run(pages.captures(), tell)
        return pages.skipped

    if form == "changedetection":
        return await run(StoredPages(paths))
    listings = [path for path in paths if is_listing(path)] if form == "cdx" else []
    if listings and len(listings) < len(paths):
        raise UsageError(
            "some of these files are indexes of WARC files, and some are listings of a web archive",
            resource=str(listings[0]),
            hint="import the listings with a command of their own",
        )
    if listings:
        pages = archived_pages(listings, archive)
        async with Prober(app.config_or_default) as prober:
            return await run(ArchivedCaptures(pages, prober.fetch, backfill.is_known))
    only = places(paths) if form == "cdx" else None
    with Warcs(paths if only is None else list(only), only) as warcs:
        return await run(warcs)
