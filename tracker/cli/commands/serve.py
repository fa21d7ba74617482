"""`writethru serve`: serve the web pages without running the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.web_extra import needs_web, settings

from ..app import App, verb

if TYPE_CHECKING:
    from tracker.web.serve import Serving


@verb()
@click.option(
    "--listen", metavar="HOST:PORT", help="Listen here. By default, at `listen` in [web], or else 127.0.0.1:8766."
)
@click.option(
    "--admin", is_flag=True, help="Let users who sign in pause and check sources, accept stories and edit rules."
)
def serve(app: App, *, listen: str | None, admin: bool) -> None:
    """Serve the archive as web pages until Ctrl-C or SIGTERM. No site is checked.

    Only this machine can read them. To serve others, set a token or a trusted proxy in [web] in the configuration.
    `writethru run` can serve the pages too.
    """
    import asyncio

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
    app.out.say({"address": serving.address}, f"{serving.address}/  (Ctrl-C to stop)")
    sys.stdout.flush()
    if serving.site.admin and serving.site.reading_is_free:
        app.out.note(f"to make changes, sign in at {serving.address}/login with this token: {serving.site.token}")
    waiting = [asyncio.create_task(stop.wait()), asyncio.create_task(serving.wait())]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for each in waiting:
        each.cancel()
    await serving.end()
