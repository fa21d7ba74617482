"""Indexes and listings of captures: which they name, where each is, and the index next to a WARC file."""

from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracker.errors import PageError, UsageError
from tracker.exchange.cdx import ArchivedPage, Index, archived_pages, is_listing, locations, places, surt
from tracker.exchange.files import writing
from tracker.model.capture import Capture

ARCHIVE = "https://archive.example/web/"
TEXT = """\
org,x)/a 20200102000000 https://x.org/a text/html 200 BBBB 900
org,x)/a 20200101000000 https://x.org/a text/html 200 AAAA 900
org,x)/a 20200103000000 https://x.org/a warc/revisit - BBBB 900
org,x)/a 20200104000000 https://x.org/a text/html 200 AAAA 900
org,x)/a 20200105000000 https://x.org/a text/html 404 CCCC 900
org,x)/a.png 20200101000000 https://x.org/a.png image/png 200 DDDD 900
"""
JSON = """\
[["urlkey","timestamp","original","mimetype","statuscode","digest","length"],
["org,x)/a", "20200101000000", "https://x.org/a", "text/html", "200", "AAAA", "900"],
["org,x)/a", "20200102000000", "https://x.org/a", "text/html", "200", "BBBB", "900"],
["org,x)/a", "20200104000000", "https://x.org/a", "text/html", "200", "AAAA", "900"]]
"""
HEADED = """ CDX b a m s k
20200101000000 https://x.org/a text/html 200 AAAA
20200102000000 https://x.org/a text/html 200 BBBB
20200104000000 https://x.org/a text/html 200 AAAA
"""
CDXJ = """\
!meta {"format": "cdxj"}
org,x)/a 20200101000000 {"url": "https://x.org/a", "mime": "text/html", "status": "200", "digest": "AAAA"}
org,x)/a 20200102000000 {"url": "https://x.org/a", "mime": "text/html", "status": "200", "digest": "BBBB"}
org,x)/a 20200104000000 {"url": "https://x.org/a", "mime": "text/html", "status": "200"}
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "list.cdx"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize("text", [TEXT, JSON, HEADED, CDXJ], ids=["text", "json", "header", "cdxj"])
def test_every_form_gives_the_pages_oldest_first(tmp_path, text):
    path = written(tmp_path, text)
    assert is_listing(path)
    assert archived_pages([path], ARCHIVE) == [
        ArchivedPage(
            datetime(2020, 1, day, tzinfo=UTC),
            "https://x.org/a",
            f"https://archive.example/web/2020010{day}000000id_/https://x.org/a",
        )
        for day in (1, 2, 4)
    ]


def test_a_listing_may_name_the_address_of_each_capture(tmp_path):
    line = 'x 20200101000000 {"url": "https://x.org/a", "load_url": "https://other.example/2020id_/https://x.org/a"}'
    (page,) = archived_pages([written(tmp_path, line)], ARCHIVE)
    assert page.address == "https://other.example/2020id_/https://x.org/a"


def test_an_index_of_warc_files_is_no_listing(tmp_path):
    line = 'x 20200101000000 {"url": "https://x.org/a", "filename": "a.warc.gz", "offset": 0}'
    assert not is_listing(written(tmp_path, line))


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "org,x)/a 2020 https://x.org/a text/html 200 BBBB 900",
        "org,x)/a 20200102000000 nowhere text/html 200 BBBB 900",
        "org,x)/a 20200102000000 {",
        '[["timestamp"],\n["20200102000000"]]',
        "org,x)/a 20200102000000 https://x.org/a",
    ],
)
def test_what_is_no_entry_is_named_by_its_line(tmp_path, line):
    with pytest.raises(PageError, match="line"):
        archived_pages([written(tmp_path, line)], ARCHIVE)


def test_a_listing_without_pages_is_refused(tmp_path):
    with pytest.raises(PageError, match="no captures of pages"):
        archived_pages([written(tmp_path, TEXT.splitlines()[-1])], ARCHIVE)
    with pytest.raises(UsageError):
        archived_pages([written(tmp_path, TEXT)], "nowhere")


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_a_compressed_listing_that_is_cut_short_or_damaged_is_named(tmp_path, ending):
    path = tmp_path / f"listing.{ending}"
    with writing(path) as file:
        file.write(TEXT.encode())
    packed = path.read_bytes()
    for damaged in (packed[:5], packed[:-9], packed[:20] + b"\xff" * 40):
        path.write_bytes(damaged)
        with pytest.raises(PageError, match="damaged or cut short") as error:
            archived_pages([path], ARCHIVE)
        assert error.value.resource == str(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.binary(max_size=80)
    | st.tuples(st.sampled_from([TEXT, JSON, CDXJ]), st.integers(0, 90), st.binary(max_size=3)).map(
        lambda t: t[0].encode()[: t[1]] + t[2] + t[0].encode()[t[1] :]
    )
)
def test_any_bytes_are_a_listing_or_an_error(tmp_path, body):
    with suppress(PageError, UsageError):
        assert archived_pages([written(tmp_path, body)], ARCHIVE)


INDEX = b"""!meta 0 {"format": "cdxj"}
com,example)/a 20200101000000 {"url": "https://example.com/a", "filename": "a.warc.gz", "offset": "0", "length": "9"}

