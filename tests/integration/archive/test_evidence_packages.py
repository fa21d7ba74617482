import hashlib
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.archive_samples import URL, content, grow, intent, minutes, watch
from tests.archives import archive_at, temporary_archive
from tracker import compare
from tracker.archive.archive import Archive
from tracker.archive.captures import get_capture
from tracker.archive.commits import commit_check
from tracker.archive.ledger.checkpoints import Signer
from tracker.archive.ledger.log import seal_log, sealed_size
from tracker.archive.ledger.logcheck import Damage
from tracker.archive.takedowns import take_down
from tracker.archive.verdicts import save_verdict
from tracker.archive.versions import get_version
from tracker.errors import ArchiveError, NotKnown
from tracker.evidence import packing, verifier
from tracker.evidence.packing import Anchor, Gathered, choose_anchor, gather
from tracker.evidence.verifier import Members, opened
from tracker.model.change import Verdict, Weight

SIGNER = Signer.new("herald.example/archive")
STAMPS = ("checkpoint.note.authority.tsr", "checkpoint.note.calendar.ots")


def fill(store: Archive) -> str:
    """Keep five versions of one article between those of others; return its id."""
    tracked = watch(store)
    for place in range(3):
        grow(store, watch(store, f"{URL}/{place}"), 2)
    grow(store, tracked, 5)
    return tracked.id


def anchored(*notes: str) -> Anchor:
    found = choose_anchor([(note, {}) for note in notes], SIGNER.public, 1)
    assert found is not None
    return found


def packed(store: Archive, ident: str, place: Path, made: Anchor, old: int = 2, new: int = 4) -> list[Damage]:
    found = gather(store, ident, old, new)
    assert isinstance(found, Gathered)
    change = compare(*(get_version(store, ident, n).content for n in (old, new)))
    return packing.pack(store, found, change, made, place, minutes(30), release="1.2.3", signer=SIGNER)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "evidence.zip"


