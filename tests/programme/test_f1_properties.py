"""F1: properties that hold for whatever comes: readings, diffs, addresses, texts, and the archive beside its model.

How many examples each gets: $WRITETHRU_EXAMPLES (60); nightly: 30,000 in all, `tests.nightly.properties`.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.archive_samples import alert, intent, look, minutes
from tests.fake_store import FakeStore
from tests.postgres import postgres
from tracker import compare, extract
from tracker.archive import open_archive
from tracker.archive.ledger.verify import verify
from tracker.archive.memos import get_memo, save_memo
from tracker.archive.values import clean_text
from tracker.errors import TrackerError
from tracker.model import Article, Block, BlockKind, CheckOutcome, Target, VersionQuery
from tracker.urls import fetchable, identity

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Server

__all__ = ["postgres"]

EXAMPLES = int(os.environ.get("WRITETHRU_EXAMPLES", "60"))
budget = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
TAGS = st.sampled_from("p div article h1 h2 ul li table tr td span b a template svg script blockquote section".split())
TEXTS = st.text(max_size=60)
TREES: st.SearchStrategy[str] = st.recursive(
    TEXTS,
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=4), st.booleans()).map(
        lambda given: f"<{given[0]}>" + "".join(given[1]) + (f"</{given[0]}>" if given[2] else "")
    ),
    max_leaves=25,
)
PARAGRAPHS = st.lists(st.text(alphabet="ab c.“”1\u00e9\u4e2d", min_size=1, max_size=80), max_size=8)


@budget
@given(TREES, st.sampled_from(["utf-8", "utf-16", "latin-1", "utf-8-sig"]))
def test_any_page_is_read_and_always_alike(tree: str, charset: str) -> None:
    body = f"<!doctype html><html><body>{tree}</body></html>".encode(charset, "replace")
    one, other = extract(body, "https://herald.example/a"), extract(body, "https://herald.example/a")
    assert one == other
    assert compare(one, other).is_empty


@budget
@given(st.binary(max_size=300))
def test_any_bytes_are_read(body: bytes) -> None:
    assert extract(body) == extract(body)


def article(paragraphs: list[str]) -> Article:
    return Article(title="T", blocks=tuple(Block(BlockKind.PARAGRAPH, text) for text in paragraphs))


@budget
@given(PARAGRAPHS, PARAGRAPHS)
def test_a_diff_joins_back_to_both_texts(old: list[str], new: list[str]) -> None:
    one, other = article(old), article(new)
    change = compare(one, other)
    for side, whole, mark in ((one, "old", "+"), (other, "new", "-")):
        places = {getattr(each, whole): each for each in change.blocks if getattr(each, whole) is not None}
        for place, each in places.items():
            joined = "".join(text for sign, text in each.hunks if sign != mark)
            assert joined == side.blocks[place].text
    assert change.is_empty == (one.sha256 == other.sha256) or one.text != other.text


@budget
@given(st.text(max_size=80), st.text(max_size=30))
def test_an_address_once_in_its_form_stays_in_it(path: str, query: str) -> None:
    try:
        once = fetchable(f"https://herald.example/{path}?{query}")
    except TrackerError:
        return
    assert fetchable(once) == once
    assert identity(once) == identity(fetchable(once))


@budget
@given(st.text(max_size=80))
def test_a_cleaned_text_stays_as_it_is(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@pytest.mark.postgres
def test_any_text_is_kept_alike_by_both_databases(tmp_path: Path, postgres: Server) -> None:
    url = postgres.create()
    places = (f"sqlite:///{tmp_path}/archive.db", url)
    with open_archive(places[0], migrate=True) as one, open_archive(places[1], migrate=True) as other:

        @settings(budget, max_examples=max(20, EXAMPLES // 4))
        @given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
        def same(text: str) -> None:
            for store in (one, other):
                save_memo(store, "m", f"x{text}", minutes(0))
            assert one.memo("m") == get_memo(other, "m")

        same()
    postgres.drop(url)


class Archive(RuleBasedStateMachine):
    """The archive on SQLite and its model in memory are told the same, and know the same."""

    folder: Any = None
    made = 0

    def __init__(self) -> None:
        super().__init__()
        Archive.made += 1
        self.real = open_archive(f"sqlite:///{Archive.folder}/{Archive.made}.db", migrate=True)
        self.model: Any = FakeStore()
        self.clock = 0

    def both(self, method: str, *given: Any, **named: Any) -> tuple[Any, Any]:
        return getattr(self.real, method)(*given, **named), getattr(self.model, method)(*given, **named)

    def now(self) -> Any:
        self.clock += 1
        return minutes(self.clock)

    @rule(n=st.integers(0, 3))
    def watch(self, n: int) -> None:
        self.both("add_targets", "Herald", [Target(f"https://herald.example/{n}")], self.now())

    @rule(n=st.integers(0, 3), ahead=st.integers(0, 1), alerts=st.integers(0, 2))
    def commit(self, n: int, ahead: int, alerts: int) -> None:
        for tracked in self.real.articles():
            if tracked.url.endswith(f"/{n}"):
                number = tracked.versions + 1
                told = tuple(alert(f"{n}:{number}:{k}", article=tracked.id, version=number) for k in range(alerts))
                made = replace(
                    intent(tracked, number, self.now(), alerts=told), expected_versions=tracked.versions + ahead
                )
                one, other = self.both("commit", made)
                assert one == other

    @rule(outcome=st.sampled_from([CheckOutcome.FAILED, CheckOutcome.UNCHANGED, CheckOutcome.GONE]))
    def check(self, outcome: CheckOutcome) -> None:
        for tracked in self.real.articles():
            one, other = self.both("commit", look(tracked, tracked.versions, self.now(), outcome, failures=1))
            assert one == other

    @rule(lease=st.integers(0, 120))
    def deliver(self, lease: int) -> None:
        one, other = self.both("claim", self.now(), float(lease))
        assert [each.key for each in one] == [each.key for each in other]
        for mine, theirs in zip(one[:1], other[:1], strict=True):
            at = self.now()
            self.real.delivered(mine.id, at)
            self.model.delivered(theirs.id, at)

    @rule()
    def reopen(self) -> None:
        self.real.close()
        self.real = open_archive(f"sqlite:///{Archive.folder}/{Archive.made}.db")

    @invariant()
    def they_know_the_same(self) -> None:
        one, other = self.both("articles")
        assert sorted(map(str, one)) == sorted(map(str, other))
        kept = [(each.article, each.n, each.content) for each in self.real.versions(VersionQuery())]
        assert kept == [(each.article, each.n, each.content) for each in self.model.versions(VersionQuery())]
        assert {(each.key, each.state) for each in self.real.deliveries()} == {
            (each.key, each.state) for each in self.model.deliveries()
        }

    def teardown(self) -> None:
        assert verify(self.real).damage == []
        self.real.close()


def test_the_archive_knows_what_its_model_knows(tmp_path: Path) -> None:
    Archive.folder = tmp_path
    few = max(5, EXAMPLES // 12)
    run_state_machine_as_test(Archive, settings=settings(budget, max_examples=few, stateful_step_count=15))
    assert Archive.made >= few // 2
