"""`writethru demo`: the service watching invented news sites on this machine."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from tracker.archive.articles import get_article
from tracker.archive.opening import open_archive
from tracker.archive.versions import iter_versions, latest_version
from tracker.cli.app import App, verb
from tracker.demo import messages
from tracker.demo.harness import Harness, create_workspace
from tracker.demo.http_server import LogEntry
from tracker.demo.messages import Line
from tracker.demo.schedule import demo_schedule
from tracker.errors import TrackerError
from tracker.model.version import VersionQuery
from tracker.render import plain
from tracker.render.rows import DiffOptions

from .. import options
from ..output import Output

_MAX_ALERT_WAIT_SECONDS: Final = 8.0


@verb()
@click.option("--exit", "leave", is_flag=True, help="Exit at the end instead of leaving the sites running.")
@click.option(
    "--seed", metavar="N", type=int, default=0, show_default=True, help="Vary the times at which edits are published."
)
@options.decimal("--speed", "N", "Run this many times as fast.", 0.1, 5, default=1.0)
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path),
    default=Path("writethru-demo"),
    show_default=True,
    help="Write all files to this directory, replacing an earlier demo.",
)
def demo(app: App, *, leave: bool, seed: int, speed: float, directory: Path) -> int:
    """Watch two invented news sites for a minute.

    The sites run on this machine and publish a developing story, a correction, an edit without a note and more. The
    service watches them as it would watch real sites. You see each version as it is captured, then a timeline, a diff
    and the alerts. At the end, everything captured is compared with everything published. Exits with 1 if a version or
    an alert is missing.
    """
    # Unwind as an error would: the service, which is in a session of its own, would outlive the demo.
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores SIGHUP
            signal.signal(number, lambda received, _frame: sys.exit(128 + received))
    with Harness(demo_schedule(seed), create_workspace(directory, speed), speed) as harness:
        output = DemoOutput(harness, app.out)
        output.write(messages.opening(harness.schedule, harness.news_server.bases, directory, speed))
        harness.service.start()
        output.watch()
        if leave:
            output.stop_service()
        is_complete = output.summarize()
        if not leave:
            output.write([messages.BLANK, messages.heading("The sites keep running. Press Ctrl-C to stop.")])
            output.write([messages.BLANK])
            output.watch_until_interrupted()
    return 0 if is_complete else 1


@dataclass(frozen=True)
class DemoOutput:
    """Write what happens to stdout; with --json write it to stderr, and only the result to stdout."""

    harness: Harness
    out: Output
    _gone: set[str] = field(default_factory=set)

    def write(self, lines: Iterable[Line]) -> None:
        """Write lines, in colour if the output is styled."""
        for line in lines:
            self._text(self.out.style.write(line))

    def watch(self) -> None:
        """Show events until the schedule ends and, for a few seconds more, until every alert has arrived."""
        for entry in self.harness.events():
            self._show(entry)
        for entry in self.harness.events(_MAX_ALERT_WAIT_SECONDS):
            self._show(entry)
            if entry is None and self.harness.has_all_alerts():
                return

    def watch_until_interrupted(self) -> None:
        """Show events until Ctrl-C, then stop the service."""
        try:
            for entry in self.harness.events(float("inf")):
                self._show(entry)
        except KeyboardInterrupt:
            self.stop_service()

    def stop_service(self) -> None:
        """Stop the service and show its last events. Raises TrackerError if its exit code is not 0."""
        code = self.harness.service.stop()
        for entry in self.harness.drain():
            self._show(entry)
        if code:
            log = self.harness.workspace.log("service")
            raise TrackerError(f"the service ended with exit code {code}", hint=f"see its log, {log}")

    def summarize(self) -> bool:
        """Show the timeline of a story, a diff, the alerts and the result; return whether it is complete."""
        harness = self.harness
        with open_archive(harness.workspace.database, readonly=True) as archive:
            result = harness.result(archive)
            articles = (harness.schedule.article(key) for key in ("bridge", "hospital"))
            bridge, hospital = (get_article(archive, harness.news_server.url(article)).id for article in articles)
            now, examples = datetime.now(UTC), messages.WIDTH
            self.write([messages.BLANK, messages.heading("The bridge story, version by version")])
            for version in iter_versions(archive, VersionQuery(article=bridge, reverse=True)):
                self._text(plain.version_line(version, now, examples, self.out.style))
            latest = latest_version(archive, hospital)
            if latest is not None and latest.change is not None:
                edit = messages.unannounced_edit(latest.content.title, plain.summary(latest.change))
                self.write([messages.BLANK, *edit, messages.BLANK])
                view = DiffOptions(changes_only=True, context=0)
                self._text(plain.diff(latest.change, view, width=examples, style=self.out.style))
        self.write(messages.alerts(harness.receiver.accepted()))
        self.write(messages.result(result, harness.workspace.interval))
        width = plain.ID_CHARACTERS
        self.write(messages.next_steps(harness.workspace.directory, bridge[:width], hospital[:width]))
        if self.out.json:
            self.out.data(asdict(result))
        return result.is_complete

    def _show(self, entry: LogEntry | None) -> None:
        if entry is None:
            return
        if entry.get("outcome") == "gone":
            # A page that is gone is checked again, ever less often, but shown only once.
            if entry["url"] in self._gone:
                return
            self._gone.add(entry["url"])
        self.write(messages.event(entry, self.harness.clock.now()))

    def _text(self, text: str) -> None:
        if not (self.out.json and self.out.quiet):
            click.echo(text, err=self.out.json, color=self.out.styled)
