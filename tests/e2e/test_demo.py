"""`writethru demo`, as a user runs it: a real service, a real network stack, a newspaper that knows the truth."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("newsroom")

COMMAND = (sys.executable, "-c", "from tracker.cli.main import main; main()", "demo")


def run(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, capture_output=True, text=True, timeout=120, check=False, encoding="utf-8"
    )


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
def test_nothing_is_missed_invented_or_told_twice(tmp_path: Path) -> None:
    done = run(tmp_path, "--exit", "--json", "--seed", "11")
    assert done.returncode == 0, done.stderr
    score = json.loads(done.stdout.splitlines()[-1])
    assert score | {"lived": 21, "captured": 21, "alerts_due": 14, "alerts_delivered": 14} == score
    assert {name: score[name] for name in ("missed", "false_versions", "alerts_duplicated")} == {
        "missed": 0,
        "false_versions": 0,
        "alerts_duplicated": 0,
    }
    assert (score["alerts_false"], score["alerts_unsigned"], score["schema"]) == (0, 0, 1)
    _every_line_fits(done.stderr.splitlines())
    home = tmp_path / "writethru-demo"
    access = lines_of(home / "logs" / "access.jsonl")
    # It was the whole way: robots were asked, pages came with and without 304, the page of noise came many times.
    assert sum(entry["path"] == "/robots.txt" for entry in access) >= 2
    assert sum(entry["status"] == 304 for entry in access) > 10
    assert sum(entry["piece"] == "tides" and entry["status"] == 200 for entry in access) > 10
    assert any(entry["status"] == 410 for entry in access)
    assert lines_of(home / "logs" / "service.jsonl")[-1]["event"] == "stopped"


def _every_line_fits(lines: Sequence[str]) -> None:
    assert max(len(line) for line in lines) <= 80
    text = "\n".join(lines)
    assert text.count("taken down:") == 1, "told once, however often it is looked at"
    for words in ("version by version", "[-1,240-]{+1,420+}", "→ alert", "21 kept", "How to go on"):
        assert words in text


def test_a_directory_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "writethru-demo").mkdir()
    (tmp_path / "writethru-demo" / "notes.txt").write_text("mine")
    done = run(tmp_path, "--exit", "--json")
    assert done.returncode == 2
    assert "left alone" in done.stderr
    assert not done.stdout
    assert (tmp_path / "writethru-demo" / "notes.txt").read_text() == "mine"


@pytest.mark.slow
def test_ctrl_c_in_the_middle_leaves_no_process_behind(tmp_path: Path) -> None:
    # A shell has what it started in the background ignore interrupts.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [COMMAND[0], COMMAND[1], heard + COMMAND[2], *COMMAND[3:]]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        log = tmp_path / "writethru-demo" / "logs" / "service.jsonl"
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not (log.exists() and '"event":"version"' in log.read_text()):
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=40)
    assert process.returncode == 130
    assert lines_of(log)[-1]["event"] == "stopped"
    found = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True)
    assert str(tmp_path) not in found.stdout
