import hashlib
import io
import os
import stat
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.authority import Authority
from tracker.archive.ledger import log, log_proofs
from tracker.archive.ledger.checkpoints import Checkpoint, CheckpointFolder, Rhythm, Signer, read_note
from tracker.archive.ledger.log_proofs import leaf_hash
from tracker.errors import ArchiveError, ConfigError
from tracker.evidence import packing, stamps, verifier
from tracker.evidence.verifier import VECTOR, is_signed

# RFC 8032, section 7.1: tests 1 and 2, in addition to the one in the file.
VECTORS = [
    each.split(" ")
    for each in f"""
d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a  \
e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141\
438e7a100b
3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c 72 \
92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d29\
1612bb0c00
{VECTOR}""".strip().splitlines()
]


class TestSignatures:
    def test_vectors_of_the_rfc_verify_and_no_factor_or_point_beyond_the_order_does(self) -> None:
        for public, message, signature in VECTORS:
            key, said, signed = map(bytes.fromhex, (public, message, signature))
            assert is_signed(key, said, signed)
            assert not is_signed(key, said + b".", signed)
            assert not is_signed(key, said, signed[:-1])
            assert not is_signed(key[:-1], said, signed)
        key, said, signed = (bytes.fromhex(part) for part in VECTORS[1])
        order = 2**252 + 27742317777372353535851937790883648493
        grown = int.from_bytes(signed[32:], "little") + order
        assert not is_signed(key, said, signed[:32] + grown.to_bytes(32, "little"))
        for point in (b"\xff" * 32, b"\x02" + b"\0" * 31, (1).to_bytes(31, "little") + b"\x80"):
            assert not is_signed(point, said, signed)

    @settings(max_examples=20)
    @given(st.binary(max_size=200), st.integers(0, 511))
    def test_it_agrees_with_cryptography(self, message: bytes, bit: int) -> None:
        private = Ed25519PrivateKey.generate()
        public, signature = private.public_key().public_bytes_raw(), private.sign(message)
        assert is_signed(public, message, signature)
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        assert not is_signed(public, message, bytes(changed))


def test_the_one_file_imports_nothing_of_ours() -> None:
    said = packing.verifier_source().decode()
    assert "from .ed25519" not in said
    assert "tracker" not in said
    compile(said, "verify.py", "exec")


def test_names_in_a_package_control_no_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")  # one without most letters
    monkeypatch.setattr(sys, "stdout", terminal)
    members = {"x\r\x1b[2J\u202eok\nEverything verified.\n\x1b[8mé": b"", "SHA256SUMS": b""}
    with zipfile.ZipFile(tmp_path / "made.zip", "w") as package:
        for name, data in members.items():
            package.writestr(name, data)
    assert verifier.main([str(tmp_path / "made.zip")]) == verifier.FAILED
    terminal.seek(0)
    said = terminal.read()
    assert said.replace("\n", "").isprintable()
    assert "Everything verified." not in said.splitlines()
    assert r"x\r\x1b[2J\u202eok\nEverything verified.\n\x1b[8m\xe9" in said, "and the name is shown"


NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def folder(tmp_path: Path) -> CheckpointFolder:
    return CheckpointFolder(tmp_path / "kept" / "checkpoints", f"sqlite:///{tmp_path / 'a.db'}")


def note(signer: Signer, size: int = 3, root: str = "ab" * 32) -> str:
    return signer.sign(Checkpoint(signer.name, size, root))


def test_the_key_is_made_once_for_its_owner_or_beside_the_folder_of_an_archive_on_a_server(tmp_path):
    assert folder(tmp_path).newest_at() is None
    signer = folder(tmp_path).signer()
    assert folder(tmp_path).signer() == signer
    assert stat.S_IMODE((tmp_path / "a.db.key").stat().st_mode) == 0o600
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


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a\nb\nc\n\n"])
def test_a_note_of_the_same_size_that_cannot_be_read_is_named(tmp_path, content):
    kept = folder(tmp_path)
    signer = kept.signer()
    path = kept.keep(note(signer), signer.public)
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match="not a checkpoint") as told:
        kept.keep(note(signer), signer.public)
    assert told.value.resource == str(path)
    assert path.read_bytes() == content


def test_where_nothing_can_be_written(tmp_path):
    (tmp_path / "kept").write_text("a file")
    kept = folder(tmp_path)
    signer = kept.signer()
    with pytest.raises(ArchiveError, match="cannot be written"):
        kept.keep(note(signer), signer.public)


def test_a_checkpoint_is_due_by_the_clock_and_none_of_a_clock_that_was_ahead_delays_it():
    rhythm = Rhythm(60)
    asked = [rhythm.due(NOW + timedelta(seconds=at)) for at in (0, 59, 60, 90, 120)]
    assert asked == [True, False, True, False, True]
    rhythm = Rhythm(60, last=NOW + timedelta(days=900))
    assert [rhythm.due(NOW + timedelta(seconds=at)) for at in (0, 59, 60)] == [True, False, True]


