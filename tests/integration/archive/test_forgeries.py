"""Forged packages of evidence: none is accepted with the archive's key, whoever made it without that key."""

import io
import json
import os
import shutil
import stat
import struct
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.archive_samples import grow, minutes, watch
from tests.archives import temporary_archive
from tests.integration.archive.test_evidence_packages import SIGNER, fill, packed
from tracker.archive.ledger.checkpoints import Checkpoint, Signer
from tracker.archive.ledger.log import seal_log
from tracker.archive.ledger.log_proofs import leaf_hash
from tracker.archive.verdicts import save_verdict
from tracker.evidence import packing, verifier
from tracker.evidence.packing import choose_anchor
from tracker.evidence.verifier import SIGNATURE, SUMS, Members, opened
from tracker.model.change import LabelKind, Verdict, Weight

THIEF = Signer.new("herald.example/archive")
CANDIDATES = (sys.executable, *(f"/usr/bin/python3.{minor}" for minor in (11, 12, 13)))
PYTHONS = sorted(each for each in set(CANDIDATES) if Path(each).exists())


@dataclass(frozen=True)
class Whole:
    path: Path
    members: Members


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """Return a package with a checkpoint and a later one, and two verdicts, of which the later one has the first."""
    with temporary_archive() as store:
        ident = fill(store)
        first = seal_log(store, SIGNER, minutes(10))
        grow(store, watch(store, "https://herald.example/later"), 2)
        save_verdict(
            store, Verdict(ident, 3, minutes(15), "ada", Weight.ROUTINE, (LabelKind.NUMBER,), note="A recount.")
        )
        latest = seal_log(store, SIGNER, minutes(20))
        save_verdict(store, Verdict(ident, 4, minutes(25), "ben", labels=(), link="https://x.example/1"))
        save_verdict(store, Verdict(ident, 5, minutes(26), "ben", note="About another change."))
        made = choose_anchor([(latest, {}), (first, {})], SIGNER.public, 5)
        assert made is not None
        path = tmp_path_factory.mktemp("whole") / "evidence.zip"
        assert not packed(store, ident, path, made)
    members, refused = opened(path)
    assert not refused
    return Whole(path, members)


