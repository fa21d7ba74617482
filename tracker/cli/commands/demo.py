"""`writethru demo`: the service watching invented news sites on this machine."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from os.path import relpath
from pathlib import Path
from shutil import which
from typing import Any, Final
from urllib.parse import urlsplit

import click

from tracker.archive.articles import get_article
from tracker.archive.opening import open_archive
from tracker.archive.versions import iter_versions, latest_version
from tracker.cli.app import App, verb
from tracker.demo.harness import DemoResult, Harness, create_workspace
from tracker.demo.http_server import LogEntry
from tracker.demo.schedule import Schedule, demo_schedule
from tracker.errors import TrackerError
from tracker.model.version import VersionQuery
from tracker.render import plain
from tracker.render.rows import DiffOptions
from tracker.render.text import cut, one_line, pad, wrap

from .. import options
from ..output import Output

_MAX_ALERT_WAIT_SECONDS: Final = 8.0
_WIDTH: Final = 80
_INDENT: Final = 20
_COMMAND_WIDTH: Final = 36
_SHOWN_LEVELS: Final = frozenset({"error", "critical"})
_GOOD, _BAD = "green", "bold red"
Line = tuple[tuple[str, str], ...]
"""Pairs of a text and its Rich style, of at most 80 columns together."""
_BLANK: Final[Line] = ()


@verb()
@click.option("--exit", "leave", is_flag=True, help="Exit at the end instead of leaving the sites running.")
@options.decimal("--speed", "N", "Run this many times as fast.", 0.1, 5, default=1.0)
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path),
    default=Path("writethru-demo"),
    show_default=True,
    help="Write all files to this directory, replacing an earlier demo.",
)
def demo(app: App, *, leave: bool, speed: float, directory: Path) -> int:
    """Watch two invented news sites for a minute.

    The sites run on this machine and publish a developing story, a correction, an edit without a note and more. The
    service watches them as it would watch real sites. You see each version as it is captured, then a timeline, a diff
    and the alerts. At the end, everything captured is compared with everything published. Exits with 1 if a version or
    an alert is missing.
    """
    # Exit through the with block, which stops the service: in its own session, it would outlive the demo.
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores SIGHUP
            signal.signal(number, lambda received, _frame: sys.exit(128 + received))
    with Harness(demo_schedule(), create_workspace(directory, speed), speed) as harness:
        output = DemoOutput(harness, app.out)
        output.write(opening(harness.schedule, harness.news_server.bases, directory, speed))
        harness.service.start()
        output.watch()
        if leave:
            output.stop_service()
        is_complete = output.summarize()
        if not leave:
            output.write([_BLANK, heading("The sites keep running. Press Ctrl-C to stop.")])
            output.write([_BLANK])
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
            found = harness.result(archive)
            articles = (harness.schedule.article(key) for key in ("bridge", "hospital"))
            bridge, hospital = (get_article(archive, harness.news_server.url(article)).id for article in articles)
            now = datetime.now(UTC)
            self.write([_BLANK, heading("The bridge story, version by version")])
            for version in iter_versions(archive, VersionQuery(article=bridge, reverse=True)):
                self._text(plain.version_line(version, now, _WIDTH, self.out.style))
            latest = latest_version(archive, hospital)
            if latest is not None and latest.change is not None:
                edit = unannounced_edit(latest.content.title, plain.summary(latest.change))
                self.write([_BLANK, *edit, _BLANK])
                view = DiffOptions(changes_only=True, context=0)
                self._text(plain.diff(latest.change, view, width=_WIDTH, style=self.out.style))
        self.write(alerts(harness.receiver.accepted()))
        self.write(result(found, harness.workspace.interval))
        width = plain.ID_CHARACTERS
        self.write(next_steps(harness.workspace.directory, bridge[:width], hospital[:width]))
        if self.out.settings.json:
            self.out.data(asdict(found))
        return found.is_complete

    def _show(self, entry: LogEntry | None) -> None:
        if entry is None:
            return
        if entry.get("outcome") == "gone":
            # A page that is gone is checked again, ever less often, but shown only once.
            if entry["url"] in self._gone:
                return
            self._gone.add(entry["url"])
        self.write(event(entry, self.harness.clock.now()))

    def _text(self, text: str) -> None:
        if not (self.out.settings.json and self.out.settings.quiet):
            click.echo(text, err=self.out.settings.json, color=self.out.styled)


def heading(text: str) -> Line:
    """Return a heading."""
    return ((text, "bold"),)


def opening(schedule: Schedule, bases: Mapping[str, str], directory: Path, speed: float) -> list[Line]:
    """Introduce the demo."""
    seconds = round(schedule.duration / speed)
    return [
        heading("A morning in Port Alder"),
        ((f"For {seconds} seconds, two invented news sites on this machine publish and edit", ""),),
        (("articles, and the service watches them as it would watch real ones.", ""),),
        _BLANK,
        *(((f"  {pad(outlet.name, 19)}", ""), (bases[outlet.key], "cyan")) for outlet in schedule.outlets),
        ((f"  {pad('Files', 19)}", ""), (str(directory), "cyan")),
        _BLANK,
    ]


def event(entry: LogEntry, seconds: float) -> list[Line]:
    """Describe an event of the service's log or the webhook receiver; no lines if it is routine.

    `seconds` is the simulated time of the event.
    """
    time = (f"{int(seconds) // 60:>2}:{int(seconds) % 60:02d}  ", "dim")
    kind = entry["event"]
    if kind == "version":
        source = (pad(_short_name(entry.get("source")), 9), "")
        title = (cut(one_line(str(entry.get("title", ""))), _WIDTH - _INDENT), "")
        line = (time, source, (pad(f"v{entry.get('version')}", 4), "bold"), title)
        if entry.get("version") == 1:
            return [line]
        size = f"+{entry.get('words_added')} −{entry.get('words_removed')}"
        labels = cut(one_line(str(entry.get("labels", ""))).replace(",", " "), _WIDTH - _INDENT - 9)
        return [line, ((" " * _INDENT, ""), (pad(size, 9), "bold"), (labels, "cyan"))]
    if kind == "alert":
        payload: dict[str, Any] = entry.get("payload") or {}
        if entry.get("status") != 204:
            return [((f"{'':{_INDENT}}alert rejected with status {entry.get('status')}", "red"),)]
        rule = one_line(str(payload.get("rule", "")))
        alert = f"{'':{_INDENT}}→ alert: {rule} ({_short_name(payload.get('source'))})"
        return [((cut(alert, _WIDTH), "magenta"),)]
    if kind == "check" and entry.get("outcome") == "gone":
        path = one_line(urlsplit(str(entry.get("url"))).path)
        return [(time, (cut(f"taken down: {path}", _WIDTH - 7), "red"))]
    if "text" not in entry and entry.get("level") not in _SHOWN_LEVELS:
        return []
    details = (f"{key}={value}" for key, value in entry.items() if key not in {"time", "level", "logger", "event"})
    text = entry["text"] if "text" in entry else f"{kind}: {' '.join(details)}"
    return [(time, (cut(one_line(text), _WIDTH - 7), "yellow"))]


def _short_name(source: object) -> str:
    """Return the last word of an outlet's name: Ledger."""
    return cut(one_line(str(source or "")).split(" ")[-1], 8)


