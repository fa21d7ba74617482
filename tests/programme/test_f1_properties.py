"""F1: properties that hold for whatever comes: readings, texts, and the archive compared with its model.

Those of diffs and addresses are in unit/diff/test_comparison.py and unit/addresses/test_urls.py.

How many examples each gets: $WRITETHRU_EXAMPLES (50); `make nightly` has 30,000 in all.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.archive_samples import alert, content, intent, look, minutes
from tests.archives import new_archive_at, temporary_archive
from tests.postgres import Server
from tracker import compare, extract
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, list_articles
from tracker.archive.commits import commit_check
from tracker.archive.database.connection import clean_text
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.outbox import claim_deliveries, list_deliveries, mark_delivered
from tracker.archive.state import get_state, save_state
from tracker.archive.versions import iter_versions
from tracker.model.alert import DeliveryState
from tracker.model.source import Target
from tracker.model.version import Version, VersionQuery
from tracker.model.watch import CheckOutcome, Committed

P = ParamSpec("P")
T = TypeVar("T")
TAGS = st.sampled_from("p div article h1 h2 ul li table tr td span b a template svg script blockquote section".split())
TREES: st.SearchStrategy[str] = st.recursive(
    st.text(max_size=60),
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=4), st.booleans()).map(
        lambda given: f"<{given[0]}>" + "".join(given[1]) + (f"</{given[0]}>" if given[2] else "")
    ),
    max_leaves=25,
)


@given(TREES, st.sampled_from(["utf-8", "utf-16", "latin-1", "utf-8-sig"]))
def test_any_page_is_read_and_always_alike(tree: str, charset: str) -> None:
    body = f"<!doctype html><html><body>{tree}</body></html>".encode(charset, "replace")
    one, other = extract(body, "https://herald.example/a"), extract(body, "https://herald.example/a")
    assert one == other
    assert compare(one, other).is_empty


@given(st.binary(max_size=300))
def test_any_bytes_are_read(body: bytes) -> None:
    assert extract(body) == extract(body)


@given(st.text(max_size=80))
def test_a_cleaned_text_stays_as_it_is(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@pytest.mark.postgres
def test_any_text_is_kept_alike_by_both_databases(postgres_url: str) -> None:
    with temporary_archive() as one, open_archive(postgres_url) as other:

        @given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60))
        def same(text: str) -> None:
            for store in (one, other):
                save_state(store, "m", f"x{text}", minutes(0))
            assert get_state(one, "m") == get_state(other, "m")

        same()


class Archives(RuleBasedStateMachine):
    """Two archives, one on each database, are told the same; they know the same, and what a plain list would know."""

    folder: Any = None
    server: Any = None
    template = ""
    made = 0

    def __init__(self) -> None:
        super().__init__()
        Archives.made += 1
        self.urls = (new_archive_at(self.folder / f"{self.made}.db"), self.server.create(self.template))
        self.archives = [open_archive(url) for url in self.urls]
        self.clock = 0
        self.versions: Counter[str] = Counter()
        self.alerts: dict[str, DeliveryState] = {}

    def both(self, function: Callable[Concatenate[Archive, P], T], *given: P.args, **named: P.kwargs) -> T:
        """Call a function of both archives and return what both answered."""
        one, other = (function(archive, *given, **named) for archive in self.archives)
        assert one == other
        return one

    def now(self) -> datetime:
        self.clock += 1
        return minutes(self.clock)

    @rule(n=st.integers(0, 3))
    def watch(self, n: int) -> None:
        self.both(add_targets, "Herald", [Target(f"https://herald.example/{n}")], self.now())

    @rule(n=st.integers(0, 3), ahead=st.integers(0, 1), alerts=st.integers(0, 2))
    def commit(self, n: int, ahead: int, alerts: int) -> None:
        for tracked in self.both(list_articles):
            if tracked.url.endswith(f"/{n}"):
                number = tracked.versions + 1
                told = tuple(alert(f"{n}:{number}:{k}", article=tracked.id, version=number) for k in range(alerts))
                made = intent(tracked, number, self.now(), alerts=told)
                done = self.both(commit_check, replace(made, expected_versions=tracked.versions + ahead))
                assert done == (Committed(stale=True) if ahead else Committed(version=number, alerts=alerts))
                if not ahead:
                    self.versions[tracked.id] += 1
                    self.alerts |= dict.fromkeys((each.key for each in told), DeliveryState.PENDING)

    @rule(outcome=st.sampled_from([CheckOutcome.FAILED, CheckOutcome.UNCHANGED, CheckOutcome.GONE]))
    def check(self, outcome: CheckOutcome) -> None:
        for tracked in self.both(list_articles):
            self.both(commit_check, look(tracked, tracked.versions, self.now(), outcome, failures=1))

    @rule(lease=st.integers(0, 120))
    def deliver(self, lease: int) -> None:
        for each in self.both(claim_deliveries, self.now(), float(lease))[:1]:
            self.both(mark_delivered, [each.id], self.now())
            self.alerts[each.key] = DeliveryState.DELIVERED

    @rule()
    def reopen(self) -> None:
        for archive in self.archives:
            archive.close()
        self.archives = [open_archive(url) for url in self.urls]

    @invariant()
    def they_know_what_was_kept(self) -> None:
        assert {each.id: each.versions for each in self.both(list_articles) if each.versions} == self.versions
        kept = self.both(list_versions)
        assert sorted((each.article, each.n) for each in kept) == sorted(
            (article, n) for article, count in self.versions.items() for n in range(1, count + 1)
        )
        assert all(each.content == content(each.n) for each in kept)
        assert {each.key: each.state for each in self.both(list_deliveries)} == self.alerts

    def teardown(self) -> None:
        assert self.both(verify).damage == []
        for archive in self.archives:
            archive.close()
        self.server.drop(self.urls[1])


def list_versions(archive: Archive) -> list[Version]:
    return list(iter_versions(archive, VersionQuery()))


@pytest.mark.postgres
def test_archives_know_what_was_kept(tmp_path: Path, postgres: Server, postgres_template: str) -> None:
    Archives.folder, Archives.server, Archives.template = tmp_path, postgres, postgres_template
    few = max(5, settings().max_examples // 12)
    run_state_machine_as_test(Archives, settings=settings(max_examples=few, stateful_step_count=15))
    assert Archives.made >= few // 2
