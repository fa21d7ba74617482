"""`writethru run`: the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..app import App, pass_app
from ..lazy import Verb

if TYPE_CHECKING:
    from tracker.service.roles import Role


@click.command(cls=Verb)
@click.option("--migrate", is_flag=True, help="Make or upgrade the archive first.")
@click.option("--no-pace", is_flag=True, help="No pauses between requests; honoured for loopback hosts alone.")
@click.option("--log", "form", type=click.Choice(["logfmt", "json"]), help="Form of the log lines on stderr.")
@click.option("--listen", metavar="HOST:PORT", help="Where /healthz and /metrics answer; empty for nowhere.")
@click.option(
    "--role",
    type=click.Choice(["all", "scheduler", "worker"]),
    default="all",
    show_default=True,
    help="What this process does, where several share an archive on PostgreSQL.",
)
@click.option("--web", metavar="HOST:PORT", help="Where the web page is served; empty for nowhere.")
@pass_app
def run(
    app: App, *, migrate: bool, no_pace: bool, form: str | None, listen: str | None, role: Role, web: str | None
) -> None:
    """Run the service until Ctrl-C or SIGTERM: visit sources at their pace, keep versions, deliver alerts.

    The configuration is read again when its file changes. On SQLite it exits with 75 where another one runs on the
    archive. On PostgreSQL any number may run: one scheduler leads and delivers the alerts, the others stand by, and all
    but schedulers visit hosts, no host by two at once.
    """
    from tracker.cli.web_extra import opener
    from tracker.observe.memory import return_freed_memory
    from tracker.service import run as serve

    return_freed_memory()
    chosen = {"log": form, "listen": listen}
    update = {key: value for key, value in chosen.items() if value is not None}
    page = app.config.web if web is None else app.config.web.model_copy(update={"listen": web})
    changed = {"service": app.config.service.model_copy(update=update), "web": page}
    code = serve(
        app.config.model_copy(update=changed),
        config_path=app.config_path,
        migrate=migrate,
        no_pace=no_pace,
        role=role,
        page=opener(app),
    )
    click.get_current_context().exit(code)
