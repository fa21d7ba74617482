"""`writethru check`: check what is due once, and exit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.exit_codes import CHANGES, PARTIAL
from tracker.errors import UsageError

from ..app import App, verb

if TYPE_CHECKING:
    from tracker.service import Summary


@verb()
@click.argument("articles", metavar="[ID]…", nargs=-1)
@click.option("--due", is_flag=True, help="Check everything that is due (default).")
@click.option("--all", "all_", is_flag=True, help="Check everything, due or not.")
@click.option("--source", metavar="NAME", help="Check one source: its feeds and lists, and its articles.")
@click.option("--no-pace", is_flag=True, help="Do not wait between requests. Works for loopback hosts only.")
@click.option("--migrate", is_flag=True, help="Create or upgrade the archive first.")
@click.option("--exit-code", is_flag=True, help="Exit with 3 if an article changed.")
def check(
    app: App, *, articles: tuple[str, ...], due: bool, all_: bool, source: str | None, no_pace: bool, migrate: bool,
    exit_code: bool,
) -> None:  # fmt: skip
    """Check everything that is due once, store new versions, deliver alerts, and exit.

    Articles that did not change and lists with nothing new are only counted; use -v to show them.
    Exits with 4 if some checks failed, and with 75 if another writethru is using the archive.
    """
    import asyncio

    from tracker.cli.progress import CheckProgress
    from tracker.observe import logs
    from tracker.service import Wanted, check_once

    if sum((bool(articles), due, all_, source is not None)) > 1:
        raise UsageError("give article IDs, or only one of --due, --all and --source")
    wanted = Wanted(articles=articles, source=source, everything=all_)
    logs.configure(app.config.service.log, level="debug" if app.settings.verbose else "error")
    with CheckProgress(app) as progress:
        work = check_once(
            app.config,
            wanted,
            config_path=app.config_path,
            no_pace=no_pace,
            migrate=migrate,
            listener=progress.show,
        )
        summary = asyncio.run(work)
    _report(app, summary)
    if summary.failed:
        click.get_current_context().exit(PARTIAL)
    if exit_code and summary.changed:
        click.get_current_context().exit(CHANGES)


def _report(app: App, summary: Summary) -> None:
    if app.settings.json:
        app.out.data(
            {
                "schema": 1,
                "event": "summary",
                "articles": summary.outcomes,
                "hubs": summary.hubs,
                "new": summary.new,
                "changed": summary.changed,
                "failed": summary.failed,
            }
        )
        return
    visits = ", ".join(f"{count} {outcome}" for outcome, count in sorted(summary.outcomes.items()))
    read, new = sum(summary.hubs.values()), summary.new
    found = f"{new} new article{'' if new == 1 else 's'}" if new else "no new articles"
    lists = f"{read} list{'' if read == 1 else 's'} read{f' ({found})' if read else ''}"
    app.out.note(f"{lists}; articles: {visits or 'none due'}")
