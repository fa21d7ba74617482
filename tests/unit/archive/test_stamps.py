"""Time stamps: held against openssl and the reference library of OpenTimestamps."""

import hashlib
import io
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.serialize import StreamDeserializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile

from tests.authority import Authority, Calendar
from tracker.errors import ArchiveError, ConfigError
from tracker.evidence.stamps import opentimestamps, rfc3161

NOTE = "herald.example\n3\nAAAA\n\n— herald.example c2ln\n".encode()
CALENDAR = Calendar("https://a.calendar.test")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


class TestRfc3161:
    def test_a_token_that_openssl_takes(self, authority: Authority, tmp_path: Path) -> None:
        asked = rfc3161.request(NOTE)
        roots = rfc3161.load(authority.ca.read_bytes())
        answer = rfc3161.checked(authority(asked.as_bytes()), asked, NOTE, roots)
        (tmp_path / "note").write_bytes(NOTE)
        (tmp_path / "note.tsr").write_bytes(answer)
        command = ["openssl", "ts", "-verify", "-in", "note.tsr", "-data", "note", "-CAfile", str(authority.ca)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert "Verification: OK" in done.stdout
        assert hashlib.sha256(NOTE).digest() in answer
        assert rfc3161.load() == []

    def test_what_is_no_token_of_this_note(self, authority: Authority, tmp_path: Path) -> None:
        asked, other = rfc3161.request(NOTE), rfc3161.request(b"something else")
        answer = authority(asked.as_bytes())
        with pytest.raises(ArchiveError, match="stamped a different hash"):
            rfc3161.checked(authority(other.as_bytes()), other, NOTE)
        with pytest.raises(ArchiveError, match="stamped a different hash"):
            rfc3161.checked(answer, rfc3161.request(NOTE), NOTE)
        roots = rfc3161.load(Authority(tmp_path / "other", "Other").ca.read_bytes())
        with pytest.raises(ArchiveError, match="not signed by a trusted authority"):
            rfc3161.checked(answer, asked, NOTE, roots)
        with pytest.raises(ArchiveError, match="not a response"):
            rfc3161.checked(b"<html>busy</html>", asked, NOTE)
        with pytest.raises(ArchiveError, match="not a response"):
            rfc3161.checked(b"\x30\x05\x30\x03\x02\x01\x00", asked, NOTE)  # granted, but without a token
        with pytest.raises(ArchiveError, match="refused"):
            rfc3161.checked(authority(b"nonsense"), asked, NOTE)
        with pytest.raises(ConfigError, match="PEM"):
            rfc3161.load(b"nonsense", "roots.pem")


class TestOpenTimestamps:
    def test_a_promise_and_then_a_proof_that_the_library_reads(self) -> None:
        made = opentimestamps.proof(NOTE, b"n" * 16, CALENDAR(opentimestamps.digest_to_send(NOTE, b"n" * 16)))
        (promise,) = opentimestamps.promises(made)
        assert promise.commitment == CALENDAR.commitment(CALENDAR.given[-1])
        assert promise.url == f"https://a.calendar.test/timestamp/{promise.commitment.hex()}"
        assert [type(each) for _, each in attestations(made)] == [PendingAttestation]
        assert hashlib.sha256(NOTE).digest() in made
        whole = opentimestamps.completed(made, promise, CALENDAR.rest())
        assert opentimestamps.promises(whole) == []
        ((message, found),) = attestations(whole)
        assert isinstance(found, BitcoinBlockHeaderAttestation)
        assert found.height == 840_000
        assert message == hashlib.sha256(promise.commitment + b"tree").digest()

    def test_forks_are_kept(self) -> None:
        # What two calendars answer, put together: the way a pool does it.
        forked = b"\xff" + CALENDAR(b"") + Calendar("https://b.calendar.test")(b"").replace(b"time", b"hour")
        made = opentimestamps.proof(NOTE, b"n", forked)
        first, second = opentimestamps.promises(made)
        assert (first.calendar, second.calendar) == ("https://a.calendar.test", "https://b.calendar.test")
        assert len(attestations(made)) == 2
        # One block is enough.
        whole = opentimestamps.completed(made, second, CALENDAR.rest())
        assert opentimestamps.promises(whole) == []
        assert {type(each) for _, each in attestations(whole)} == {PendingAttestation, BitcoinBlockHeaderAttestation}

    def test_what_is_no_proof(self) -> None:
        good = opentimestamps.proof(NOTE, b"n", CALENDAR(b""))
        for bad in (good[:-1], good + b".", b"nonsense", good[:60], opentimestamps.MAGIC + bytes(32) + b"\xf1"):
            with pytest.raises(ArchiveError):
                opentimestamps.promises(bad)
        for answer in (b"", b"\x01", b"\x08" * 300, b"\xf0\xff\xff\xff\xff\x7f", b"\x08\x00" + b"unknown!" + b"\0"):
            with pytest.raises(ArchiveError):
                opentimestamps.proof(NOTE, b"n", answer)
        # A way that a calendar never takes is kept, and not followed.
        odd = opentimestamps.proof(NOTE, b"n", b"\xff\x02\x00" + b"unknown!" + b"\0" + CALENDAR(b""))
        assert len(opentimestamps.promises(odd)) == 1
        assert opentimestamps.completed(odd, opentimestamps.Promise("", b"elsewhere"), CALENDAR.rest()) == odd

    @given(st.binary(max_size=80))
    def test_whatever_a_calendar_says(self, answer: bytes) -> None:
        try:
            made = opentimestamps.proof(NOTE, b"n", answer)
        except ArchiveError:
            return
        opentimestamps.promises(made)


def attestations(made: bytes) -> list[tuple[bytes, object]]:
    read = DetachedTimestampFile.deserialize(StreamDeserializationContext(io.BytesIO(made)))
    assert read.file_digest == hashlib.sha256(NOTE).digest()
    return list(read.timestamp.all_attestations())
