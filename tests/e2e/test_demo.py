"""`writethru demo` as a user runs it: the real service fetches from its news sites over loopback."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.service import PROGRAM, run_program
from tracker.archive.opening import open_archive
from tracker.archive.state import count_all


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
@pytest.mark.timeout(500)
def test_nothing_is_missed_false_or_duplicated(tmp_path: Path) -> None:
    # Where a machine is so busy that an edition comes and goes between two visits, the demo plays once more, slower.
    for speed in ("1", "0.3"):
        done = run_program(tmp_path, "demo", "--exit", "--json", "--speed", speed)
        assert done.stdout, done.stderr
        score = json.loads(done.stdout.splitlines()[-1])
        if score["captured"] == score["lived"]:
            break
    assert done.returncode == 0, done.stderr
    assert score == {"schema": 1, "lived": 21, "captured": 21, "alerts_due": 14, "alerts_delivered": 14}
    lines = done.stderr.splitlines()
    assert max(len(line) for line in lines) <= 80
    text = "\n".join(lines)
    assert text.count("taken down:") == 1, "it is shown once, however often it is checked"
    for words in (
        "version by version",
        "[-1,240-]{+1,420+}",
        "→ alert",
        "21 of 21 captured",
        "14 of 14 sent",
        "Next steps",
    ):
        assert words in text
    home = tmp_path / "writethru-demo"
    # No version and no alert besides those that are expected.
    with open_archive(f"sqlite:///{home / 'writethru.db'}", readonly=True) as archive:
        assert count_all(archive).versions == 21
    alerts = lines_of(home / "logs" / "alerts.jsonl")
    assert len({entry["id"] for entry in alerts}) == 14
    assert all(entry["signed"] for entry in alerts)
    access = lines_of(home / "logs" / "access.jsonl")
    # robots.txt was fetched, some pages were answered with 304, and the noisy page was fetched in full many times.
    assert sum(entry["path"] == "/robots.txt" for entry in access) >= 2
    assert sum(entry["status"] == 304 for entry in access) > 10
    assert sum(entry["article"] == "tides" and entry["status"] == 200 for entry in access) > 10
    assert any(entry["status"] == 410 for entry in access)
    assert lines_of(home / "logs" / "service.jsonl")[-1]["event"] == "stopped"


def test_a_directory_that_no_demo_created_is_not_changed(tmp_path: Path) -> None:
    (tmp_path / "writethru-demo").mkdir()
    (tmp_path / "writethru-demo" / "notes.txt").write_text("mine")
    done = run_program(tmp_path, "demo", "--exit", "--json")
    assert done.returncode == 2
    assert "writethru demo did not create" in done.stderr
    assert not done.stdout
    assert (tmp_path / "writethru-demo" / "notes.txt").read_text() == "mine"


@pytest.mark.slow
def test_ctrl_c_in_the_middle_leaves_no_process_behind(tmp_path: Path) -> None:
    # Processes that a shell starts in the background ignore interrupts.
    handle_interrupts = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [*PROGRAM[:2], handle_interrupts + PROGRAM[2], "demo"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        log = tmp_path / "writethru-demo" / "logs" / "service.jsonl"
        deadline = time.monotonic() + 100
        while time.monotonic() < deadline and not (log.exists() and '"event":"version"' in log.read_text()):
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=100)
    assert process.returncode == 130
    assert lines_of(log)[-1]["event"] == "stopped"
    found = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True)
    assert str(tmp_path) not in found.stdout
