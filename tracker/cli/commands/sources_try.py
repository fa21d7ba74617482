"""`writethru sources check`: fetch the lists of a source and store nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.exit_codes import ERROR, PARTIAL
from tracker.cli.lookup import sources
from tracker.render import one_line

from ..app import App, verb

if TYPE_CHECKING:
    from tracker.model import Hub


@verb()
@click.argument("names", metavar="[NAME]…", nargs=-1)
def check(app: App, names: tuple[str, ...]) -> None:
    """Fetch the lists of the named sources, or of all, and report whether each works. Nothing is stored.

    Exits with 4 if some could not be read, and with 1 if none could.
    """
    import asyncio

    from tracker.service.watchlist import hubs_of

    hubs = [hub for source in sources(app, names) for hub in hubs_of(source)]
    good = asyncio.run(_each(app, hubs))
    if good < len(hubs):
        click.get_current_context().exit(PARTIAL if good else ERROR)


async def _each(app: App, hubs: list[Hub]) -> int:
    from tracker.cli.probe import Prober

    good = 0
    async with Prober(app.config) as prober:
        for hub in hubs:
            result = await prober.look(hub.url, hub)
            good += not result.trouble
            count = len(result.listing.targets) if result.listing else 0
            if app.settings.json:
                value = {"schema": 1, "source": hub.source, "kind": str(hub.kind), "url": hub.url, "articles": count}
                app.out.data(value | {"ok": not result.trouble, "trouble": result.trouble})
            else:
                what = f"failed: {one_line(result.trouble)}" if result.trouble else f"ok, {count} articles"
                app.out.wrapped(f"{hub.source}  {hub.kind!s:<8} {one_line(hub.url)}: {what}")
    return good
