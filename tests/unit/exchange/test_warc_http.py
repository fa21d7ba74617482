"""Messages within WARC records."""

import gzip
import hashlib
from datetime import UTC, datetime

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.exchange import warc_read
from tracker.exchange.warc import fields, moment, request_head, response_head, restored
from tracker.model.capture import Capture

names = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1).filter(lambda name: name.strip("-"))
values = st.text(st.characters(max_codepoint=0xFF, exclude_categories=["Cc"]), max_size=30).map(
    lambda text: text.strip(" \t")
)
headers = st.lists(
    st.tuples(names | st.sampled_from(["Content-Encoding", "content-length", "Transfer-Encoding"]), values), max_size=6
).map(tuple)


def response(body: bytes, named: tuple[tuple[str, str], ...], status: int = 200) -> Capture:
    return Capture(
        url="https://a.example/x?y=1",
        final_url="https://a.example/x?y=1",
        status=status,
        headers=named,
        body=body,
        fetched_at=datetime(2026, 11, 25, tzinfo=UTC),
        sha256=hashlib.sha256(body).hexdigest(),
        request_headers=named,
    )


@given(headers, st.binary(), st.integers(100, 999))
def test_a_response_comes_back_as_it_was(named, body, status):
    capture = response(body, named, status)
    got, raw, rest = warc_read.split_http(response_head(capture) + body)
    assert (got, rest) == (status, body)
    assert restored(raw) == named
    assert warc_read.split_http(request_head(capture))[1] == named


def test_the_length_is_that_of_the_decoded_body():
    named = (("Content-Length", "3"), ("Content-Encoding", "br"))
    head = response_head(response(b"decoded", named)).decode()
    assert head == (
        "HTTP/1.1 200 OK\r\nX-Crawler-Content-Length: 3\r\nX-Crawler-Content-Encoding: br\r\nContent-Length: 7\r\n\r\n"
    )
    assert request_head(response(b"", ())).startswith(b"GET /x?y=1 HTTP/1.1\r\n")


def test_no_value_begins_a_new_line():
    assert fields([("a", "b\r\nc: d\0e")]) == b"a: b c: d e\r\n"
    head = response_head(response(b"", (("X", "1\r\n\r\n<html>"),)))
    assert head.count(b"\r\n") == 4


@given(st.binary(max_size=300))
def test_any_bytes_can_be_split(block):
    status, named, rest = warc_read.split_http(block)
    assert status in range(1000)
    assert len(rest) <= len(block)
    assert all(name for name, _ in named + warc_read.read_fields(block))


def test_messages_as_other_crawlers_write_them():
    assert warc_read.split_http(b"HTTP/1.0 404\nA: b\n c\nnothing\n\nbody") == (404, (("A", "b c"),), b"body")
    assert warc_read.split_http(b"<html>") == (0, (), b"")
    assert warc_read.decoded((), b"plain", 100) == b"plain"
    assert warc_read.decoded((("Content-Encoding", "GZIP"),), gzip.compress(b"x" * 90), 100) == b"x" * 90
    assert warc_read.decoded((("Content-Encoding", "br"),), brotli.compress(b"x" * 90), 100) == b"x" * 90
    assert warc_read.decoded((("transfer-encoding", "chunked"),), b"3\r\nabc\r\n0\r\n\r\n", 100) == b"abc"


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd", "unheard-of", "gzip, br"])
def test_a_page_that_was_stored_decoded_is_returned_as_it_is(coding):
    assert warc_read.decoded((("Content-Encoding", coding),), b"\n<!doctype html><p>a", 100) == b"\n<!doctype html><p>a"


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"x" * 900)),
        ("gzip", gzip.compress(b"x" * 90)[:-9]),
        ("br", brotli.compress(b"x" * 90)[:-2]),
        ("br", b"nonsense"),
        ("unheard-of", b"coded"),
    ],
    ids=["too large", "cut gzip", "cut br", "not br", "unknown"],
)
def test_a_damaged_body_is_none(coding, body):
    assert warc_read.decoded((("Content-Encoding", coding),), body, 100) is None


def test_dates_have_milliseconds_where_there_are_any():
    assert moment(datetime(2026, 11, 25, 9, tzinfo=UTC)) == "2026-11-25T09:00:00Z"
    assert moment(datetime(2026, 11, 25, 9, 0, 0, 126000, tzinfo=UTC)) == "2026-11-25T09:00:00.126Z"
