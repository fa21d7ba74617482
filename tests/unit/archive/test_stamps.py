"""Time stamps: held against openssl."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from tests.authority import Authority
from tracker.errors import ArchiveError, ConfigError
from tracker.evidence import stamps

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
