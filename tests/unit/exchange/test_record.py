"""A version as a line of JSON: whatever a page may say comes back exactly."""

import hashlib
import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import PageError
from tracker.exchange.export import StoredPage
from tracker.exchange.jsonl import line
from tracker.exchange.record import Record, records
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


def capture_of(body: bytes, headers: tuple[tuple[str, str], ...]) -> Capture:
    return Capture(
        url="https://a.example/",
        final_url="https://a.example/x",
        status=203,
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
    capture = capture_of(body, headers)
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
    assert back.is_same(version)


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
    with pytest.raises(PageError, match=r"the time 2026-11-25T09:00:00 has no zone"):
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
