"""`writethru sources check` and `sources test`: look, and keep nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..app import App, pass_app
from ..edge import ERROR, PARTIAL
from ..lazy import Verb

if TYPE_CHECKING:
    from tracker.model import Hub

    from ..look import Sight

_FEW = 10


@click.command(cls=Verb)
@click.argument("names", metavar="[NAME]…", nargs=-1)
@pass_app
def check(app: App, names: tuple[str, ...]) -> None:
    """Read the lists of a source now (of all, without NAME), say how each fares; keep nothing.

    Exits with 4 where some could not be read, with 1 where none could.
    """
    import asyncio

    from tracker.service.watchlist import hubs_of

    from ..choosing import sources

    hubs = [hub for source in sources(app, names) for hub in hubs_of(source)]
    good = asyncio.run(_each(app, hubs))
    if good < len(hubs):
        click.get_current_context().exit(PARTIAL if good else ERROR)


async def _each(app: App, hubs: list[Hub]) -> int:
    from tracker.render import one_line

    from ..look import Scout

    good = 0
    async with Scout(app.config) as scout:
        for hub in hubs:
            sight = await scout.look(hub.url, hub)
            good += not sight.trouble
            count = len(sight.listing.targets) if sight.listing else 0
            if app.settings.json:
                value = {"schema": 1, "source": hub.source, "kind": str(hub.kind), "url": hub.url, "articles": count}
                app.out.data(value | {"ok": not sight.trouble, "trouble": sight.trouble})
            else:
                what = f"failed: {one_line(sight.trouble)}" if sight.trouble else f"ok, {count} articles"
                app.out.wrapped(f"{hub.source}  {hub.kind!s:<8} {one_line(hub.url)}: {what}")
    return good


@click.command(cls=Verb)
@click.argument("url")
@pass_app
def test(app: App, url: str) -> None:
    """Show what would be read from an address: the articles a list names, or the text of an article.

    Lines that would be left out of an article bear an x and the reason. Works without a configuration.
    """
    import asyncio

    from tracker.errors import PageError
    from tracker.urls import fetchable

    sight = asyncio.run(_one(app, fetchable(url)))
    if sight.trouble:
        raise PageError(sight.trouble, resource=url)
    if app.settings.json:
        _as_json(app, sight)
    else:
        _as_text(app, sight)


async def _one(app: App, url: str) -> Sight:
    from tracker.config import parse

    from ..look import Scout

    async with Scout(app.config if app.config_path.exists() else parse(b"")) as scout:
        return await scout.look(url)


def _as_json(app: App, sight: Sight) -> None:
    from tracker.render import json
    from tracker.render.times import iso

    value: dict[str, object] = {"schema": 1, "url": sight.url, "kind": sight.name, "title": sight.title}
    if sight.listing is not None:
        targets = [{"url": t.url, "title": t.title, "published": iso(t.published)} for t in sight.listing.targets]
        value |= {"articles": targets, "hubs": list(sight.listing.hubs), "warnings": list(sight.listing.warnings)}
    elif sight.reading is not None:
        value |= {"page": sight.reading.page.value, "content": json.article(sight.reading.article)}
    app.out.data(value)


def _as_text(app: App, sight: Sight) -> None:
    from tracker.render import one_line

    from .extract import lines

    if sight.reading is not None:
        app.out.page(lines(sight.reading, app.out.columns))
    elif (listing := sight.listing) is not None:
        shown = [f"{sight.name} “{one_line(sight.title)}”: {len(listing.targets)} articles"]
        shown += [f"  {one_line(t.url)}  {one_line(t.title)}".rstrip() for t in listing.targets[:_FEW]]
        if len(listing.targets) > _FEW:
            shown.append(f"  … and {len(listing.targets) - _FEW} more")
        shown += [f"  list: {one_line(each)}" for each in listing.hubs[:_FEW]]
        shown += [f"  ! {one_line(each)}" for each in listing.warnings]
        app.out.page(shown)