def test_a_package_that_the_verifier_would_refuse_is_not_made(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.evidence.verifier.MAX_PACKAGE_BYTES", 1 << 10)
    with temporary_archive() as store:
        ident = fill(store)
        made = choose_anchor([(seal_log(store, SIGNER, minutes(10)), {})], SIGNER.public, 5)
        assert made is not None
        assert packed(store, ident, place, made) == [Damage("evidence.zip", "it would be larger than 0 MiB")]
    assert not place.exists()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a package with a checkpoint, a later one, and a time stamp."""

    folder = tmp_path_factory.mktemp("whole")
    with archive_at(folder / "archive.db") as store:
        ident = fill(store)
        first = seal_log(store, SIGNER, minutes(10))
        grow(store, watch(store, f"{URL}/later"), 2)
        latest = seal_log(store, SIGNER, minutes(20))
        stamp = b"made for " + hashlib.sha256(first.encode()).digest()
        made = choose_anchor([(latest, {}), (first, {"authority.tsr": stamp, "calendar.ots": stamp})], SIGNER.public, 5)
        assert made is not None
        assert not packed(store, ident, folder / "evidence.zip", made)
    return folder / "evidence.zip"


@pytest.fixture
def members(whole: Path) -> Members:
    found, refused = opened(whole)
    assert not refused
    return found


def run(*arguments: str, verify: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(verify), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={}, cwd="/")


@pytest.fixture
def alone(whole: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the verifier of the package where nothing but it is."""
    script = tmp_path / "elsewhere" / "verify.py"
    script.parent.mkdir()
    with zipfile.ZipFile(whole) as package:
        script.write_bytes(package.read("verify.py"))
    return lambda package, *more: run(str(package), *more, verify=script)


class TestPackage:
    def test_holds_on_each_database(self, store: Archive, place: Path) -> None:
        ident = fill(store)
        save_verdict(store, Verdict(ident, 3, minutes(9), "ada", Weight.ROUTINE, note="A recount."))
        assert sealed_size(store, ident, (2, 4)) is None
        note = seal_log(store, SIGNER, minutes(10))
        assert sealed_size(store, ident, (2, 4)) == 10
        assert packed(store, ident, place, anchored(note)) == []
        members, _ = opened(place)
        found = verifier.Examination(members, SIGNER.public).run()
        assert found.damage == []
        assert members["old/page.html"] == get_capture(store, ident, 2).body
        assert members["new/page.html"] == get_capture(store, ident, 4).body
        assert b"Set-Cookie: b=4" in members["new/facts.txt"]
        assert b"+River floods 4 streets" in members["diff/diff.patch"]
        assert sorted(name for name in members if name.startswith("leaves/")) == [
            f"leaves/v{n}.json" for n in (2, 3, 4)
        ]
        said = members["README.txt"].decode()
        assert "WHAT IT DOES NOT PROVE" in said
        assert SIGNER.public in said
        assert max(map(len, said.splitlines())) < 130

    def test_a_headline_that_differs_from_the_title_is_packed(self, store: Archive, place: Path) -> None:
        tracked = watch(store)
        for n in (1, 2):
            text = replace(content(n), heading=f"Bridges closed: {n}")
            commit_check(store, intent(tracked, n, minutes(n), content=text))
        assert packed(store, tracked.id, place, anchored(seal_log(store, SIGNER, minutes(10))), 1, 2) == []
        members, _ = opened(place)
        assert b"+Bridges closed: 2" in members["diff/diff.patch"]
        assert members["new/text.txt"].startswith(b"Bridges closed: 2\n")
        assert "Bridges closed: 2" in members["README.txt"].decode()

    def test_a_version_that_was_imported_is_not_passed_off_as_fetched(self, store: Archive, place: Path) -> None:
        tracked = watch(store)
        for n, imported in ((1, minutes(5)), (2, None)):
            commit_check(store, replace(intent(tracked, n, minutes(n)), imported_at=imported))
        assert packed(store, tracked.id, place, anchored(seal_log(store, SIGNER, minutes(10))), 1, 2) == []
        members, _ = opened(place)
        noted = [
            line
            for line in members["README.txt"].decode().splitlines()
            if line.startswith(("v1 imported", "v2 imported"))
        ]
        assert noted == [
            "v1 imported       2026-11-25 09:05:00.000 UTC; the archive did not fetch it from the publisher"
        ]

    def test_a_version_not_in_the_checkpoint_is_not_proven_to_it(self, store: Archive, place: Path) -> None:
        tracked = watch(store)
        grow(store, tracked, 2)
        note = seal_log(store, SIGNER, minutes(10))
        commit_check(store, intent(tracked, 3, minutes(11)))
        with pytest.raises(NotKnown):
            packed(store, tracked.id, place, anchored(note), 2, 3)
        assert choose_anchor([(note, {})], SIGNER.public, 3) is None
        assert not place.exists()

    def test_what_was_taken_down_is_refused(self, store: Archive, place: Path) -> None:
        ident = fill(store)
        note = seal_log(store, SIGNER, minutes(10))
        take_down(store, ident, "court order", minutes(20), 4)
        with pytest.raises(ArchiveError, match="court order"):
            gather(store, ident, 2, 4)
        # What lies between may be gone: its leaf is not.
        assert packed(store, ident, place, anchored(note), 3, 5) == []

    def test_what_is_damaged_is_named_and_not_packed(self, store: Archive) -> None:
        ident = fill(store)
        seal_log(store, SIGNER, minutes(10))
        with store.write() as connection:
            connection.run("UPDATE version SET seen_at = seen_at + 1 WHERE n = 3")
        assert [each.what for each in _damage(gather(store, ident, 2, 4))] == [f"{ident}@3"]
        assert isinstance(gather(store, ident, 4, 5), Gathered)

    def test_a_log_that_was_rolled_back_is_seen(self, store: Archive, place: Path) -> None:
        ident = fill(store)
        first = seal_log(store, SIGNER, minutes(10))
        grow(store, watch(store, f"{URL}/later"), 1)
        latest = seal_log(store, SIGNER, minutes(20))
        with store.write() as connection:
            connection.run("UPDATE leaf SET position = NULL WHERE position > 10")
        damage = packed(store, ident, place, anchored(first, latest))
        assert [each.what for each in damage] == ["consistency.json"]
        assert not place.exists()


def _damage(found: Gathered | list[Damage]) -> list[Damage]:
    assert isinstance(found, list)
    return found


class TestChoice:
    def test_the_oldest_with_a_stamp_and_the_latest(self, store: Archive) -> None:
        grow(store, watch(store), 2)
        notes = [seal_log(store, SIGNER, minutes(3))]
        for place in range(3):
            grow(store, watch(store, f"{URL}/{place}"), 1)
            notes.append(seal_log(store, SIGNER, minutes(4)))
        stamped = [(note, {"a.tsr": b"."} if place == 2 else {}) for place, note in enumerate(notes)]
        found = choose_anchor(stamped, SIGNER.public, 2)
        assert found is not None
        assert (found.note, found.latest) == (notes[2], notes[3])
        plain = choose_anchor([(note, {}) for note in notes], SIGNER.public, 3)
        assert plain is not None
        assert (plain.note, plain.latest) == (notes[1], notes[3])
        assert choose_anchor([(notes[0], {}), ("nonsense", {})], Signer.new("other").public, 2) is None


class TestAlone:
    def test_it_needs_nothing_but_python(self, alone: Callable[..., subprocess.CompletedProcess[str]], whole) -> None:
        done = alone(whole, "--key", SIGNER.public)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.endswith("Everything verified.\n")
        assert done.stdout.count("ok     ") == 8
        assert "DAMAGED" not in done.stdout
        assert "time stamps NOT CHECKED here" in done.stdout
        unknown = alone(whole)
        assert (unknown.returncode, "the key was taken from key.pub" in unknown.stdout) == (4, True)

    def test_unpacked_it_checks_the_folder_it_stands_in(self, whole: Path, tmp_path: Path) -> None:
        folder = tmp_path / "unpacked"
        shutil.unpack_archive(whole, folder)
        done = run(verify=folder / "verify.py")
        assert done.returncode == 4, done.stdout
        (folder / "new" / "page.html").write_bytes(b"other")
        (folder / "old" / "text.txt").unlink()
        done = run(verify=folder / "verify.py")
        assert done.returncode == 5
        assert "DAMAGED  new/page.html" in done.stdout
        assert "DAMAGED  old/text.txt: it is missing" in done.stdout

    def test_another_key_is_refused(self, alone: Callable[..., subprocess.CompletedProcess[str]], whole: Path) -> None:
        for key in (Signer.new("herald.example/archive").public, "nonsense", "a+b+c"):
            done = alone(whole, "--key", key)
            assert done.returncode == 5
            assert "DAMAGED  key.pub: it differs from the given key" in done.stdout
            assert "DAMAGED  checkpoint.note: it is not signed with the given key" in done.stdout
            assert "compare --key with the key that the archive publishes" in done.stdout

    def test_what_is_no_package(self, alone: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
        (tmp_path / "none.zip").write_bytes(b"nonsense")
        with zipfile.ZipFile(tmp_path / "pages.wacz", "w") as package:
            package.writestr("archive/data.warc", "WARC/1.1")
        os.mkfifo(tmp_path / "pipe.zip")
        why = {
            "none.zip": "it cannot be opened: File is not a zip file",
            "absent.zip": "it cannot be opened: [Errno 2] No such file",
            "pages.wacz": "it is not an evidence package, because it has no SHA256SUMS",
            "pipe.zip": "it cannot be opened: pipe.zip is not a regular file",
        }
        for name, reason in why.items():
            done = alone(tmp_path / name)
            assert (done.returncode, done.stderr) == (5, "")
            assert f"DAMAGED  {tmp_path / name}: {reason}" in done.stdout
            assert "Ask for the original .zip file" in done.stdout
        assert alone(tmp_path, "--nonsense").returncode == 2


class TestFlips:
    def test_every_member_is_guarded_and_a_missing_one_named(self, members: Members) -> None:
        dice = random.Random(7)
        for name in members:
            for _ in range(3):
                damage = examined(flipped(members, name, dice))
                assert any(name in f"{what} {how}" for what, how in damage), name
        for name in set(members) - {verifier.SUMS}:
            rest = {each: data for each, data in members.items() if each != name}
            assert any(name == what for what, _ in examined(rest)), name

    def test_a_bit_of_the_file_itself(self, whole: Path, tmp_path: Path) -> None:
        data, dice = whole.read_bytes(), random.Random(3)
        seen = 0
        for _ in range(60):
            place = tmp_path / "flipped.zip"
            at = dice.randrange(len(data) * 8)
            changed = bytearray(data)
            changed[at // 8] ^= 1 << at % 8
            place.write_bytes(changed)
            seen += verifier.main([str(place)]) == 5
        # A ZIP has a few bits that nobody reads: times, versions, attributes.
        assert seen >= 50


def examined(members: Members) -> list[tuple[str, str]]:
    return verifier.Examination(members, SIGNER.public).run().damage


def flipped(members: Members, name: str, dice: random.Random) -> Members:
    data = bytearray(members[name])
    at = dice.randrange(len(data) * 8)
    data[at // 8] ^= 1 << at % 8
    return members | {name: bytes(data)}
