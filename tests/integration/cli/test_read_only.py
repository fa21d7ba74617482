"""Commands that read an archive which this user cannot write, in a folder where nothing can be made."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive_samples import URL, grow, watch
from tests.archives import archive_at

# Permissions do not hold for root, unless it gives up the right to override them.
AS_USER = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
pytestmark = pytest.mark.skipif(bool(AS_USER) and shutil.which("setpriv") is None, reason="root needs setpriv")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Path]:
    """Return an archive that nobody may write."""
    folder = tmp_path / "sealed"
    folder.mkdir()
    made = folder / "w.db"
    with archive_at(made) as store:
        grow(store, watch(store), 3)
    for beside in folder.glob("w.db-*"):
        beside.unlink()
    made.chmod(0o444)
    folder.chmod(0o555)
    yield made
    folder.chmod(0o755)


def reading(archive: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user who may only read."""
    return subprocess.run(
        [*AS_USER, sys.executable, "-m", "tracker", "--db", f"sqlite:///{archive}", *args],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_commands_read_an_archive_that_cannot_be_written_and_doctor_says_so(archive):
    for args in (("log", "--json"), ("search", "rose", "--json"), ("stories",), ("verify",)):
        result = reading(archive, *args)
        assert result.returncode == 0, result.stderr
    assert len(reading(archive, "log", "--json").stdout.splitlines()) == 3
    assert sorted(each.name for each in archive.parent.iterdir()) == ["w.db"]
    unmarked = reading(archive, "diff", URL, "--since-read")
    assert unmarked.returncode == 0
    assert "v3 could not be marked as read: " in unmarked.stderr
    found = reading(archive, "doctor", "--offline").stdout
    assert "warning  archive: " in found
    assert "this user can read it, but not write to the file and its folder" in found


def test_shared_memory_that_only_its_owner_may_read_is_not_needed(archive):
    archive.parent.chmod(0o755)
    shared = Path(f"{archive}-shm")
    shared.write_bytes(bytes(1 << 15))
    shared.chmod(0)
    archive.parent.chmod(0o555)
    result = reading(archive, "log", "--json")
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.splitlines()) == 3


def test_a_log_that_cannot_be_read_says_what_is_needed(archive):
    archive.parent.chmod(0o755)
    Path(f"{archive}-wal").write_bytes(b"written by another user")
    archive.parent.chmod(0o555)
    result = reading(archive, "log")
    assert result.returncode == 1
    assert "the newest changes are in w.db-wal" in result.stderr
    assert "writethru backup" in result.stderr


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (
            ("--config", "FOLDER.toml", "check"),
            "w.db.lock: the lock file of the archive cannot be written: permission denied",
        ),
        (
            ("export", "--format", "jsonl", "--out", "FOLDER/a.jsonl"),
            "a.jsonl: this user cannot write to the folder FOLDER",
        ),
        (("export", "--format", "site", "FOLDER"), "this user cannot write to the folder FOLDER"),
        (("init", "FOLDER"), "writethru.toml: the file cannot be written: permission denied"),
    ],
)
def test_a_folder_that_cannot_be_written_is_named_with_what_to_do(archive, args, told):
    folder = str(archive.parent)
    Path(f"{folder}.toml").write_text("")
    said = reading(archive, *(each.replace("FOLDER", folder) for each in args)).stderr
    assert told.replace("FOLDER", folder) in said
    assert "hint: run it as a user who may write to" in said
    assert folder in said
