import random

import pytest

from tests.fake_fetcher import page
from tracker.pipeline.media import refusal

URL = "http://a.test/"
PAGE = b"<!doctype html><html><body><p>The bridge is closed.</p></body></html>"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PAGE, "text/html"),
        (PAGE, ""),
        (b"The bridge is closed.", "TEXT/HTML;charset=latin-1"),
        (PAGE, "text/plain"),
        (b'<?xml version="1.0"?>\n<!-- made by hand -->\n' + PAGE, "application/xml"),
        (PAGE.decode().encode("utf-16-le"), "text/html; charset=utf-16"),
        (b"\xff\xfe" + PAGE.decode().encode("utf-16-le"), "text/html"),
        (PAGE + b"\x00\x01", "text/html"),
        (b"", "text/html"),
    ],
)
def test_what_may_be_a_page(body: bytes, kind: str) -> None:
    assert refusal(page(URL, body, content_type=kind)) == ""


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "application/pdf", "image/png", "application/rss+xml"]
)
def test_what_the_server_calls_something_else_and_is(kind: str) -> None:
    assert kind in refusal(page(URL, b'{"a": "The bridge is closed."}', content_type=kind))


def test_bytes_that_are_no_text() -> None:
    assert "binary data" in refusal(page(URL, random.Random(1).randbytes(50_000)))
