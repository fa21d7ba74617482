"""The index next to a WARC file."""

from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from tracker.exchange.cdx import Index, surt
from tracker.model.capture import Capture


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
