"""The output of `writethru demo`: lines of at most 80 columns, each a tuple of (text, style) pairs.

Styles are Rich's; nothing here writes to the terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from os.path import relpath
from pathlib import Path
from shutil import which
from typing import Any, Final
from urllib.parse import urlsplit

from tracker.render.text import cut, one_line, pad, wrap

from .harness import DemoResult
from .http_server import LogEntry
from .schedule import Schedule

Line = tuple[tuple[str, str], ...]

WIDTH: Final = 80
_INDENT: Final = 20
_COMMAND: Final = 36
_SHOWN_LEVELS: Final = frozenset({"error", "critical"})
_GOOD, _BAD = "green", "bold red"
BLANK: Final[Line] = ()


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
        BLANK,
        *(((f"  {pad(outlet.name, 19)}", ""), (bases[outlet.key], "cyan")) for outlet in schedule.outlets),
        ((f"  {pad('Files', 19)}", ""), (str(directory), "cyan")),
        BLANK,
    ]


def event(entry: LogEntry, seconds: float) -> list[Line]:
    """Describe an event of the service's log or the webhook receiver; no lines if it is routine.

    `seconds` is the simulated time of the event.
    """
    time = (f"{int(seconds) // 60:>2}:{int(seconds) % 60:02d}  ", "dim")
    kind = entry["event"]
    if kind == "version":
        source = (pad(_short_name(entry.get("source")), 9), "")
        title = (cut(one_line(str(entry.get("title", ""))), WIDTH - _INDENT), "")
        line = (time, source, (pad(f"v{entry.get('version')}", 4), "bold"), title)
        if entry.get("version") == 1:
            return [line]
        size = f"+{entry.get('words_added')} −{entry.get('words_removed')}"
        labels = _fit_labels(one_line(str(entry.get("labels", ""))).split(","), WIDTH - _INDENT - 9)
        return [line, ((" " * _INDENT, ""), (pad(size, 9), "bold"), (labels, "cyan"))]
    if kind == "alert":
        payload: dict[str, Any] = entry.get("payload") or {}
        if entry.get("status") != 204:
            return [((f"{'':{_INDENT}}alert rejected with status {entry.get('status')}", "red"),)]
        rule = one_line(str(payload.get("rule", "")))
        alert = f"{'':{_INDENT}}→ alert: {rule} ({_short_name(payload.get('source'))})"
        return [((cut(alert, WIDTH), "magenta"),)]
    if kind == "check" and entry.get("outcome") == "gone":
        path = one_line(urlsplit(str(entry.get("url"))).path)
        return [(time, (cut(f"taken down: {path}", WIDTH - 7), "red"))]
    if "text" not in entry and entry.get("level") not in _SHOWN_LEVELS:
        return []
    details = (f"{key}={value}" for key, value in entry.items() if key not in {"time", "level", "logger", "event"})
    text = entry["text"] if "text" in entry else f"{kind}: {' '.join(details)}"
    return [(time, (cut(one_line(text), WIDTH - 7), "yellow"))]


def _short_name(source: object) -> str:
    """Return the last word of an outlet's name: Ledger."""
    return cut(one_line(str(source or "")).split(" ")[-1], 8)


def _fit_labels(labels: Sequence[str], width: int) -> str:
    """Return as many labels as fit into `width` columns and the number of the others: headline lead +2."""
    for shown in range(len(labels), 0, -1):
        more = [f"+{len(labels) - shown}"] if shown < len(labels) else []
        text = " ".join([*labels[:shown], *more])
        if len(text) <= width:
            return text
    return cut(" ".join(labels), width)


def alerts(log: Sequence[LogEntry]) -> list[Line]:
    """List the alerts that were accepted: rule, outlet, version, headline."""
    lines: list[Line] = [BLANK, heading(f"Alerts sent: {len(log)}")]
    for entry in log:
        payload = entry["payload"]
        lines.append(
            (
                (f"  {pad(cut(one_line(str(payload['rule'])), 17), 18)}", "magenta"),
                (pad(_short_name(payload.get("source")), 9), ""),
                (pad(f"v{payload['version']}", 4), "bold"),
                (cut(one_line(str(payload.get("headline", ""))), WIDTH - 33), ""),
            )
        )
    return lines


def unannounced_edit(title: str, summary: str) -> list[Line]:
    """Introduce the edit that the outlet made without a note."""
    shown = (((line, "magenta"),) for line in wrap(summary, WIDTH))
    return [heading("An edit the outlet did not mention"), ((one_line(title), ""),), *shown]


def result(found: DemoResult, interval: float) -> list[Line]:
    """Say how many versions and alerts are there; `interval` is the real seconds between two checks of a page."""
    missed, sent_all = found.lived - found.captured, found.alerts_delivered == found.alerts_due
    return [
        BLANK,
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
        BLANK,
        heading("Next steps"),
        *(
            ((f"  {pad(command, _COMMAND)}", "cyan"), (purpose if len(command) < _COMMAND else "", "dim"))
            for command, purpose in commands
        ),
    ]
