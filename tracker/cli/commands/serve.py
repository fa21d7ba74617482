"""`writethru serve`: the web page alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..app import App, pass_app
from ..lazy import Verb

if TYPE_CHECKING:
    from tracker.web.serve import Serving


@click.command(cls=Verb)
@click.option("--listen", metavar="HOST:PORT", help="Where to serve; [web] listen in the configuration without it.")
@click.option("--admin", is_flag=True, help="Let those who sign in pause, check, accept stories and edit rules.")
@pass_app
def serve(app: App, *, listen: str | None, admin: bool) -> None:
    """Serve the archive as web pages until Ctrl-C or SIGTERM; nothing is visited.

    Only this machine can read them. Beyond it, [web] in the configuration must name a token or a proxy that says who
    asks. `writethru run` serves too.
    """
    import asyncio

    from tracker.cli.web_extra import needs_web, settings

    with needs_web():
        from tracker.web.serve import open_site
    config = settings(app)
    where = listen or config.web.listen or "127.0.0.1:8766"
    asyncio.run(_serve(app, open_site(config, listen=where, admin=admin, invent=True, config_path=app.config_path)))


async def _serve(app: App, serving: Serving) -> None:
    import asyncio
    import signal
    import sys

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    serving.begin()
    app.out.say({"address": serving.address}, f"{serving.address}/  (Ctrl-C ends it)")
    sys.stdout.flush()
    if serving.site.admin and serving.site.reading_is_free:
        app.out.note(f"to act, sign in at {serving.address}/login with: {serving.site.token}")
    waiting = [asyncio.create_task(stop.wait()), asyncio.create_task(serving.wait())]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for each in waiting:
        each.cancel()
    await serving.end()
