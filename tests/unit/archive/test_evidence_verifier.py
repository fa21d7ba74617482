"""The verifier's own Ed25519, held against that of others, and what it prints."""

import io
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.evidence import packing, verifier
from tracker.evidence.ed25519 import VECTOR, is_signed

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
    def test_the_vectors_of_the_rfc(self) -> None:
        for public, message, signature in VECTORS:
            key, said, signed = map(bytes.fromhex, (public, message, signature))
            assert is_signed(key, said, signed)
            assert not is_signed(key, said + b".", signed)
            assert not is_signed(key, said, signed[:-1])
            assert not is_signed(key[:-1], said, signed)

    def test_a_factor_beyond_the_order_is_refused(self) -> None:
        public, message, signature = (bytes.fromhex(part) for part in VECTORS[1])
        order = 2**252 + 27742317777372353535851937790883648493
        grown = int.from_bytes(signature[32:], "little") + order
        assert not is_signed(public, message, signature[:32] + grown.to_bytes(32, "little"))

    def test_what_is_no_point_is_refused(self) -> None:
        _, message, signature = (bytes.fromhex(part) for part in VECTORS[1])
        for public in (b"\xff" * 32, b"\x02" + b"\0" * 31, (1).to_bytes(31, "little") + b"\x80"):
            assert not is_signed(public, message, signature)

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
