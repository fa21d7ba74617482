import errno
import random
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fake_fetcher import page
from tracker.fetch.client import RedirectChain, conditional_headers, identity_headers, is_same_site, redirect_target
from tracker.fetch.errors import FetchError, network_error
from tracker.fetch.responses import (
    check_complete,
    check_header_count,
    content_length,
    explain_status,
    joined_header,
    refusal,
    retry_after,
)
from tracker.model.capture import FailureKind, Request, first_header

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


@pytest.mark.parametrize(
    ("url", "target", "same"),
    [
        ("http://a.test/x", "http://a.test/y", True),
        ("http://a.test/x", "https://a.test/y", True),
        ("https://a.test/x", "http://a.test/y", False),
        ("http://a.test/x", "http://b.test/y", False),
        ("https://a.test/x", "https://a.test:8443/y", False),
    ],
)
def test_same_site(url: str, target: str, same: bool) -> None:
    assert is_same_site(url, target) is same


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/b", "https://news.test/b"),
        ("https://other.test/ü".encode().decode("latin-1"), "https://other.test/%C3%BC"),
        ("/caf\xe9", "https://news.test/caf%C3%A9"),
        ("//other.test/x#part", "https://other.test/x"),
    ],
)
def test_where_a_redirect_leads(location: str, url: str) -> None:
    assert redirect_target("https://news.test/a", location) == url


@pytest.mark.parametrize(
    "location",
    ["", "file:///etc/passwd", "javascript:alert(1)", "gopher://x/", "https://u:p@news.test/", "http://[bad"],
)
def test_redirects_that_lead_nowhere(location: str) -> None:
    with pytest.raises(FetchError) as caught:
        redirect_target("https://news.test/a", location)
    assert caught.value.kind is FailureKind.REDIRECTS


def test_at_most_five_redirects_and_no_circle() -> None:
    chain = RedirectChain("u0")
    for n in range(1, 6):
        chain.follow(f"u{n}")
    assert chain.hops == ["u0", "u1", "u2", "u3", "u4"]
    with pytest.raises(FetchError, match="more than 5 times"):
        chain.follow("u6")
    with pytest.raises(FetchError, match="circle"):
        RedirectChain("u").follow("u")


def test_only_the_time_of_requests_counts() -> None:
    chain = RedirectChain("u")
    assert chain.elapsed == 0
    chain.start_clock()
    assert 0 < chain.elapsed < chain.elapsed
    chain.stop_clock()
    assert chain.elapsed == chain.elapsed > 0


@pytest.mark.parametrize(
    ("contact", "agent", "sender"),
    [
        ("https://desk.example/bot", "Mozilla/5.0 (compatible; writethru/1.2; +https://desk.example/bot)", ""),
        ("desk@desk.example", "Mozilla/5.0 (compatible; writethru/1.2; +desk@desk.example)", "desk@desk.example"),
        (
            "mailto:desk@desk.example ",
            "Mozilla/5.0 (compatible; writethru/1.2; +desk@desk.example)",
            "desk@desk.example",
        ),
        ("", "Mozilla/5.0 (compatible; writethru/1.2)", ""),
        ("x\r\nEvil: 1)", "Mozilla/5.0 (compatible; writethru/1.2; +xEvil:1)", ""),
    ],
)
def test_the_user_agent_names_the_contact(contact: str, agent: str, sender: str) -> None:
    headers = dict(identity_headers(contact, "1.2"))
    assert headers["User-Agent"] == agent
    assert headers.get("From", "") == sender


def test_a_request_is_conditional_if_anything_is_known_of_the_page() -> None:
    assert conditional_headers(Request("u")) == ()
    assert conditional_headers(Request("u", etag='"x"', last_modified="Wed")) == (
        ("If-None-Match", '"x"'),
        ("If-Modified-Since", "Wed"),
    )


@pytest.mark.parametrize(
    ("error", "answered", "kind"),
    [
        (httpcore.RemoteProtocolError("illegal status line"), False, FailureKind.PROTOCOL),
        (httpcore.RemoteProtocolError("Server disconnected"), False, FailureKind.CONNECT),
        (httpcore.RemoteProtocolError("peer closed connection"), True, FailureKind.TRUNCATED),
        (httpcore.ReadError("reset"), True, FailureKind.TRUNCATED),
        (httpcore.ReadTimeout(), True, FailureKind.TIMEOUT),
        (httpcore.PoolTimeout(), False, FailureKind.TIMEOUT),
        (httpcore.LocalProtocolError("bad header"), False, FailureKind.BAD_URL),
        (ssl.SSLError(1, "bad record mac"), True, FailureKind.TLS),
    ],
)
def test_every_network_error_has_a_kind(error: Exception, answered: bool, kind: FailureKind) -> None:
    found = network_error(error, answered=answered)
    assert found.kind is kind
    assert found.reason


def test_the_reason_is_the_operating_systems_where_there_is_one() -> None:
    assert network_error(httpcore.ConnectError(""), answered=False).reason == (
        "the server cannot be reached: ConnectError"
    )
    error = httpcore.ConnectError("All connection attempts failed")
    error.__cause__ = OSError("All connection attempts failed")
    error.__cause__.__cause__ = OSError(errno.ECONNREFUSED, "Connect call failed ('192.0.2.1', 80)")
    assert network_error(error, answered=False).reason == ("the server cannot be reached: Connection refused")
