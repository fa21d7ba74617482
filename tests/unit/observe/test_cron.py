import os
import re
import shutil
import sqlite3
import subprocess
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from tests.archive_samples import NOW
from tests.archives import archive_at
from tracker.archive.state import watch_state
from tracker.cli.main import cli

CRON = Path(__file__).parents[3] / "cron"
UNITS = ("writethru.service", "writethru-scheduler.service", "writethru-worker@.service")
_CALL = re.compile(r"/bin/writethru ((?:[a-z-]+ ?)+)")


def _files() -> list[Path]:
    return [path for path in CRON.iterdir() if path.is_file()]


def test_every_command_flag_and_document_named_is_one_of_ours():
    called = {found.split()[0] for path in _files() for found in _CALL.findall(path.read_text())}
    assert called == {"run", "check"}
    for path in _files():
        for command, flag in re.findall(r"/bin/writethru ([a-z-]+) (--[a-z-]+)", path.read_text()):
            shown = CliRunner().invoke(cli, [command, "--help"])
            assert flag in shown.output, f"{path.name}: writethru {command} {flag}"
    for name in UNITS:
        for document in re.findall(r"Documentation=file:/opt/writethru/(\S+)", (CRON / name).read_text()):
            assert (CRON.parent / document).is_file()


@pytest.fixture
def units(tmp_path):
    for name in UNITS:
        text = (CRON / name).read_text()
        # verify wants the program and the manual to exist on this machine.
        text = text.replace("/opt/writethru/.venv/bin/writethru", "/bin/true")
        (tmp_path / name).write_text(re.sub(r"(?m)^Documentation=.*\n", "", text))
    return [str(tmp_path / name) for name in UNITS]


def _analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("SKIPPED, NOT PASSED: this machine has no systemd-analyze to verify the units with")
    return subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)


def test_systemd_accepts_the_units(units):
    done = _analyze("verify", *units)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", UNITS)
def test_the_services_are_hardened(units, name):
    path = next(unit for unit in units if unit.endswith("/" + name))
    done = _analyze("security", "--offline=true", "--no-pager", "--threshold=20", path)
    if "Unknown" in done.stderr or "unrecognized" in done.stderr:
        pytest.skip("SKIPPED, NOT PASSED: this systemd-analyze cannot judge a unit offline")
    assert done.returncode == 0, done.stdout[-300:]


def test_the_service_talks_to_systemd():
    text = (CRON / "writethru.service").read_text()
    for line in ("Type=notify", "NotifyAccess=main", "StateDirectory=writethru", "#LoadCredential=smtp-password:"):
        assert line in text
    assert "WatchdogSec=" in text


def test_a_reader_that_is_killed_for_its_memory_does_not_end_the_service():
    limited = [text for text in (path.read_text() for path in CRON.glob("*.service")) if "/bin/writethru" in text]
    assert len(limited) == 3
    for text in limited:
        assert "\nMemoryMax=" in text
        assert "\nOOMPolicy=continue\n" in text


def test_the_units_may_write_to_the_folders_that_the_guides_name():
    guides = "".join(path.read_text() for path in (CRON.parent / "docs" / "how-to").glob("*.md"))
    named = set(re.findall(r'^checkpoints = "(/.+)"', guides, re.MULTILINE))
    assert named
    for unit in ("writethru.service", "writethru-scheduler.service"):
        (line,) = re.findall(r"^ReadWritePaths=(.*)", (CRON / unit).read_text(), re.MULTILINE)
        assert named <= {path.removeprefix("-") for path in line.split()}


def test_all_services_of_compose_stop_before_the_schema_is_upgraded():
    services = yaml.safe_load((CRON / "compose.yaml").read_text())["services"]
    for name in ("scheduler", "worker", "web"):
        waits = services[name]["depends_on"]["schema"]
        assert waits == {"condition": "service_completed_successfully", "restart": True}


def _for_cron(log: Path, script: str) -> subprocess.CompletedProcess[str]:
    command = [str(CRON / "mail-failures"), str(log), "sh", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)


