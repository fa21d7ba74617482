from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from tracker.model.capture import Capture
from tracker.pipeline.media import refusal

PAGE = b"<!doctype html><html><body><p>The bridge is closed.</p></body></html>"


def capture(body: bytes, kind: str = "text/html; charset=utf-8") -> Capture:
    return Capture(
        url="http://a.test/",
        final_url="http://a.test/",
        status=200,
        headers=(("Content-Type", kind),) if kind else (),
        body=body,
        fetched_at=datetime(2026, 11, 25, tzinfo=UTC),
        sha256="",
        elapsed=0.1,
    )


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
    assert refusal(capture(body, kind)) == ""


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "application/pdf", "image/png", "application/rss+xml"]
)
def test_what_the_server_calls_something_else_and_is(kind: str) -> None:
    assert kind in refusal(capture(b'{"a": "The bridge is closed."}', kind))


def test_bytes_that_are_no_text() -> None:
    assert "binary data" in refusal(capture(random.Random(1).randbytes(50_000)))
