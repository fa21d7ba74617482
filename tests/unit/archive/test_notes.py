from pathlib import Path

import pytest

from tracker.archive.ledger.notes import Checkpoint, Signer, read_note
from tracker.errors import ArchiveError

HELD = Checkpoint("herald.example/archive", 7, "5c" * 32)


def test_a_note_says_what_was_signed() -> None:
    signer = Signer.new("herald.example/archive")
    note = signer.sign(HELD)
    assert note.startswith("herald.example/archive\n7\nXFxc")
    assert read_note(note, signer.public) == HELD
    assert read_note(note) == HELD
    assert signer.signed(note)
    assert not Signer.new("herald.example/archive").signed(note)


def test_a_note_that_was_changed_or_signed_by_another_is_refused() -> None:
    signer = Signer.new("herald.example/archive")
    note = signer.sign(HELD)
    others = Signer.new("herald.example/archive").public
    for wrong, key in (
        (note.replace("\n7\n", "\n8\n"), signer.public),
        (note, others),
        (note, Signer.new("post.example").public),
        (note, "no key at all"),
        (note, f"{signer.public}!"),
        (note, "a+b+c"),
        (HELD.body + "\n", signer.public),
    ):
        with pytest.raises(ArchiveError, match="not signed"):
            read_note(wrong, key)


def test_no_bit_of_a_note_can_change() -> None:
    signer = Signer.new("herald.example/archive")
    note = signer.sign(HELD)
    assert read_note(note.replace("\n", "\r\n"), signer.public) == HELD
    data = note.encode()
    for at in range(len(data) * 8):
        changed = bytearray(data)
        changed[at // 8] ^= 1 << at % 8
        with pytest.raises(ArchiveError):
            read_note(changed.decode("utf-8", "replace"), signer.public)


@pytest.mark.parametrize("text", ["", "one\ntwo", "a\nseven\nXFxc\n\n", "a\n7\n!!!\n\n"])
def test_what_is_no_note(text: str) -> None:
    with pytest.raises(ArchiveError, match="not a checkpoint"):
        read_note(text)


@pytest.mark.parametrize("size", ["07", "+7", " 7", "7 "])
def test_a_note_that_says_the_same_otherwise_is_refused(size: str) -> None:
    signer = Signer.new("herald.example/archive")
    with pytest.raises(ArchiveError, match="altered"):
        read_note(signer.sign(HELD).replace("\n7\n", f"\n{size}\n"), signer.public)


def test_a_key_is_kept_where_only_its_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "key"
    signer = Signer.new("herald.example/archive")
    signer.write(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Signer.read(path) == signer
    with pytest.raises(ArchiveError, match="cannot be written"):
        signer.write(path)
    for rubbish in ("rubbish", "archive rub!bishy"):
        path.write_text(rubbish)
        with pytest.raises(ArchiveError, match="cannot be read"):
            Signer.read(path)