com,example)/b 20200102000000 {"url": "https://example.com/b", "filename": "sub/b.warc.gz", "offset": 77}
"""
CDX11 = b""" CDX N b a m s k r M S V g
com,example)/a 20200101000000 https://example.com/a text/html 200 AAAA - - 900 12 a.warc.gz
com,example)/b 20200101000000 https://example.com/b text/html 200 AAAA - - 900 34 b.warc.gz
"""
CDX9 = b""" CDX N b a m s k r V g
com,example)/a 20200101000000 https://example.com/a text/html 200 AAAA - 12 a.warc.gz
"""
WAYBACK = b"com,example)/a 20200101000000 https://example.com/a text/html 200 AAAA 900\n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (INDEX, [("a.warc.gz", 0), ("sub/b.warc.gz", 77)]),
        (CDX11, [("a.warc.gz", 12), ("b.warc.gz", 34)]),
        (CDX11.partition(b"\n")[2], [("a.warc.gz", 12), ("b.warc.gz", 34)]),
        (CDX9, [("a.warc.gz", 12)]),
        (CDX9.replace(b"/a ", b"/a?q={x} "), [("a.warc.gz", 12)]),
        (INDEX.replace(b"/a 2020", b"/a?q={x} 2020"), [("a.warc.gz", 0), ("sub/b.warc.gz", 77)]),
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


@pytest.mark.parametrize("data", [b"a b {nonsense\n", b'a b {"filename": "x", "offset": "y"}', b"a b [] {"])
def test_what_is_no_entry(data: bytes) -> None:
    with pytest.raises(PageError, match="line 2"):
        list(locations([b"!meta\n", data]))


def test_warc_files_are_found_beside_the_index(tmp_path: Path) -> None:
    index = tmp_path / "all.cdxj"
    index.write_bytes(INDEX)
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


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.Example.com/A/B/?z=1&a=2", "com,example)/a/b?a=2&z=1"),
        ("http://example.com:8080/", "com,example:8080)/"),
        ("https://example.com:443/a//b", "com,example)/a/b"),
        ("http://www2.example.com/x?", "com,example)/x"),
        ("https://example.com/%C3%A9t%C3%A9?q=%2f", "com,example)/%c3%a9t%c3%a9?q=/"),
        ("https://example.com/été", "com,example)/%c3%a9t%c3%a9"),
        ("http://127.0.0.1:8000/x", "1,0,0,127:8000)/x"),
        ("https://example.com/A%20b#part", "com,example)/a%20b"),
        ("https://user:pw@example.com./", "com,example)/"),
        ("http://[::1]/x", "::1)/x"),
        ("https://example.com/50%25", "com,example)/50%25"),
    ],
)
def test_keys_are_those_of_the_surt_package(url, key):
    assert surt(url) == key


def test_lines_are_sorted_by_bytes():
    record: Any = {"mime": "text/html", "digest": "sha256:A", "offset": 1, "length": 2, "file": "a.warc.gz"}
    with closing(Index()) as index:
        for url, hour in (("https://b.example/", 1), ("https://a.example/é", 2), ("https://a.example/", 3)):
            capture = Capture(url, url, 200, (), b"", datetime(2026, 11, 25, hour, tzinfo=UTC), "")
            index.add(capture, **record, title="T\ud800")
        made = list(index.lines())
        pages = list(index.pages())
    assert [line.split(" ")[0] for line in made] == ["example,a)/", "example,a)/%c3%a9", "example,b)/"]
    assert made[0] == (
        'example,a)/ 20261125030000 {"url": "https://a.example/", "mime": "text/html", "status": "200", '
        '"digest": "sha256:A", "length": "2", "offset": "1", "filename": "a.warc.gz"}\n'
    )
    assert pages[0] == ("https://b.example/", "2026-11-25T01:00:00Z", "T\ufffd")
