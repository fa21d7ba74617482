"""Listings of web archives: which captures they name, and where each is."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracker.errors import PageError, UsageError
from tracker.exchange.cdx import ArchivedPage, archived_pages, is_listing
from tracker.exchange.files import writing

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