def zipped(members: list[tuple[str, bytes]], comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members:
            info = zipfile.ZipInfo(name, (2026, 11, 25, 9, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, data)
        package.comment = comment
    return out.getvalue()


def replaced(**changes: bytes) -> Callable[[Members], Members]:
    """Return what puts other bytes into members; two underscores stand for a slash, one for a dot."""
    named = {name.replace("__", "/").replace("_", "."): data for name, data in changes.items()}
    return lambda members: members | {next(n for n in members if n == name): data for name, data in named.items()}


def edited(name: str, old: bytes, new: bytes) -> Callable[[Members], Members]:
    def change(members: Members) -> Members:
        assert old in members[name]
        return members | {name: members[name].replace(old, new, 1)}

    return change


def without(name: str) -> Callable[[Members], Members]:
    return lambda members: {each: data for each, data in members.items() if each != name}


def with_file(name: str, data: bytes = b"forged") -> Callable[[Members], Members]:
    return lambda members: members | {name: data}


def swapped(one: str, other: str) -> Callable[[Members], Members]:
    return lambda members: members | {one: members[other], other: members[one]}


def relabelled(members: Members) -> Members:
    diff = json.loads(members["diff/diff.json"])
    diff["labels"] = [{"kind": "stealth", "evidence": "made up"}]
    return members | {"diff/diff.json": json.dumps(diff).encode()}


def with_own_log(members: Members) -> Members:
    """Return the package with another text, sealed in a log of the thief's own."""
    content = members["new/content.json"].replace(b"Nobody", b"Everybody")
    leaf = json.loads(members["leaves/v4.json"])
    leaf["content"] = "ab" * 32
    record = json.dumps(leaf, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    note = THIEF.sign(Checkpoint(THIEF.name, 1, leaf_hash(record).hex())).encode()
    return members | {"new/content.json": content, "leaves/v4.json": record, "checkpoint.note": note}


MEMBERS: dict[str, Callable[[Members], Members]] = {
    "a page": edited("new/page.html", b"floods 4", b"floods 9"),
    "the old page": edited("old/page.html", b"floods 2", b"floods 9"),
    "a text": edited("new/text.txt", b"floods 4", b"floods 9"),
    "facts": edited("old/facts.txt", b"Status: 200", b"Status: 404"),
    "a header": edited("new/capture.json", b"text/html", b"text/flat"),
    "content": edited("new/content.json", b"floods 4", b"floods 9"),
    "diff.html": edited("diff/diff.html", b"floods", b"bribes"),
    "diff.html replaced": replaced(diff__diff_html=b"<h1>Minister admits bribes</h1>"),
    "a patch": edited("diff/diff.patch", b"floods 4", b"floods 9"),
    "diff.json hunks": edited("diff/diff.json", b"Nobody was", b"Somebody was"),
    "labels": relabelled,
    "significance": edited("diff/diff.json", b'"significance":', b'"significance_":'),
    "a verdict": edited("verdicts/1.json", b"recount", b"mistake"),
    "a verdict not in the log": edited("verdicts/2.json", b'"ben"', b'"bob"'),
    "verdicts as text": edited("verdicts.txt", b"recount", b"mistake"),
    "a verdict less": without("verdicts/2.json"),
    "a verdict more": with_file("verdicts/3.json"),
    "a verdict's place": edited("verdicts.json", b'"index": ', b'"index": 1'),
    "verdicts without proofs": replaced(verdicts_json=b'{"schema": 1, "verdicts": [null, null]}'),
    "verdicts swapped": swapped("verdicts/1.json", "verdicts/2.json"),
    "README": edited("README.txt", b"WHAT IT PROVES", b"WHAT IT SHOWS"),
    "README with another key": edited("README.txt", SIGNER.public.encode(), THIEF.public.encode()),
    "verify.py": edited("verify.py", b"return FAILED", b"return OK"),
    "verify.py that says yes": replaced(verify_py=b"print('Everything verified.')"),
    "the time in a leaf": edited("leaves/v2.json", b'"seen":17', b'"seen":16'),
    "the number in a leaf": edited("leaves/v3.json", b'"n":3', b'"n":4'),
    "the outlet in a leaf": edited("leaves/v2.json", b'"Herald"', b'"Herold"'),
    "a leaf between": without("leaves/v3.json"),
    "leaves swapped": swapped("leaves/v2.json", "leaves/v4.json"),
    "sides swapped": swapped("old/page.html", "new/page.html"),
    "texts swapped": swapped("old/text.txt", "new/text.txt"),
    "an index": edited("proof.json", b'"index": ', b'"index": 1'),
    "a proof without a path": replaced(proof_json=b'{"schema": 1}'),
    "no proof": without("proof.json"),
    "a root": edited("checkpoint.note", b"\n11\n", b"\n12\n") ,
    "the time of a checkpoint": edited("checkpoint.note", b"made 2026", b"made 2025"),
    "no checkpoint": without("checkpoint.note"),
    "checkpoints swapped": swapped("checkpoint.note", "latest.note"),
    "no later checkpoint": without("latest.note"),
    "no consistency proof": without("consistency.json"),
    "the thief's key": replaced(key_pub=f"{THIEF.public}\n".encode()),
    "the thief's log": with_own_log,
    "a file more": with_file("old/affidavit.txt"),
    "a page next to the page": with_file("new/page.htm"),
    "a made-up time stamp": with_file("checkpoint.note.authority.tsr"),
    "a file above": with_file("../evil.txt"),
    "a name in capitals": with_file("New/Page.html"),
    "no diff": without("diff/diff.html"),
    "no README": without("README.txt"),
    "no list": without(SUMS),
    "no signature": without(SIGNATURE),
}  # fmt: skip


def resigned(members: Members) -> Members:
    if SUMS not in members or SIGNATURE not in members:
        return members
    sums = verifier.sums_of(members)
    return members | {SUMS: sums, SIGNATURE: THIEF.sign_text(verifier.signed_sums(THIEF.public, sums)).encode()}


FINISHES: dict[str, Callable[[Members], Members]] = {
    "as it is": lambda members: members,
    "new sums": lambda members: members | {SUMS: verifier.sums_of(members)} if SUMS in members else members,
    "new sums and signature": resigned,
}


@pytest.mark.parametrize("finish", FINISHES)
@pytest.mark.parametrize("name", MEMBERS)
def test_members(whole: Whole, tmp_path: Path, name: str, finish: str) -> None:
    """Each as it is, with new sums, and with new sums signed by the thief."""
    place = tmp_path / "forged.zip"
    place.write_bytes(zipped(sorted(FINISHES[finish](MEMBERS[name](whole.members)).items())))
    code, lines = verifier.examine(place, SIGNER.public)
    assert code == verifier.FAILED, lines
    assert verifier.examine(place, "")[0] in {verifier.FAILED, verifier.NO_KEY}


FORGED = ("new/page.html", b"<p>forged")


def hidden_between(data: bytes, members: Members) -> bytes:
    """Put a member between the last one and the directory, which does not list it: some programs go by headers."""
    hidden = zipped([FORGED])
    hidden = hidden[: hidden.index(b"PK\x01\x02")]
    at = data.index(b"PK\x01\x02")
    end = bytearray(data[data.index(b"PK\x05\x06") :])
    end[16:20] = struct.pack("<I", at + len(hidden))
    return data[:at] + hidden + data[at : data.index(b"PK\x05\x06")] + bytes(end)


FILES: dict[str, Callable[[bytes, Members], bytes]] = {
    "forged first": lambda _, members: zipped([FORGED, *members.items()]),
    "forged last": lambda _, members: zipped([*members.items(), FORGED]),
    "before the file": lambda data, _: b"<h1>forged</h1>" + data,
    "after the file": lambda data, _: data + zipped([FORGED]),
    "hidden between": hidden_between,
    "another name in the header": lambda data, _: data.replace(b"README.txt", b"REALLY.txt", 1),
    "another name in the directory": lambda data, _: b"REALLY.txt".join(data.rsplit(b"README.txt", 1)),
    # A program that goes by the header would look for the end of the bytes, behind which the size is said to be.
    "a descriptor that the header promises": lambda data, _: data[:6] + b"\x08" + data[7:],
    "a comment": lambda _, members: zipped(list(members.items()), b"The minister admits bribes"),
    "cut": lambda data, _: data[:-30],
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_files(whole: Whole, tmp_path: Path, name: str) -> None:
    place = tmp_path / "forged.zip"
    place.write_bytes(FILES[name](whole.path.read_bytes(), whole.members))
    code, lines = verifier.examine(place, SIGNER.public)
    assert code == verifier.FAILED, lines


@pytest.mark.parametrize(
    ("name", "mode", "how"),
    [
        ("new/photo.jpg", stat.S_IFREG | 0o644, ""),
        ("new/photo.jpg", stat.S_IFLNK | 0o777, "it is marked as a link or another special file"),
        ("new/photo.jpg", stat.S_IFIFO | 0o644, "it is marked as a link or another special file"),
        *(
            (name, 0, "it is a folder, or its name points outside the package")
            for name in ("affidavit/", "../x", "/etc/x", "a\\x")
        ),
    ],
)
def test_what_would_be_unpacked_as_another_thing_is_refused(
    whole: Whole, tmp_path, name: str, mode: int, how: str
) -> None:
    members = whole.members | {name: b"new/page.html"}
    members[SUMS] = verifier.sums_of(members)
    members[SIGNATURE] = SIGNER.sign_text(verifier.signed_sums(SIGNER.public, members[SUMS])).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for each, data in members.items():
            info = zipfile.ZipInfo(each, (2026, 11, 25, 9, 0, 0))
            info.external_attr = (mode if each == name else 0o644) << 16
            package.writestr(info, data)
    place = tmp_path / "marked.zip"
    place.write_bytes(out.getvalue())
    code, lines = verifier.examine(place, SIGNER.public)
    assert (code == verifier.OK) is (how == "")
    assert how in "\n".join(lines)


def test_a_package_that_would_fill_the_memory_is_not_read(whole: Whole, tmp_path: Path) -> None:
    place = tmp_path / "bomb.zip"
    place.write_bytes(zipped([*whole.members.items(), ("old/page2.html", bytes(verifier.MAX_PACKAGE_BYTES))]))
    assert place.stat().st_size < 1_000_000
    tracemalloc.start()
    code, lines = verifier.examine(place, SIGNER.public)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (code, peak < 20_000_000) == (verifier.FAILED, True)
    assert "it unpacks to more than 256 MiB" in lines[0]


FOLDERS: dict[str, Callable[[Path], object]] = {
    "a file more": lambda folder: (folder / "old" / "affidavit.txt").write_text("forged"),
    "another file": lambda folder: (folder / "diff" / "diff.html").write_text("forged"),
    "a file less": lambda folder: (folder / "README.txt").unlink(),
    "a link": lambda folder: (folder / "new" / "photo.jpg").symlink_to(folder / "new" / "page.html"),
    "a pipe": lambda folder: os.mkfifo(folder / "new" / "photo.jpg"),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_folders(whole: Whole, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "unpacked"
    shutil.unpack_archive(whole.path, folder)
    assert verifier.examine(folder, SIGNER.public)[0] == verifier.OK
    FOLDERS[name](folder)
    assert verifier.examine(folder, SIGNER.public)[0] == verifier.FAILED


def examined(members: Members, key: str = SIGNER.public) -> verifier.Examination:
    """Examine a package as the holder of the archive's key could make it: the list of its files is right."""
    sums = verifier.sums_of(members)
    signature = SIGNER.sign_text(verifier.signed_sums(SIGNER.public, sums)).encode()
    return verifier.Examination(members | {SUMS: sums, SIGNATURE: signature}, key).run()


def damaged(members: Members, key: str = SIGNER.public) -> set[str]:
    return {what for what, _ in examined(members, key).damage}


def test_a_package_holds_by_its_own_key_and_names_versions_of_other_articles(whole: Whole) -> None:
    assert damaged(whole.members) == damaged(whole.members, "") == set()
    other = Signer.new("herald.example/archive").public
    assert damaged(whole.members, other) == {"key.pub", "checkpoint.note", "latest.note", SIGNATURE}
    assert "leaves/v3.json" in damaged(whole.members | {"leaves/v3.json": whole.members["leaves/v2.json"]})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (edited("leaves/v3.json", b'"n":3', b'"n":7'), {"leaves/v3.json", "leaves/v4.json"}),
        (replaced(consistency_json=verifier.plainly({"schema": 1, "path": []})), {"consistency.json"}),
        (replaced(old__text_txt=b"other"), {"old/text.txt"}),
        (replaced(old__facts_txt=b"other"), {"old/facts.txt"}),
        (replaced(diff__diff_patch=b"other"), {"diff/diff.patch"}),
        (edited("diff/diff.json", b"Nobody was", b"Somebody was"), {"diff/diff.json"}),
        (edited("diff/diff.json", b'"title":{"old":"', b'"title":{"old":"Not '), {"diff/diff.json"}),
        (replaced(new__content_json=b"[]"), {"new/content.json"}),
        (with_file("checkpoint.note.other.tsr", b"nothing"), {"checkpoint.note.other.tsr"}),
    ],
)
def test_what_the_holder_of_the_key_altered_is_named(whole: Whole, change, named: set[str]) -> None:
    assert damaged(change(whole.members)) == named


@pytest.mark.parametrize(
    ("altered", "named"),
    [
        (lambda sums: b"\xff", SUMS),
        (lambda sums: sums.replace(b"  key.pub\n", b"  key.pub \n"), "key.pub "),
        (lambda sums: b"".join(reversed(sums.splitlines(keepends=True))), SUMS),
    ],
    ids=["not a text", "another name", "another order"],
)
def test_a_list_that_is_not_as_it_was_written_is_named(whole: Whole, altered: Callable[[bytes], bytes], named) -> None:
    sums = altered(whole.members[SUMS])
    signature = SIGNER.sign_text(verifier.signed_sums(SIGNER.public, sums)).encode()
    found = verifier.Examination(whole.members | {SUMS: sums, SIGNATURE: signature}).run()
    assert named in {what for what, _ in found.damage}


def test_verdicts_are_checked_apart_from_the_list_of_files(whole: Whole) -> None:
    assert "people's verdicts on these changes: 2, 1 of them in the log" in examined(whole.members).holds
    assert whole.members["verdicts.txt"].decode() == (
        "v3, 2026-11-25 09:15:00.000 UTC, ada\n  weight: routine\n  labels: number\n  A recount.\n\n"
        "v4, 2026-11-25 09:25:00.000 UTC, ben\n  labels: none (shown: none)\n  link: https://x.example/1\n"
    )
    forged = [name for name in MEMBERS if "verdict" in name and name != "a verdict not in the log"]
    assert [name for name in forged if not damaged(MEMBERS[name](whole.members))] == []


@pytest.mark.parametrize("python", PYTHONS)
def test_the_untouched_holds(whole: Whole, tmp_path: Path, python: str) -> None:
    script = tmp_path / "verify.py"
    script.write_bytes(packing.verifier_source())
    folder = tmp_path / "unpacked"
    shutil.unpack_archive(whole.path, folder)
    for package in (whole.path, folder):
        command = [python, "-I", str(script), str(package), "--key", SIGNER.public]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
