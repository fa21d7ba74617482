import errno
import random
import ssl
import sys
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import brotli
import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fake_fetcher import page
from tracker.fetch.client import RedirectChain, conditional_headers, identity_headers, is_same_site, redirect_target
from tracker.fetch.decode import Decoder
from tracker.fetch.responses import (
    FetchError,
    check_complete,
    check_header_count,
    content_length,
    explain_status,
    joined_header,
    network_error,
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


def test_names_of_headers_and_codings_have_no_case_and_some_bytes_are_no_text() -> None:
    headers = (("X", "1"), ("ETAG", "a"), ("etag", "b"))
    assert first_header(headers, "etag") == "a"
    assert joined_header(headers, "etag") == "a, b"
    assert first_header(headers, "none") == ""
    assert Decoder("X-GZip", LIMIT).coding == "gzip"
    assert Decoder("BR, identity", LIMIT).coding == "br"
    assert "binary data" in refusal(page(URL, random.Random(1).randbytes(50_000)))


@pytest.mark.parametrize(("value", "length"), [("12", 12), ("0", 0), ("-1", None), ("many", None)])
def test_a_content_length_is_a_number(value: str, length: int | None) -> None:
    assert content_length((("Content-Length", value),)) == length
    assert content_length(()) is None


def test_pages_without_a_known_length_need_their_end_and_too_many_headers_are_refused() -> None:
    check_header_count((("A", "b"),) * 200)
    with pytest.raises(FetchError) as caught:
        check_header_count((("A", "b"),) * 201)
    assert caught.value.kind is FailureKind.PROTOCOL
    check_complete((HTML,), b"<html><p>text</HTML >\n")
    check_complete((("Content-Type", "application/rss+xml"),), b"<rss>")
    check_complete((), b"text")
    for body in (b"User-agent: *\nDisallow: /x\n", b'<?xml version="1.0"?>\n<!-- x -->\n<rss version="2.0"><channel>'):
        check_complete((HTML,), body)
    with pytest.raises(FetchError) as caught:
        check_complete((HTML,), b"<html><p>text")
    assert caught.value.kind is FailureKind.TRUNCATED


@pytest.mark.parametrize("proof", ["Content-Length", "Transfer-Encoding", "Content-Encoding"])
def test_a_page_with_a_known_length_needs_no_end_tag(proof: str) -> None:
    check_complete((HTML, (proof, "x")), b"<p>text")


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


def test_requests_are_conditional() -> None:
    assert conditional_headers(Request("u")) == ()
    assert conditional_headers(Request("u", etag='"x"', last_modified="Wed")) == (
        ("If-None-Match", '"x"'),
        ("If-Modified-Since", "Wed"),
    )


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


if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LIMIT = 200_000


def packed(body: bytes, wbits: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return packer.compress(body) + packer.flush()


def gzip(body: bytes) -> bytes:
    return packed(body, 31)


PACKERS = {
    "gzip": gzip,
    "deflate-zlib": lambda body: packed(body, 15),
    "deflate-raw": lambda body: packed(body, -15),
    "br": brotli.compress,
    "zstd": zstd.compress,
    "identity": bytes,
}
PACKED = [name for name in PACKERS if name != "identity"]
TEXT = " ".join(f"The council met on day {n} and voted {n * 7} to {n}." for n in range(30)).encode()


def decoded(coding: str, wire: bytes, *, limit: int = LIMIT, size: int = 0) -> bytes:
    decoder = Decoder(coding.partition("-")[0], limit)
    step = size or max(len(wire), 1)
    for start in range(0, len(wire), step):
        decoder.feed(wire[start : start + step])
    return decoder.finish()


def fails(coding: str, wire: bytes, *, limit: int = LIMIT, size: int = 0) -> FailureKind:
    with pytest.raises(FetchError) as caught:
        decoded(coding, wire, limit=limit, size=size)
    assert caught.value.reason
    return caught.value.kind


@pytest.mark.parametrize("coding", PACKERS)
@given(body=st.binary(max_size=3000), size=st.integers(1, 700))
def test_what_was_compressed_comes_out_complete_however_it_was_split(coding: str, body: bytes, size: int) -> None:
    assert decoded(coding, PACKERS[coding](body), size=size) == body


@pytest.mark.parametrize("coding", PACKERS)
def test_a_long_body_comes_out_complete(coding: str) -> None:
    body = bytes(150_000) + random.Random(1).randbytes(20_000)
    assert decoded(coding, PACKERS[coding](body), size=997) == body


@pytest.mark.parametrize("coding", PACKED)
def test_a_truncated_body_is_never_taken_for_complete(coding: str) -> None:
    wire = PACKERS[coding](TEXT)
    for cut in range(len(wire)):
        assert fails(coding, wire[:cut]) is FailureKind.TRUNCATED, cut


@pytest.mark.parametrize("coding", PACKED)
@given(wire=st.binary(min_size=2, max_size=300))
def test_any_bytes_give_a_body_or_a_named_error(coding: str, wire: bytes) -> None:
    named = None
    try:
        decoded(coding, wire)
    except FetchError as error:
        named = error.kind
    assert named in {None, FailureKind.TRUNCATED, FailureKind.BAD_ENCODING, FailureKind.TOO_LARGE}


def test_gzip_of_several_members_is_one_body_up_to_a_limit_and_a_changed_byte_is_noticed() -> None:
    changed = bytearray(gzip(TEXT))
    changed[-5] ^= 1
    assert fails("gzip", bytes(changed)) is FailureKind.BAD_ENCODING
    wire = gzip(b"one ") + gzip(b"two ") + gzip(b"three")
    assert decoded("gzip", wire, size=3) == b"one two three"
    assert decoded("zstd", zstd.compress(b"one ") + zstd.compress(b"two")) == b"one two"
    inside_second_header = len(gzip(b"one ")) + 1
    assert fails("gzip", wire[:inside_second_header]) is FailureKind.TRUNCATED
    assert fails("gzip", gzip(b"") * 1_100) is FailureKind.BAD_ENCODING
    options: dict[int, int] = {zstd.CompressionParameter.window_log: 26, zstd.CompressionParameter.compression_level: 1}
    packer = zstd.ZstdCompressor(options=options)
    assert fails("zstd", packer.compress(TEXT) + packer.flush()) is FailureKind.BAD_ENCODING


@pytest.mark.parametrize("coding", PACKERS)
def test_the_limit_is_exact(coding: str) -> None:
    wire = PACKERS[coding](bytes(70_000))
    assert len(decoded(coding, wire, limit=70_000)) == 70_000
    assert fails(coding, wire, limit=69_999) is FailureKind.TOO_LARGE


@pytest.mark.parametrize("coding", PACKED)
def test_a_bomb_stops_at_the_limit(coding: str) -> None:
    assert fails(coding, PACKERS[coding](bytes(30_000_000)), limit=100_000) is FailureKind.TOO_LARGE


@pytest.mark.parametrize("size", [0, 1, 7])
@pytest.mark.parametrize("tail", [b"\0" * 8, b"<!-- cached -->", b"PHP \x1f notice \x1f\x8b"])
def test_bytes_after_gzip_are_ignored(tail: bytes, size: int) -> None:
    assert decoded("gzip", gzip(TEXT) + tail, size=size) == TEXT


@pytest.mark.parametrize("size", [0, 1])
def test_bytes_after_brotli_or_zstd_are_not(size: int) -> None:
    assert fails("br", brotli.compress(TEXT) + b"junk", size=size) is FailureKind.BAD_ENCODING
    assert fails("zstd", zstd.compress(TEXT) + b"junkjunk", size=size) is FailureKind.BAD_ENCODING


@pytest.mark.parametrize("name", ["", "identity", "none", "UTF-8", " identity , identity"])
def test_names_that_mean_no_coding(name: str) -> None:
    assert Decoder(name, LIMIT).coding == "identity"


@pytest.mark.parametrize("name", ["gzip, gzip", "br, gzip", "compress", "exi"])
def test_stacked_and_unknown_codings_are_refused(name: str) -> None:
    with pytest.raises(FetchError) as caught:
        Decoder(name, LIMIT)
    assert caught.value.kind is FailureKind.BAD_ENCODING