NOTE = "herald.example\n3\nAAAA\n\n— herald.example c2ln\n".encode()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def test_a_token_that_openssl_takes(authority: Authority, tmp_path: Path) -> None:
    asked = stamps.request(NOTE)
    roots = stamps.load(authority.ca.read_bytes())
    answer = stamps.checked(authority(asked.as_bytes()), asked, NOTE, roots)
    (tmp_path / "note").write_bytes(NOTE)
    (tmp_path / "note.tsr").write_bytes(answer)
    command = ["openssl", "ts", "-verify", "-in", "note.tsr", "-data", "note", "-CAfile", str(authority.ca)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verification: OK" in done.stdout
    assert hashlib.sha256(NOTE).digest() in answer
    assert stamps.load() == []


def test_what_is_no_token_of_this_note(authority: Authority, tmp_path: Path) -> None:
    asked, other = stamps.request(NOTE), stamps.request(b"something else")
    answer = authority(asked.as_bytes())
    with pytest.raises(ArchiveError, match="stamped a different hash"):
        stamps.checked(authority(other.as_bytes()), other, NOTE)
    with pytest.raises(ArchiveError, match="stamped a different hash"):
        stamps.checked(answer, stamps.request(NOTE), NOTE)
    roots = stamps.load(Authority(tmp_path / "other", "Other").ca.read_bytes())
    with pytest.raises(ArchiveError, match="not signed by a trusted authority"):
        stamps.checked(answer, asked, NOTE, roots)
    with pytest.raises(ArchiveError, match="not a response"):
        stamps.checked(b"<html>busy</html>", asked, NOTE)
    with pytest.raises(ArchiveError, match="not a response"):
        stamps.checked(b"\x30\x05\x30\x03\x02\x01\x00", asked, NOTE)  # granted, but without a token
    with pytest.raises(ArchiveError, match="refused"):
        stamps.checked(authority(b"nonsense"), asked, NOTE)
    with pytest.raises(ConfigError, match="PEM"):
        stamps.load(b"nonsense", "roots.pem")


LEAVES = [leaf_hash(bytes([n])) for n in range(40)]
sizes = st.integers(1, len(LEAVES))


def plain_root(leaves: list[bytes]) -> bytes:
    """Return the root as RFC 6962 section 2.1 defines it, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:half]) + plain_root(leaves[half:])).digest()


def test_vectors_of_the_reference_implementation() -> None:
    # From the test data of certificate-transparency-go: the tree over its eight well-known inputs.
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [leaf_hash(bytes.fromhex(each)) for each in inputs]
    assert log.root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert log.root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@given(st.integers(0, len(LEAVES)))
def test_roots(size: int) -> None:
    assert log.root(LEAVES[:size]) == plain_root(LEAVES[:size])
    assert log.consistency_proof(LEAVES[:size], 0) == [], "every tree goes on from the empty one"


@given(sizes, st.data())
def test_a_leaf_is_shown_to_be_in_and_no_other(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    root = log.root(LEAVES[:size])
    proof = log.inclusion_proof(LEAVES[:size], index)
    assert log_proofs.is_included(LEAVES[index], index, size, proof, root)
    assert not log_proofs.is_included(b"\0" * 32, index, size, proof, root)
    for beyond in (size, -1):
        assert not log_proofs.is_included(LEAVES[index], beyond, size, proof, root)
    assert not log_proofs.is_included(LEAVES[index], index, size, [*proof, root], root)
    if size > 1:
        other = data.draw(st.integers(0, size - 1).filter(lambda at: at != index))
        assert not log_proofs.is_included(LEAVES[index], other, size, proof, root)
        assert not log_proofs.is_included(LEAVES[index], index, size, proof[:-1], root)


@given(sizes, sizes)
def test_a_tree_is_shown_to_go_on_from_an_older_one(one: int, two: int) -> None:
    older, size = sorted((one, two))
    old, new = log.root(LEAVES[:older]), log.root(LEAVES[:size])
    proof = log.consistency_proof(LEAVES[:size], older)
    assert log_proofs.is_consistent(older, old, size, new, proof)
    assert not log_proofs.is_consistent(older, b"\0" * 32, size, new, proof)
    assert not log_proofs.is_consistent(older, old, size, new, [*proof, new])
    assert not log_proofs.is_consistent(0, old, size, new, [new])
    assert not log_proofs.is_consistent(size, b"\0" * 32, size, new, [])
    if older < size:
        assert not log_proofs.is_consistent(older, old, size, b"\0" * 32, proof)
        assert not log_proofs.is_consistent(older, old, size, new, [])
        assert not log_proofs.is_consistent(size, new, older, old, proof)
