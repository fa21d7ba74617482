"""What the demo says, at most 80 columns wide: lines of (text, style), to be coloured or not. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tracker.render.safe import one_line
from tracker.render.wrap import cut, pad

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .logbook import Entry
    from .play import Play
    from .scorer import Score

Line = tuple[tuple[str, str], ...]

WIDTH: Final = 80
_INDENT: Final = 20
_LOUD: Final = frozenset({"error", "critical"})
BLANK: Final[Line] = ()


def heading(text: str) -> Line:
    """Return a heading."""
    return ((text, "bold"),)


def opening(play: Play, bases: dict[str, str], directory: Path, speed: float) -> list[Line]:
    """Say what is about to happen."""
    seconds = round(play.duration / speed)
    return [
        heading("A morning in Port Alder"),
        ((f"Two newspapers on this machine, {seconds} seconds, and the real service watching them.", ""),),
        BLANK,
        *(((f"  {pad(outlet.name, 18)}", ""), (bases[outlet.key], "cyan")) for outlet in play.outlets),
        ((f"  {pad('kept in', 18)}", ""), (str(directory), "cyan")),
        BLANK,
    ]


def stamp(seconds: float) -> str:
    """Write a moment of the play: 0:09."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def event(entry: Entry, seconds: float) -> list[Line]:
    """Say what one event is, where it is worth a line."""
    at = (f"{stamp(seconds):>5}  ", "dim")
    kind = entry["event"]
    if kind == "version":
        return _version(at, entry)
    if kind == "alert":
        return [_alert(entry)]
    if kind == "check" and entry.get("outcome") == "gone":
        return [(at, (cut(f"taken down: {entry.get('url')}", WIDTH - 7), "red"))]
    if "text" not in entry and entry.get("level") not in _LOUD:
        return []
    facts = (f"{key}={value}" for key, value in entry.items() if key not in {"time", "level", "logger", "event"})
    text = entry["text"] if "text" in entry else f"{kind}: {' '.join(facts)}"
    return [(at, (cut(one_line(text), WIDTH - 7), "yellow"))]


def _version(at: tuple[str, str], entry: Entry) -> list[Line]:
    title = (cut(one_line(str(entry.get("title", ""))), WIDTH - _INDENT), "")
    head = (at, (pad(_short(entry.get("source")), 9), ""), (pad(f"v{entry.get('version')}", 4), "bold"), title)
    if entry.get("version") == 1:
        return [head]
    size = f"+{entry.get('words_added')} −{entry.get('words_removed')}"
    labels = _labels(one_line(str(entry.get("labels", ""))).split(","), WIDTH - _INDENT - 9)
    return [head, ((" " * _INDENT, ""), (pad(size, 9), "bold"), (labels, "cyan"))]


def _alert(entry: Entry) -> Line:
    payload: dict[str, Any] = entry.get("payload") or {}
    if entry.get("status") != 204:
        return ((f"{'':{_INDENT}}alert turned away with {entry.get('status')}", "red"),)
    rule = one_line(str(payload.get("rule", "")))
    return ((cut(f"{'':{_INDENT}}→ alert: {rule} ({_short(payload.get('source'))})", WIDTH), "magenta"),)


def _short(source: object) -> str:
    """Return the last word of an outlet's name: Ledger."""
    return cut(one_line(str(source or "")).split(" ")[-1], 8)


def alerts(log: Sequence[Entry]) -> list[Line]:
    """List the alerts that were taken: rule, outlet, version, headline."""
    lines: list[Line] = [BLANK, heading(f"The alerts, {len(log)} of them")]
    for entry in log:
        payload = entry["payload"]
        lines.append(
            (
                (f"  {pad(cut(one_line(str(payload['rule'])), 17), 18)}", "magenta"),
                (pad(_short(payload.get("source")), 9), ""),
                (pad(f"v{payload['version']}", 4), "bold"),
                (cut(one_line(str(payload.get("headline", ""))), WIDTH - 33), ""),
            )
        )
    return lines


def _labels(kinds: Sequence[str], width: int) -> str:
    """Return the kinds in at most *width* columns; those that find no room are counted: headline lead +2."""
    for shown in range(len(kinds), 0, -1):
        more = [f"+{len(kinds) - shown}"] if shown < len(kinds) else []
        text = " ".join([*kinds[:shown], *more])
        if len(text) <= width:
            return text
    return cut(" ".join(kinds), width)


def result(score: Score, interval: float, faults: Sequence[str]) -> list[Line]:
    """Say how it went, by the newspaper's own account."""
    good, bad = "green", "bold red"
    return [
        BLANK,
        heading("By the newspaper’s own account"),
        (
            (f"  {score.lived} versions stood longer than the {interval:g} s between two looks: ", ""),
            (f"{score.captured} kept", good if not score.missed else bad),
        ),
        (
            ("  ", ""),
            (f"{score.missed} missed", bad if score.missed else good),
            (", ", ""),
            (f"{score.false_versions} invented", bad if score.false_versions else good),
            ("; every look met new ads, promos and times", "dim"),
        ),
        (
            (f"  {score.alerts_due} alerts were due: ", ""),
            (f"{score.alerts_delivered} delivered", good if score.alerts_delivered == score.alerts_due else bad),
            (f", {score.alerts_duplicated} twice, {score.alerts_false} for no reason", ""),
        ),
        *(((cut(f"  {fault}", 200), bad),) for fault in faults),
    ]


def afterwards(directory: Path, article: str, silent: str) -> list[Line]:
    """Say how to go on: commands that can be pasted."""
    at = f"cd {directory}"
    commands = (
        (at, "everything is in here"),
        (f"writethru log {article}", "every version of the bridge story"),
        (f"writethru diff {article} 3..5", "what two editions changed"),
        (f"writethru diff {silent} --words", "the edit nobody mentioned"),
        (f"writethru show {article}@1", "the story as it broke"),
        ("writethru log --all --json", "all of it, for a program"),
        ("less writethru.toml", "the configuration, to start your own from"),
    )
    lines: list[Line] = [((f"  {pad(command, 36)}", "cyan"), (what, "dim")) for command, what in commands]
    return [BLANK, heading("How to go on"), *lines]


def silent(title: str, summary: str) -> list[Line]:
    """Introduce the edit that the outlet kept to itself."""
    return [
        heading("An edit nobody mentioned"),
        ((f"{one_line(title)}", ""),),
        ((summary, "magenta"),),
    ]
