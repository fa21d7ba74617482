"""`writethru check`: one pass now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.exit_codes import CHANGES, PARTIAL

from ..app import App, pass_app
from ..lazy import Verb

if TYPE_CHECKING:
    from tracker.service import Summary


@click.command(cls=Verb)
@click.argument("articles", metavar="[ID]…", nargs=-1)
@click.option("--due", is_flag=True, help="What is due (as it is).")
@click.option("--all", "all_", is_flag=True, help="Everything, due or not.")
@click.option("--source", metavar="NAME", help="One source: what it lists, and its articles.")
@click.option("--no-pace", is_flag=True, help="No pauses between requests; honoured for loopback hosts alone.")
@click.option("--migrate", is_flag=True, help="Make or upgrade the archive first.")
@click.option("--exit-code", is_flag=True, help="Exit with 3 where an article changed.")
@pass_app
def check(
    app: App, *, articles: tuple[str, ...], due: bool, all_: bool, source: str | None, no_pace: bool, migrate: bool,
    exit_code: bool,
) -> None:  # fmt: skip
    """Visit what is due once, keep what changed, deliver alerts, and end.

    Articles that did not change and lists with nothing new are counted; -v shows them.
    Exits with 4 where some visits failed, with 75 where another writethru works on the archive.
    """
    import asyncio

    from tracker.cli.progress import Passing
    from tracker.errors import UsageError
    from tracker.observe import logs
    from tracker.service import Wanted, check_once

    if sum((bool(articles), due, all_, source is not None)) > 1:
        raise UsageError("name articles, or one of --due, --all and --source")
    wanted = Wanted(articles=articles, source=source, everything=all_)
    logs.configure(app.config.service.log, level="debug" if app.settings.verbose else "error")
    with Passing(app) as passing:
        work = check_once(
            app.config,
            wanted,
            config_path=app.config_path,
            no_pace=no_pace,
            migrate=migrate,
            listener=passing.heard,
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
    found = f"naming {new} new article{'' if new == 1 else 's'}" if new else "naming nothing new"
    lists = f"{read} list{'' if read == 1 else 's'} read{', ' + found if read else ''}"
    app.out.note(f"{lists}; articles: {visits or 'none due'}")
