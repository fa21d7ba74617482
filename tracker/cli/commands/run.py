"""`writethru run` and `serve`: the service, and the web pages without it."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from typing import get_args

import click

from tracker.config.root import Config
from tracker.service.loop import Service
from tracker.service.process import WebServer, return_freed_memory
from tracker.service.roles import Role
from tracker.web.serve import Serving, open_site

from .. import options
from ..app import App, verb
from .config import offer_config


@verb()
@options.migrate
@options.no_pace
@options.choice(
    "--log form",
    ("auto", "text", "logfmt", "json"),
    "Set the format of the log lines on stderr; auto: text on a terminal, or else logfmt.",
)
@options.address("--listen", "Serve /healthz and /metrics here; empty turns them off.")
@options.choice("--role", get_args(Role), "Set this process's part, if several share an archive on PostgreSQL.", "all")
@options.address("--web", "Serve the web pages here; empty turns them off.")
@click.option("--admin", is_flag=True, help="Also let users who sign in to the web pages make changes.")
def run(
    app: App, *, migrate: bool, no_pace: bool, form: str | None, role: Role, admin: bool, **where: str | None
) -> int:
    """Run the service until Ctrl-C or SIGTERM: check sources at each site's rate, store versions, deliver alerts.

    The configuration is read again when its file changes. If there is none, a terminal is asked whether to write one;
    otherwise the command exits with 78. It exits with 1 if another process listens on its address. On SQLite, it exits
    with 75 if another service uses the archive. If another command uses it, such as `prune`, it waits.
    For several processes on PostgreSQL, see docs/how-to/scale-out.md.
    """

    def opened(config: Config, current: Callable[[], Config]) -> WebServer:
        made = open_site(config, admin=admin, invent=admin, current=current, config_path=app.config_path)
        _tell_token(app, made)
        return made

    offer_config(app)
    return_freed_memory()
    web = where["web"]
    service = {key: value for key, value in {"log": form, "listen": where["listen"]}.items() if value is not None}

    def adjusted(config: Config) -> Config:
        update: dict[str, object] = {"service": config.service.model_copy(update=service)}
        if web is not None:
            update["web"] = config.web.model_copy(update={"listen": web})
        if app.settings.db:
            update["archive"] = config.archive.model_copy(update={"database": app.database})
        return config.model_copy(update=update)

    running = Service(app.config, app.config_path, no_pace=no_pace, role=role, page=opened, adjust=adjusted)
    return running.run(migrate=migrate, verbose=app.settings.verbose > 0)


@verb()
@options.address("--listen --web", "Listen here. By default, at `listen` in [web], or else 127.0.0.1:8766.")
@click.option("--admin", is_flag=True, help="Also let users who sign in make changes; on this machine, all can.")
def serve(app: App, *, listen: str | None, admin: bool) -> None:
    """Serve the archive as web pages until Ctrl-C or SIGTERM. No site is checked.

    By default, only this machine can read them, and all its users can make changes; admin = false under [web] turns
    that off. To serve others, set a token or a trusted proxy there.
    `writethru run` can serve the pages too.
    """
    config = app.config_or_default
    config = config.model_copy(update={"archive": config.archive.model_copy(update={"database": app.database})})
    where = listen or config.web.listen or "127.0.0.1:8766"
    asyncio.run(_serve(app, open_site(config, listen=where, admin=admin, invent=True, config_path=app.config_path)))


def _tell_token(app: App, serving: Serving) -> None:
    """Say how to sign in, if the token was generated for this run; a configured token is not shown."""
    if serving.site.admin and serving.site.reading_is_free:
        who = "to make changes by the API or through a proxy" if serving.site.is_local else "to make changes"
        app.out.note(f"{who}, sign in at {serving.address}/login with this token: {serving.site.token}")


async def _serve(app: App, serving: Serving) -> None:
    """Serve the pages until a signal arrives or the server ends."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    serving.begin()
    app.out.say({"address": serving.address}, f"{serving.address}/  (Ctrl-C to stop)")
    sys.stdout.flush()
    _tell_token(app, serving)
    waiting = [asyncio.create_task(stop.wait()), asyncio.create_task(serving.wait())]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for each in waiting:
        each.cancel()
    await serving.end()