def alerts(log: Sequence[LogEntry]) -> list[Line]:
    """List the alerts that were accepted: rule, outlet, version, headline."""
    lines: list[Line] = [_BLANK, heading(f"Alerts sent: {len(log)}")]
    for entry in log:
        payload = entry["payload"]
        lines.append(
            (
                (f"  {pad(cut(one_line(str(payload['rule'])), 17), 18)}", "magenta"),
                (pad(_short_name(payload.get("source")), 9), ""),
                (pad(f"v{payload['version']}", 4), "bold"),
                (cut(one_line(str(payload.get("headline", ""))), _WIDTH - 33), ""),
            )
        )
    return lines


def unannounced_edit(title: str, summary: str) -> list[Line]:
    """Introduce the edit that the outlet made without a note."""
    shown = (((line, "magenta"),) for line in wrap(summary, _WIDTH))
    return [heading("An edit the outlet did not mention"), ((one_line(title), ""),), *shown]


def result(found: DemoResult, interval: float) -> list[Line]:
    """Say how many versions and alerts are there; `interval` is the real seconds between two checks of a page."""
    missed, sent_all = found.lived - found.captured, found.alerts_delivered == found.alerts_due
    return [
        _BLANK,
        heading("Compared with what the sites published"),
        (("  Versions: ", ""), (f"{found.captured} of {found.lived} captured", _BAD if missed else _GOOD)),
        (("  Alerts:   ", ""), (f"{found.alerts_delivered} of {found.alerts_due} sent", _GOOD if sent_all else _BAD)),
        ((f"  Pages were checked every {interval:.2g} s; ads, promos and counters changed each time.", "dim"),),
        *([(("  A busy machine may miss versions. Try again with --speed 0.5.", ""),)] if missed else []),
    ]


def next_steps(directory: Path, story: str, unannounced: str) -> list[Line]:
    """List commands to try next.

    `story` is the id of an article of the story, `unannounced` that of the article that was edited without a note.
    """
    prefix = min(sys.prefix, relpath(sys.prefix), key=len)
    commands = (
        *(() if which("writethru") else [(f"source {prefix}/bin/activate", "put writethru on your path")]),
        (f"cd {directory}", "go to the files of this demo"),
        (f"writethru log {story}", "list the versions of the bridge story"),
        (f"writethru diff {story} 3..5", "compare versions 3 and 5"),
        (f"writethru diff {unannounced} --words", "show the unmentioned edit by word"),
        (f"writethru show {story}@v1", "read the story as first published"),
        ("writethru log --all --json", "list every version as JSON"),
        ("less writethru.toml", "see the configuration"),
    )
    # A path of many folders leaves no room for words next to it; a command to be copied is never cut.
    return [
        _BLANK,
        heading("Next steps"),
        *(
            ((f"  {pad(command, _COMMAND_WIDTH)}", "cyan"), (why if len(command) < _COMMAND_WIDTH else "", "dim"))
            for command, why in commands
        ),
    ]
