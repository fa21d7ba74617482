"""Checkpoints in a folder: signed with a key only the owner reads, and never overwritten."""

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tracker.archive.ledger.checkpoints import CheckpointFolder, Rhythm
from tracker.archive.ledger.notes import Checkpoint, Signer, read_note
from tracker.errors import ArchiveError

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def folder(tmp_path: Path) -> CheckpointFolder:
    return CheckpointFolder(tmp_path / "kept" / "checkpoints", f"sqlite:///{tmp_path / 'a.db'}")


def note(signer: Signer, size: int = 3, root: str = "ab" * 32) -> str:
    return signer.sign(Checkpoint(signer.name, size, root))


def test_the_key_is_made_once_and_is_the_owners(tmp_path):
    assert folder(tmp_path).newest_at() is None
    signer = folder(tmp_path).signer()
    assert folder(tmp_path).signer() == signer
    assert stat.S_IMODE((tmp_path / "a.db.key").stat().st_mode) == 0o600


def test_beside_the_folder_where_the_archive_is_on_a_server(tmp_path):
    CheckpointFolder(tmp_path / "checkpoints", "postgresql+psycopg://localhost/w").signer()
    assert (tmp_path / "writethru.key").exists()


def test_a_note_is_read_back_with_the_key_beside_it(tmp_path):
    kept = folder(tmp_path)
    signer = kept.signer()
    path = kept.keep(note(signer), signer.public)
    assert path.name == "000000000003.note"
    public = (path.parent / "key.pub").read_text().strip()
    assert read_note(path.read_text(), public).size == 3
    assert kept.keep(note(signer), signer.public) == path
    assert kept.newest_at() == datetime.fromtimestamp(path.stat().st_mtime, UTC)
    newer = kept.keep(note(signer, 4), signer.public)
    os.utime(newer, (0, NOW.timestamp()))
    assert newer != path
    assert kept.newest_at() == NOW
    assert sorted(each.name for each in path.parent.iterdir()) == ["000000000003.note", "000000000004.note", "key.pub"]


def test_time_stamps_are_found_beside_their_note(tmp_path):
    kept = folder(tmp_path)
    signer = kept.signer()
    path = kept.keep(note(signer), signer.public)
    assert kept.stamps(path) == {}
    for name in ("authority.tsr", "ots", "txt"):
        path.with_name(f"{path.name}.{name}").write_text(name)
    path.with_name("000000000004.note.ots").write_text("of another note")
    assert kept.stamps(path) == {"authority.tsr": b"authority.tsr", "ots": b"ots"}


def test_the_public_key_is_known_where_the_private_one_is_not(tmp_path):
    kept = folder(tmp_path)
    assert kept.public() is None
    signer = kept.signer()
    kept.keep(note(signer), signer.public)
    (tmp_path / "a.db.key").unlink()
    assert kept.public() == signer.public


def test_another_history_of_the_same_size_is_told(tmp_path):
    kept = folder(tmp_path)
    signer = kept.signer()
    path = kept.keep(note(signer), signer.public)
    with pytest.raises(ArchiveError, match="no longer matches") as told:
        kept.keep(note(signer, root="cd" * 32), signer.public)
    assert str(path) in (told.value.hint or "")
    assert read_note(path.read_text()).root == "ab" * 32


def test_where_nothing_can_be_written(tmp_path):
    (tmp_path / "kept").write_text("a file")
    kept = folder(tmp_path)
    signer = kept.signer()
    with pytest.raises(ArchiveError, match="cannot be written"):
        kept.keep(note(signer), signer.public)


def test_rhythm():
    rhythm = Rhythm(60)
    asked = [rhythm.due(NOW + timedelta(seconds=at)) for at in (0, 59, 60, 90, 120)]
    assert asked == [True, False, True, False, True]


def test_a_checkpoint_of_a_clock_that_was_ahead_delays_no_other():
    rhythm = Rhythm(60, last=NOW + timedelta(days=900))
    assert [rhythm.due(NOW + timedelta(seconds=at)) for at in (0, 59, 60)] == [True, False, True]
