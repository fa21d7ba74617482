"""`writethru evidence`: one change, packed for those who do not have the archive."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.archive_samples import grow, minutes, watch
from tests.command_line import objects
from tracker.archive.database.locking import lock
from tracker.archive.ledger.checkpoints import CheckpointFolder
from tracker.archive.ledger.log import seal_log
from tracker.archive.opening import open_archive


def ident(kept) -> str:
    return str(objects(kept("log", "--all", "--json"))[0]["article"])


def checked(package: str) -> subprocess.CompletedProcess[str]:
    with zipfile.ZipFile(package) as members:
        Path("verify.py").write_bytes(members.read("verify.py"))
        key = members.read("key.pub").decode().strip()
    command = [sys.executable, "-I", "-S", "verify.py", package, "--key", key]
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


def test_a_checkpoint_made_for_the_package_covers_what_was_noted(kept):
    kept("note", f"{ident(kept)}@2", "Called the desk.")
    kept("evidence", ident(kept), "1..2", "e.zip")
    assert "verdicts of people on these changes: 1, of which 1 in the log" in checked("e.zip").stdout


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
    with open_archive("sqlite:///writethru.db") as store, store.write() as connection:
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


def test_a_package_is_checked_without_its_own_verifier(kept, run):
    (said,) = objects(kept("evidence", ident(kept), "1..3", "e.zip", "--json"))
    assert "Everything verified." in run("evidence", "--check", "e.zip", "--key", said["key"]).stdout
    assert "key was taken from key.pub" in run("evidence", "--check", "e.zip", code=4).stdout
    assert "differs from the given key" in run("evidence", "--check", "e.zip", "--key", "other", code=5).stdout
    data = Path("e.zip").read_bytes()
    Path("e.zip").write_bytes(data + b"more")
    (found,) = objects(run("evidence", "--check", "e.zip", "--key", said["key"], "--json", code=5))
    assert (found["schema"], found["ok"], found["key_given"]) == (1, False, True)


def test_the_verifier_is_offered_by_itself(kept, run):
    kept("evidence", ident(kept), "1..3", "e.zip")
    (said,) = objects(run("evidence", "--verifier", "alone.py", "--json"))
    assert hashlib.sha256(Path("alone.py").read_bytes()).hexdigest() == said["sha256"]
    with zipfile.ZipFile("e.zip") as members:
        assert members.read("verify.py") == Path("alone.py").read_bytes()
    assert "--force" in run("evidence", "--verifier", "alone.py", code=2).stderr
    assert "an article" in run("evidence", code=2).stderr


def test_a_package_needs_the_key_of_its_checkpoint(kept):
    Path("writethru.toml").write_text('[archive]\ncheckpoints = "notes"\n')
    kept("evidence", ident(kept), "1..2", "e.zip")
    Path("writethru.db.key").rename("elsewhere.key")
    assert "signed with the key" in kept("evidence", ident(kept), "1..2", "f.zip", code=2).stderr
    assert not Path("writethru.db.key").exists()
