"""Files from strangers: a few kilobytes that would unpack to gigabytes, and lists that name what nobody fetches."""

import gzip
import zipfile
from pathlib import Path

import pytest

from tracker.errors import PageError
from tracker.exchange import files, lists, warc_read
from tracker.exchange.record import records
from tracker.exchange.warc_read import Warcs

HEAD = b"WARC/1.1\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"


@pytest.mark.parametrize("filler", [b"A" * 1000, b"A: b\r\n" * 200], ids=["one line", "many lines"])
def test_a_record_whose_head_does_not_end_is_refused(tmp_path: Path, filler: bytes) -> None:
    path = tmp_path / "a.warc.gz"
    with gzip.open(path, "wb") as out:
        out.write(HEAD + b"WARC/1.1\r\nX-A: ")
        for _ in range(2 * warc_read.MAX_HEAD_BYTES // 1000):
            out.write(filler)
    with Warcs([path]) as warcs, pytest.raises(PageError, match="damaged") as caught:
        list(warcs.captures())
    assert caught.value.hint == "the headers of a record are too long"


def test_an_index_that_leads_behind_the_end_of_its_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(HEAD)
    with Warcs([path], {path: [len(HEAD)]}) as warcs, pytest.raises(PageError, match="the index leads to no records"):
        list(warcs.captures())


def test_a_package_of_zeros_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("archive/data.warc", HEAD + b"\0" * 5_000_000)
    with pytest.raises(PageError, match="fill the disk"):
        Warcs([path])


@pytest.mark.parametrize(
    ("at", "value"),
    [(8, b"\1"), (10, b"\1"), (6, b"\xff"), (42, b"\xff\xff\xff\xfe")],
    ids=["encrypted", "an unknown packing", "of a later version", "a place before the file"],
)
def test_a_package_that_cannot_be_unpacked_is_damaged(tmp_path: Path, at: int, value: bytes) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("archive/data.warc", HEAD)
    made = bytearray(path.read_bytes())
    start = made.index(b"PK\x01\x02") + at
    made[start : start + len(value)] = value
    path.write_bytes(made)
    with pytest.raises(PageError, match="damaged"):
        Warcs([path])


def test_a_line_of_gigabytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_LINE_BYTES", 1000)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"{}\n" + b"A" * 2_000))
    given = files.lines(path)
    assert next(given) == b"{}\n"
    with pytest.raises(PageError, match="longer than"):
        next(given)


def test_json_that_goes_too_deep_is_no_version() -> None:
    with pytest.raises(PageError, match="line 1 is not a valid version"):
        next(records([b"[" * 200_000]))


def test_a_name_that_repeats_itself_a_billion_times_is_none() -> None:
    levels = [b"a0: &a0 [lol, lol]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]".encode() for n in range(1, 30)]
    [found] = lists.read("urlwatch", b"\n".join([*levels, b"url: https://a.example/x", b"name: *a29"]))
    assert (found.url, found.title) == ("https://a.example/x", "")


def test_what_nobody_fetches_is_refused_without_its_password() -> None:
    body = b"file:///etc/passwd\nsource:file:///etc/passwd\njavascript:alert(1)\nhttps://u:p4ssw0rd@a.example/\nhttp://[x/\n"
    found = lists.read("changedetection", body)
    assert len(found) == 5
    assert all(each.problem and each.kind is None for each in found)
    assert not any("p4ssw0rd" in str(each) for each in found)


def test_a_list_that_is_encrypted_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("url-watches.json", "{}")
    made = bytearray(path.read_bytes())
    made[made.index(b"PK\x01\x02") + 8] = 1
    with pytest.raises(PageError, match="not a list of changedetection"):
        lists.read("changedetection", bytes(made))
