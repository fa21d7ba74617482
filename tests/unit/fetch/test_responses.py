import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fake_fetcher import page
from tracker.fetch.errors import FetchError
from tracker.fetch.responses import (
    check_complete,
    check_header_count,
    content_length,
    explain_status,
    joined_header,
    refusal,
    retry_after,
)
from tracker.model.capture import FailureKind, first_header

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
HTML = ("Content-Type", "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("999999", 999_999.0),
        ("9" * 12, 999_999_999_999.0),
        ("Wed, 25 Nov 2026 12:05:00 GMT", 300.0),
        ("Wed, 25 Nov 2026 12:05:00 -0000", 300.0),
        ("Wed, 25 Nov 2026 11:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("9" * 40, None),
        ("Wed, 99 Nov 2026 12:05:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.text(max_size=60))
def test_retry_after_never_raises(value: str) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or seconds >= 0


@given(st.integers(0, 86_400))
def test_retry_after_reads_every_date_it_is_given(seconds: int) -> None:
    at = NOW + timedelta(seconds=seconds)
    assert retry_after(format_datetime(at, usegmt=True), NOW) == seconds


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (404, "404 Not Found: there is no page"),
        (410, "removed permanently"),
        (451, "legal"),
        (599, "answered 599: "),
        (204, "204"),
    ],
)
def test_a_status_is_explained(status: int, meaning: str) -> None:
    assert meaning in explain_status(status, None)
    assert "wait" not in explain_status(status, None)
    assert explain_status(503, 30).endswith("; it asks to wait 30 s")


def test_header_names_are_not_case_sensitive() -> None:
    headers = (("X", "1"), ("ETAG", "a"), ("etag", "b"))
    assert first_header(headers, "etag") == "a"
    assert joined_header(headers, "etag") == "a, b"
    assert first_header(headers, "none") == ""


@pytest.mark.parametrize(("value", "length"), [("12", 12), ("0", 0), ("-1", None), ("many", None)])
def test_a_content_length_is_a_number(value: str, length: int | None) -> None:
    assert content_length((("Content-Length", value),)) == length
    assert content_length(()) is None


def test_too_many_headers_are_refused() -> None:
    check_header_count((("A", "b"),) * 200)
    with pytest.raises(FetchError) as caught:
        check_header_count((("A", "b"),) * 201)
    assert caught.value.kind is FailureKind.PROTOCOL


@pytest.mark.parametrize("proof", ["Content-Length", "Transfer-Encoding", "Content-Encoding"])
def test_a_page_with_a_known_length_needs_no_end_tag(proof: str) -> None:
    check_complete((HTML, (proof, "x")), b"<p>text")


def test_a_page_without_a_known_length_needs_its_end_tag() -> None:
    check_complete((HTML,), b"<html><p>text</HTML >\n")
    check_complete((("Content-Type", "application/rss+xml"),), b"<rss>")
    check_complete((), b"text")
    for body in (b"User-agent: *\nDisallow: /x\n", b'<?xml version="1.0"?>\n<!-- x -->\n<rss version="2.0"><channel>'):
        check_complete((HTML,), body)
    with pytest.raises(FetchError) as caught:
        check_complete((HTML,), b"<html><p>text")
    assert caught.value.kind is FailureKind.TRUNCATED


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
