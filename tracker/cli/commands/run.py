"""`writethru run`: run the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.web_extra import opener

from ..app import App, verb

if TYPE_CHECKING:
    from tracker.service.roles import Role


@verb()
@click.option("--migrate", is_flag=True, help="Create or upgrade the archive first.")
@click.option("--no-pace", is_flag=True, help="Do not wait between requests. Works for loopback hosts only.")
@click.option("--log", "form", type=click.Choice(["logfmt", "json"]), help="Set the format of the log lines on stderr.")
@click.option("--listen", metavar="HOST:PORT", help="Serve /healthz and /metrics here; empty turns them off.")
@click.option(
    "--role",
    type=click.Choice(["all", "scheduler", "worker"]),
    default="all",
    show_default=True,
    help="Set what this process does, if several share an archive on PostgreSQL.",
)
@click.option("--web", metavar="HOST:PORT", help="Serve the web pages here; empty turns them off.")
def run(
    app: App, *, migrate: bool, no_pace: bool, form: str | None, listen: str | None, role: Role, web: str | None
) -> None:
    """Run the service until Ctrl-C or SIGTERM: check sources at each site's rate, store versions, deliver alerts.

    The configuration is read again when its file changes. On SQLite, it exits with 75 if another service uses the
    archive. On PostgreSQL, any number can run: one scheduler is active and delivers the alerts, the others are on
    standby, and all processes except schedulers check hosts, never two on the same host at once.
    """
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
