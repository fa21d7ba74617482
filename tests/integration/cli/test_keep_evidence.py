"""`writethru evidence`: one change, packed for those who do not have the archive."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.archive_samples import grow, minutes, watch
from tests.command_line import objects
from tracker.archive import lock, open_archive
from tracker.archive.ledger.checkpoints import CheckpointFolder
from tracker.archive.ledger.log import seal_log


def ident(kept) -> str:
    return str(objects(kept("log", "--all", "--json"))[0]["article"])


def checked(package: str) -> subprocess.CompletedProcess[str]:
    with zipfile.ZipFile(package) as members:
        Path("verify.py").write_bytes(members.read("verify.py"))
    command = [sys.executable, "-I", "-S", "verify.py", package]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_checkpoint_is_made_where_there_is_none(kept):
    done = kept("evidence", ident(kept), "1..3", "e.zip", "--json")
    (said,) = objects(done)
    assert said["schema"] == 1
    assert (said["old_version"], said["new_version"], said["checkpoint"]["size"]) == (1, 3, 3)
    assert said["key"] in done.stderr
    assert checked("e.zip").returncode == 0
    # A file that is there is not overwritten unasked, and the checkpoint serves again.
    assert "--force" in kept("evidence", ident(kept), "1..3", "e.zip", code=2).stderr
    with lock("sqlite:///writethru.db"):
        assert "v2 to v3" in kept("evidence", ident(kept), "v3", "e.zip", "--force").stdout
    assert checked("e.zip").returncode == 0


def test_the_oldest_checkpoint_of_the_folder_with_its_stamp(kept):
    Path("writethru.toml").write_text('[archive]\ncheckpoints = "notes"\n')
    folder = CheckpointFolder(Path("notes"), "sqlite:///writethru.db")
    with open_archive("sqlite:///writethru.db") as store:
        path = folder.keep(seal_log(store, folder.signer(), minutes(9)), folder.signer().public)
    path.with_name(path.name + ".authority.tsr").write_bytes(hashlib.sha256(path.read_bytes()).digest())
    (said,) = objects(kept("evidence", ident(kept), "1..2", "e.zip", "--json"))
    assert said["stamps"] == ["authority.tsr"]
    assert "checkpoint.note.authority.tsr" in checked("e.zip").stdout
    shown = kept("evidence", ident(kept), "1..2", "f.zip", "--checkpoint", str(path)).stdout
    assert "with 1 time stamp" in shown
    path.write_text(path.read_text().replace("\n3\n", "\n4\n"))
    assert "another key" in kept("evidence", ident(kept), "1..2", "g.zip", "--checkpoint", str(path), code=2).stderr


def test_what_cannot_be_proven(kept):
    article = ident(kept)
    assert "must name an older and a newer version" in kept("evidence", article, "2..1", "e.zip", code=2).stderr
    with lock("sqlite:///writethru.db"):
        assert "no checkpoint covers" in kept("evidence", article, "1..2", "e.zip", code=75).stderr
    kept("takedown", f"{article}@2", "--reason", "court order")
    assert "court order" in kept("evidence", article, "1..2", "e.zip", code=1).stderr
    with open_archive("sqlite:///writethru.db") as store, store.database.write() as connection:
        connection.run("UPDATE version SET signature = 'other' WHERE n = 3")
    assert f"{article}@3" in kept("evidence", article, "1..3", "e.zip", code=5).stdout
    assert not Path("e.zip").exists()


@pytest.mark.postgres
def test_an_archive_on_a_server(run, postgres_url):
    with open_archive(postgres_url) as store:
        tracked = watch(store)
        grow(store, tracked, 3)
    assert "3 entries" in run("--db", postgres_url, "evidence", tracked.id, "1..3", "e.zip").stdout
    assert checked("e.zip").returncode == 0
    assert Path("writethru.key").stat().st_mode & 0o777 == 0o600
    assert "1 checkpoint in the archive" in run("--db", postgres_url, "verify").stderr