def test_cron_mails_failures_only_and_each_once_a_day(tmp_path):
    log = tmp_path / "check.log"
    for status in (0, 4, 75):
        done = _for_cron(log, f"echo result {status}; echo some >&2; exit {status}")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = _for_cron(log, "echo the disk is full >&2; exit 1")
    assert done.returncode == 1
    assert "failed with exit code 1" in done.stdout
    assert "the disk is full" in done.stdout
    assert _for_cron(log, "exit 1").stdout == "", "it goes on"
    os.utime(f"{log}.failed", (1, 1))
    assert "exit code 78" in _for_cron(log, "exit 78").stdout, "a day later"
    _for_cron(log, "exit 0")
    assert "exit code 1" in _for_cron(log, "exit 1").stdout, "it had worked meanwhile"
    assert log.read_text().startswith("result 0\nsome\nresult 4\n")


def test_cron_mails_that_the_log_cannot_be_written(tmp_path):
    done = _for_cron(tmp_path / "none" / "check.log", "exit 0")
    assert done.returncode != 0
    assert done.stdout + done.stderr


def test_the_crontab_mails_failures():
    lines = [line for line in (CRON / "crontab").read_text().splitlines() if " writethru " in line and line[0] != "#"]
    assert len(lines) == 2
    assert all("/cron/mail-failures " in line and ">" not in line for line in lines)


def _backup(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
    command = [str(CRON / "backup"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)


def test_a_backup_is_whole_although_the_archive_is_in_use_and_old_ones_go(tmp_path):
    archive, store = tmp_path / "wt.db", tmp_path / "copies"
    with sqlite3.connect(archive) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE version (n)")
        database.execute("INSERT INTO version VALUES (1)")
        database.commit()
        store.mkdir()
        for day in range(1, 4):
            (store / f"writethru-2026010{day}T000000Z.db").touch()
        (store / "keep-me.db").touch()
        done = _backup(archive, store, "2")
    database.close()
    assert done.returncode == 0, done.stderr
    kept = sorted(path.name for path in store.iterdir())
    assert len(kept) == 3
    assert kept[0] == "keep-me.db"
    assert kept[1] == "writethru-20260103T000000Z.db"
    copy = sqlite3.connect(store / kept[2])
    assert copy.execute("SELECT n FROM version").fetchall() == [(1,)]
    copy.close()


def test_a_backup_ends_although_the_archive_is_written_all_the_time(tmp_path):
    archive, store, ended = tmp_path / "wt.db", tmp_path / "copies", threading.Event()
    with closing(sqlite3.connect(archive, isolation_level=None, check_same_thread=False)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE version (page)")
        # More than the 16 MB that SQLite would copy in one of several steps.
        database.execute("INSERT INTO version VALUES (randomblob(40000000))")

        def write() -> None:
            while not ended.wait(0.002):
                database.execute("INSERT INTO version VALUES (1)")

        writer = threading.Thread(target=write)
        writer.start()
        try:
            done = _backup(archive, store)
        finally:
            ended.set()
            writer.join()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("arguments", [(), ("only-one",), ("a", "b", "0"), ("a", "b", "x")])
def test_a_backup_says_how_it_is_called(arguments):
    done = _backup(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("usage:")


def test_a_backup_of_nothing_fails(tmp_path):
    done = _backup(tmp_path / "none.db", tmp_path / "copies")
    assert done.returncode == 1
    assert "no such file" in done.stderr


def test_a_damaged_archive_is_not_copied_over_good_copies(tmp_path):
    archive = tmp_path / "wt.db"
    archive.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    done = _backup(archive, tmp_path / "copies")
    assert done.returncode != 0
    assert not list((tmp_path / "copies").glob("*"))


def test_a_backup_of_an_archive_is_known_to_its_metrics(tmp_path):
    with archive_at(tmp_path / "w.db") as store:
        assert _backup(tmp_path / "w.db", tmp_path / "copies").returncode == 0
        assert datetime.now(UTC) - watch_state(store, NOW).last_done["backup"] < timedelta(minutes=1)
