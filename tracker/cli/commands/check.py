"""`writethru check`: check what is due once, and exit."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Self

import click

from tracker.cli.exit_codes import CHANGES, PARTIAL
from tracker.errors import UsageError
from tracker.render import one_line
from tracker.render.counted import counted
from tracker.render.wrap import wrap

from ..app import App, verb
from ..article_status import explain_article

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress

    from tracker.jobs.crawl import Report
    from tracker.pipeline import CheckReport, PollReport
    from tracker.service.one_pass import Summary


_QUIET = {"unchanged", "not-modified"}


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

    from tracker import __version__
    from tracker.config.file import fingerprint
    from tracker.observe import logs
    from tracker.service.one_pass import Wanted, check_once

    if sum((bool(articles), due, all_, source is not None)) > 1:
        raise UsageError("give article IDs, or only one of --due, --all and --source")
    # Before it is loaded: after an edit in between, the next pass is a full one.
    settings = fingerprint(app.config_path, __version__)
    wanted = Wanted(articles=articles, source=source, everything=all_)
    logs.configure(app.config.service.log, level="debug" if app.settings.verbose else "error")
    with CheckProgress(app) as progress:
        work = check_once(
            app.config,
            wanted,
            config_path=app.config_path,
            settings=settings,
            no_pace=no_pace,
            migrate=migrate,
            listener=progress.show,
        )
        summary = asyncio.run(work)
    _report(app, summary)
    if articles:
        with app.archive() as store:
            for ident in articles:
                for line in explain_article(store, ident, app.now):
                    app.out.note(line)
    if summary.failed:
        click.get_current_context().exit(PARTIAL)
    if exit_code and summary.changed:
        click.get_current_context().exit(CHANGES)


class CheckProgress:
    """Shows reports as they arrive. Unchanged articles and lists are shown only with -v or --json."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._bar: Progress | None = None
        self._task: Any = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and not self._app.settings.quiet and not self._app.settings.json:
            from rich.console import Console
            from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            self._bar = Progress(
                SpinnerColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.description}"),
                TimeElapsedColumn(),
                console=Console(stderr=True, markup=False),
                transient=True,
            )
            self._task = self._bar.add_task("finding what is due", total=None)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, report: Report) -> None:
        """Show the result of one stored check."""
        from tracker.pipeline import CheckReport

        line, value = _check(report) if isinstance(report, CheckReport) else _poll(report)
        if self._app.settings.json:
            self._app.out.data(value)
        elif value["outcome"] not in _QUIET or value["new"] or self._app.settings.verbose:
            self._write(line)
        if self._bar is not None:
            self._bar.update(self._task, advance=1, description=one_line(line)[:50])

    def _write(self, line: str) -> None:
        if self._bar is not None and self._app.out.tty:
            self._bar.console.out("\n".join(wrap(line, self._app.out.width, rest="  ")), highlight=False)
        else:
            self._app.out.wrapped(line)


def _check(report: CheckReport) -> tuple[str, dict[str, Any]]:
    tracked, check = report.tracked, report.intent.check
    made = report.intent.version
    title = one_line(made.content.title if made else tracked.title or tracked.url)
    size = f" +{made.change.words_added} −{made.change.words_removed}" if made and made.change else ""
    kinds = list(dict.fromkeys(str(label.kind) for label in made.change.labels)) if made and made.change else []
    what = f"v{report.committed.version}{size} {','.join(kinds)}" if report.committed.version else check.detail
    value = {
        "event": "check",
        "article": tracked.id,
        "url": tracked.url,
        "source": tracked.source,
        "outcome": str(check.outcome),
        "status": check.status,
        "detail": check.detail,
        "version": report.committed.version,
        "labels": kinds,
        "alerts": report.committed.alerts,
        "new": False,
    }
    return f"{tracked.id[:8]} {check.outcome!s:<12} {one_line(what)} “{title}”".replace("  “", " “"), value


def _poll(report: PollReport) -> tuple[str, dict[str, Any]]:
    poll = report.poll
    value = {
        "event": "list",
        "source": poll.hub.source,
        "url": poll.hub.url,
        "kind": str(poll.hub.kind),
        "outcome": str(poll.outcome),
        "detail": poll.detail,
        "named": len(poll.targets),
        "new": len(report.new),
    }
    what = one_line(poll.detail) or f"{len(poll.targets)} articles, {len(report.new)} new"
    outcome = "read" if poll.outcome == "unchanged" else str(poll.outcome)
    return f"{poll.hub.kind!s:<8} {outcome:<12} {one_line(poll.hub.url)}: {what}", value


def _report(app: App, summary: Summary) -> None:
    if app.settings.json:
        app.out.data(
            {
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
    found = counted(new, "new article") if new else "no new articles"
    lists = f"{counted(read, 'list')} read{f' ({found})' if read else ''}"
    app.out.note(f"{lists}; articles: {visits or 'none due'}")
