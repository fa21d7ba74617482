"""Indexes of WARC files: which records they name."""

from pathlib import Path

import pytest

from tracker.errors import PageError, UsageError
from tracker.exchange.cdx import locations, places

CDXJ = b"""!meta 0 {"format": "cdxj"}
com,example)/a 20200101000000 {"url": "https://example.com/a", "filename": "a.warc.gz", "offset": "0", "length": "9"}

com,example)/b 20200102000000 {"url": "https://example.com/b", "filename": "sub/b.warc.gz", "offset": 77}
"""
CDX11 = b""" CDX N b a m s k r M S V g
com,example)/a 20200101000000 https://example.com/a text/html 200 AAAA - - 900 12 a.warc.gz
com,example)/b 20200101000000 https://example.com/b text/html 200 AAAA - - 900 34 b.warc.gz
"""
CDX9 = (
    b" CDX N b a m s k r V g\ncom,example)/a 20200101000000 https://example.com/a text/html 200 AAAA - 12 a.warc.gz\n"
)
WAYBACK = b"com,example)/a 20200101000000 https://example.com/a text/html 200 AAAA 900\n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (CDXJ, [("a.warc.gz", 0), ("sub/b.warc.gz", 77)]),
        (CDX11, [("a.warc.gz", 12), ("b.warc.gz", 34)]),
        (CDX11.partition(b"\n")[2], [("a.warc.gz", 12), ("b.warc.gz", 34)]),
        (CDX9, [("a.warc.gz", 12)]),
        (CDX9.replace(b"/a ", b"/a?q={x} "), [("a.warc.gz", 12)]),
        (CDXJ.replace(b"/a 2020", b"/a?q={x} 2020"), [("a.warc.gz", 0), ("sub/b.warc.gz", 77)]),
    ],
)
def test_every_form(data: bytes, expected: list[tuple[str, int]]) -> None:
    assert list(locations(data.splitlines(keepends=True))) == expected


@pytest.mark.parametrize("data", [WAYBACK, b'com,example)/a 2020 {"url": "https://example.com/a"}\n'])
def test_a_listing_holds_no_captures(data: bytes) -> None:
    with pytest.raises(UsageError, match="does not name a WARC file") as caught:
        list(locations([data], "list.cdx"))
    assert "listing" in caught.value.hint
    assert caught.value.resource == "list.cdx"


@pytest.mark.parametrize(
    "data", [b"nonsense\n", b"a b {nonsense\n", b'a b {"filename": "x", "offset": "y"}', b"a b [] {"]
)
def test_what_is_no_entry(data: bytes) -> None:
    with pytest.raises(PageError, match="line 2"):
        list(locations([b"!meta\n", data]))


def test_warc_files_are_found_beside_the_index(tmp_path: Path) -> None:
    index = tmp_path / "all.cdxj"
    index.write_bytes(CDXJ)
    (tmp_path / "a.warc.gz").touch()
    with pytest.raises(UsageError, match="not in the folder of the index") as caught:
        places([index])
    assert "sub/b.warc.gz" in str(caught.value)
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "b.warc.gz").touch()
    assert places([index]) == {tmp_path / "a.warc.gz": [0], tmp_path / "archive" / "b.warc.gz": [77]}
    index.write_bytes(b"!meta\n")
    with pytest.raises(PageError, match="contains no captures"):
        places([index])


def test_what_lies_outside_the_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.warc").touch()
    folder = tmp_path / "listing"
    folder.mkdir()
    index = folder / "all.cdxj"
    for name in ("../secret.warc", str(tmp_path / "secret.warc"), "link.warc"):
        index.write_text(f'a 1 {{"filename": "{name}", "offset": "0"}}\n')
        if name == "link.warc":
            (folder / name).symlink_to(tmp_path / "secret.warc")
        with pytest.raises(UsageError, match="not in the folder of the index"):
            places([index])
