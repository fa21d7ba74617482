"""Progress of `writethru check`: a line per result on stdout, and a progress bar on stderr if it is a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Self

from tracker.render import one_line
from tracker.render.wrap import wrap
from tracker.views.values import SCHEMA

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress

    from tracker.jobs.crawl import Report
    from tracker.pipeline import CheckReport, PollReport

    from .app import App

_QUIET = {"unchanged", "not-modified"}


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
        "schema": SCHEMA,
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
        "schema": SCHEMA,
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
