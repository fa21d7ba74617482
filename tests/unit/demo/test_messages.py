import sys
from pathlib import Path

import pytest

from tracker.demo import messages
from tracker.demo.harness import DemoResult, parse_log_line
from tracker.demo.schedule import demo_schedule

BASES = {"ledger": "http://127.0.0.1:1", "courier": "http://127.0.0.2:2"}
VERSION = {
    "event": "version",
    "version": 2,
    "source": "The Harbor Ledger",
    "words_added": 4,
    "words_removed": 3,
    "labels": "headline,number,insert,lead",
    "title": "A headline that is much longer than any line has room for",
}


def test_log_lines_are_parsed_and_other_lines_kept_as_text() -> None:
    assert parse_log_line('{"event":"version","version":2}\n') == {"event": "version", "version": 2}
    assert parse_log_line("Traceback (most recent call last):\n") == {
        "event": "output",
        "text": "Traceback (most recent call last):",
    }
    assert parse_log_line('"text"')["event"] == "output"
    assert parse_log_line("{}")["event"] == "output"


def plain(lines: list[messages.Line]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def test_a_version_is_shown_in_eighty_columns() -> None:
    first, second = plain(messages.event(VERSION, 69.4))
    assert first == " 1:09  Ledger   v2  A headline that is much longer than any line has room for"
    assert second == "                    +4 −3    headline number insert lead"
    (line,) = plain(messages.event(VERSION | {"version": 1, "title": "T" * 100}, 0))
    assert len(line) == 80
    _, second = plain(messages.event(VERSION | {"labels": ",".join(["correction"] * 9)}, 69.4))
    assert second.endswith("correction correction correction correction +5")
    _, second = plain(messages.event(VERSION | {"labels": "x" * 90}, 69.4))
    assert len(second) == 80


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            {"event": "alert", "status": 204, "payload": {"rule": "Corrections", "source": "A Ledger"}},
            "→ alert: Corrections (Ledger)",
        ),
        ({"event": "alert", "status": 401, "payload": None}, "alert rejected with status 401"),
        ({"event": "check", "outcome": "gone", "url": "http://x.test/a"}, "taken down: /a"),
        ({"event": "output", "text": "Traceback\x1b[2J"}, "Traceback"),
        ({"event": "crash", "level": "error", "host": "x"}, "crash: host=x"),
    ],
)
def test_alerts_takedowns_and_errors_are_shown(entry: dict[str, object], expected: str) -> None:
    (line,) = plain(messages.event(entry, 1))
    assert expected in line
    assert "\x1b" not in line
    assert len(line) <= 80


@pytest.mark.parametrize("kind", ["started", "stopped", "hub", "delivered", "check", "Execution of job skipped"])
def test_routine_events_are_not_shown(kind: str) -> None:
    assert messages.event({"event": kind, "level": "info"}, 1) == []


def test_the_next_steps_say_how_to_put_the_command_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A path below the working directory is printed relative to it, so neither prefix below may lie in it.
    monkeypatch.chdir(tmp_path)

    def first() -> str:
        return plain(messages.next_steps(Path("demo"), "0123", "4567"))[2]

    monkeypatch.setenv("PATH", "/nowhere")
    assert "/bin/activate" in first()
    assert first().startswith("  source ")
    for prefix in ("/check/work/main/.venv", "/home/desk/tools/writethru/.venv"):
        monkeypatch.setattr(sys, "prefix", prefix)
        assert f"source {prefix}/bin/activate" in first().strip()
        assert len(first()) <= 80
    monkeypatch.setattr(messages, "which", lambda name: f"/usr/bin/{name}")
    assert first().startswith("  cd demo")


def test_the_opening_and_the_summary_fit_eighty_columns(tmp_path: Path) -> None:
    complete, flawed = DemoResult(21, 21, 14, 14), DemoResult(21, 20, 14, 13)
    payload = {"rule": "The bridge", "version": 2, "headline": "H" * 100, "labels": [{"kind": "insert"}, "number"]}
    directory = tmp_path.relative_to(tmp_path)
    lines = [
        *messages.opening(demo_schedule(), BASES, directory, 1.0),
        *messages.alerts([{"payload": payload}]),
        *messages.result(complete, 1.0),
        *messages.result(flawed, 1 / 3),
        *messages.next_steps(directory, "0123456789ab", "0123456789ab"),
        *messages.unannounced_edit("Hospital", "+1 −1 words"),
    ]
    assert max(len(text) for text in plain(lines)) <= 80
    assert complete.is_complete
    assert not flawed.is_complete
