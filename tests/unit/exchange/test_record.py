"""A version as a line of JSON: whatever a page may say comes back exactly."""

import gzip
import hashlib
import json
import re
from datetime import UTC, datetime

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import PageError
from tracker.exchange import warc_read
from tracker.exchange.export import StoredPage
from tracker.exchange.jsonl import Record, line, records
from tracker.exchange.warc import fields, moment, request_head, response_head, restored
from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind
from tracker.model.capture import Capture
from tracker.model.change import BlockChange, Change, EditUnit, Field, Label, LabelKind, Op, Significance, Substance
from tracker.model.version import Version
from tracker.render.json import dumps

SEEN = datetime(2026, 11, 25, 9, 0, 0, 123000, tzinfo=UTC)
# Lone surrogates too; a pair of them is another character in JSON, and no parser of pages makes one.
texts = st.text(st.characters(exclude_categories=()), max_size=20).filter(
    lambda text: not re.search("[\ud800-\udbff][\udc00-\udfff]", text)
)
times = st.none() | st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1))  # noqa: DTZ001 - hypothesis adds the zone
articles = st.builds(
    Article,
    title=texts,
    dek=texts,
    byline=st.lists(texts, max_size=2).map(tuple),
    published=times,
    lang=texts,
    blocks=st.lists(st.builds(Block, st.sampled_from(BlockKind), texts, texts), max_size=4).map(tuple),
    notices=st.lists(st.builds(Notice, st.sampled_from(NoticeKind), texts), max_size=2).map(tuple),
    fields=st.lists(st.tuples(texts, texts), max_size=2, unique_by=lambda pair: pair[0]).map(tuple),
)
hunks = st.lists(st.tuples(st.sampled_from(["=", "-", "+"]), texts), max_size=3).map(tuple)
changes = st.builds(
    Change,
    title=st.builds(Field, texts, texts, hunks),
    blocks=st.lists(
        st.builds(BlockChange, st.sampled_from(Op), st.none() | st.integers(0, 9), st.integers(0, 9), hunks), max_size=3
    ).map(tuple),
    labels=st.lists(st.builds(Label, st.sampled_from(LabelKind), texts), max_size=2).map(tuple),
    significance=st.sampled_from(Significance),
    announced=st.none() | st.booleans(),
    moved_words=st.integers(0, 9),
)


def response(body: bytes, headers: tuple[tuple[str, str], ...], status: int = 200) -> Capture:
    return Capture(
        url="https://a.example/",
        final_url="https://a.example/x?y=1",
        status=status,
        headers=headers,
        body=body,
        fetched_at=SEEN,
        sha256=hashlib.sha256(body).hexdigest(),
        elapsed=0.125,
        remote_ip="::1",
        hops=("https://a.example/",),
        request_headers=headers,
    )


@given(
    articles,
    st.none() | changes,
    st.binary(max_size=40),
    st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
    times,
)
def test_a_version_comes_back_exactly(content, change, body, headers, previous):
    capture = response(body, headers, 203)
    version = Version(
        article="0123456789ab",
        n=2,
        url="https://a.example/",
        seen=SEEN,
        content=content,
        extractor="7",
        capture_sha256=capture.sha256,
        previous_seen=previous,
        change=change,
        status=203,
        signature="article > div",
        source="Herald",
        stories=("Storm",),
    )
    text = dumps(line(version, StoredPage(capture)))
    assert "\n" not in text
    (back,) = records([text.encode()])
    assert isinstance(back, Record)
    assert (back.version, back.capture, back.page_removed) == (version, capture, "")


@pytest.mark.parametrize(
    "value",
    [
        {"type": "article", "first_seen": "2026-11-25T09:00:00", "state": "active", "feed_title": "", "stories": []},
        {"type": "check", "at": "2026-11-25T09:00:00", "outcome": "unchanged", "reason": "due"},
        {"type": "verdict", "article": "a", "version": 2, "at": "2026-11-25T09:00:00", "by": "ada"},
        {"seen": "2026-11-25T09:00:00"},
        {"previous_seen": "2026-11-25T09:00:00"},
    ],
)
def test_a_time_without_a_zone_is_not_valid(value):
    seen = Version("a" * 12, 1, "https://a.example/", SEEN, Article(title="A"), "x", "0" * 64, previous_seen=SEEN)
    whole = {"schema": 1, "url": "https://a.example/", "source": "A"} if "type" in value else line(seen)
    with pytest.raises(PageError, match=r"the time 2026-11-25T09:00:00 has no time zone"):
        list(records([dumps(whole | value).encode()]))


def test_a_version_that_release_0_1_exported_is_read_in_todays_words():
    content = Article(title="Floods", blocks=(Block(BlockKind.PARAGRAPH, "Four boats sank."),))
    version = Version("0123456789ab", 2, "https://a.example/", SEEN, content, "7", "ab" * 32, change=Change())
    units = [{"block": 0, "is_sure": False, "substance": "unclear"}, {"block": 1, "substance": "wording"}]
    labels = [{"evidence": "three → four", "kind": "stealth"}]
    stored = {"labels": labels, "significance": 0.41, "substance": "unclear", "units": units}
    (back,) = records([json.dumps(json.loads(dumps(line(version))) | {"schema": 1, "diff": stored}).encode()])
    assert isinstance(back, Record)
    assert back.version.change == Change(
        labels=(Label(LabelKind.NOT_NOTED, "three → four"),),
        significance=Significance.MEDIUM,
        substance=Substance.WORDS,
        units=(EditUnit(Substance.WORDS, block=0), EditUnit(Substance.WORDS, block=1)),
    )


names = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1).filter(lambda name: name.strip("-"))
values = st.text(st.characters(max_codepoint=0xFF, exclude_categories=["Cc"]), max_size=30).map(
    lambda text: text.strip(" \t")
)
headers = st.lists(
    st.tuples(names | st.sampled_from(["Content-Encoding", "content-length", "Transfer-Encoding"]), values), max_size=6
).map(tuple)


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
