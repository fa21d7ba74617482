"""What pages read, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tracker.archive.reading.browse import Browse

from tests.postgres import Server, postgres
from tracker.archive import open_archive
from tracker.model import LabelKind, Op, VersionQuery

from .newsroom_archive import NOW, OPENED, at, build

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["postgres"]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def browse(request, tmp_path_factory) -> Iterator[tuple[Browse, dict[str, str]]]:
    url = ""
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        url = server.create()
    kept = build(tmp_path_factory.mktemp("browse") / "w.db", url)
    store = open_archive(kept.url, readonly=True)
    yield Browse(store.database), kept.articles
    store.close()


def test_pages_follow_one_another_without_gap_or_repeat(browse):
    reads, _ = browse
    query = VersionQuery(changes_only=True)
    whole = reads.leaf(query, size=500)
    assert whole.after is None
    seen = []
    after = None
    while True:
        leaf = reads.leaf(query, after, size=7)
        seen += leaf.glances
        after = leaf.after
        if after is None:
            break
    assert tuple(seen) == whole.glances
    assert [each.seen for each in seen] == sorted((each.seen for each in seen), reverse=True)


def test_the_newest_of_a_source_are_those_of_the_articles_that_changed_last(browse):
    reads, _ = browse
    everything = reads.leaf(VersionQuery(changes_only=True), size=500).glances
    for name in ("The Harbor Ledger", "Inland Courier", "Broken Post"):
        mine = tuple(each for each in everything if each.source == name)
        for size in (1, 3, 200):
            leaf = reads.leaf(VersionQuery(source=name, changes_only=True), size=size)
            assert leaf.glances == mine[:size]
            assert (leaf.after is None) is (len(mine) <= size)


def test_the_largest_come_first_one_an_article(browse):
    reads, articles = browse
    found = reads.largest(OPENED, 4)
    assert len({each.article for each in found}) == len(found) == 4
    assert [each.words for each in found] == sorted((each.words for each in found), reverse=True)
    assert reads.largest(NOW + timedelta(days=1)) == ()
    assert articles["bridge"] in {each.article for each in found}


def test_the_newest_with_a_label_one_an_article(browse):
    reads, articles = browse
    found = reads.labelled([LabelKind.CORRECTION, LabelKind.CLARIFICATION], 5)
    assert {each.article for each in found} == {articles["budget"], articles["hostile"]}
    silent = reads.labelled([LabelKind.STEALTH], 5)
    assert len({each.article for each in silent}) == len(silent)
    assert all(LabelKind.STEALTH in each.kinds for each in silent)
    assert reads.labelled([LabelKind.FLAP]) == ()


def test_changes_are_read_in_one_go(browse):
    reads, articles = browse
    bridge, long = articles["bridge"], articles["long"]
    found = reads.changes([(bridge, 1), (bridge, 3), (bridge, 3), (long, 3), (long, 5), ("nobody", 2)])
    assert set(found) == {(bridge, 3), (long, 5)}
    assert "Five" in "".join(text for block in found[bridge, 3].blocks for op, text in block.hunks if op == "+")
    assert reads.changes([]) == {}


def test_since_when_an_error_had_stood(browse):
    reads, articles = browse
    budget, bridge = articles["budget"], articles["bridge"]
    led = reads.changes([(budget, 2), (bridge, 3)])
    gone = {
        key: [block.old_text for block in made.blocks if block.op is Op.EDIT]
        for key, made in led.items()
    }  # fmt: skip
    found = reads.stood_since(gone | {("nobody", 2): ["x"]})
    # The first version of the budget was published before it was seen, the sentence on the bridge stood from the start.
    assert set(found) == {(budget, 2), (bridge, 3)}
    assert all(since <= NOW for since in found.values())
    assert reads.stood_since({(budget, 2): ["nothing like it"]}) == {}
    assert reads.stood_since({}) == {}


def test_sparks_count_the_words_of_each_version(browse):
    reads, articles = browse
    found = reads.sparks([articles["bridge"], articles["bare"], "nobody"])
    assert len(found[articles["bridge"]]) == 5
    assert found[articles["bridge"]][0] == 0
    assert all(found[articles["bridge"]][1:])
    assert found[articles["bare"]] == found["nobody"] == ()


def test_sources_at_a_glance(browse):
    reads, _ = browse
    found = {each.name: each for each in reads.source_glances()}
    ledger, broken, resting = (found[name] for name in ("The Harbor Ledger", "Broken Post", "Resting Star"))
    assert (ledger.articles, ledger.changed, ledger.gone, ledger.hubs) == (8, 5, 1, 0)
    assert ledger.last_change is not None
    assert ledger.last_change > at(30)
    assert ledger.next_visit is not None
    assert (broken.hubs, broken.hubs_failing, broken.error) == (1, 1, "the host's name does not resolve")
    assert broken.last_ok is None
    assert resting.paused
    assert resting.next_visit is None
    assert reads.source_glances("Broken Post") == [broken]
    assert reads.source_glances("Nobody") == []


def test_the_changes_of_a_source_are_counted_by_label(browse):
    reads, _ = browse
    found = reads.tally("The Harbor Ledger")
    kinds = dict(found.kinds)
    assert found.changes == 8
    assert found.announced <= found.factual <= found.changes
    assert kinds[LabelKind.CORRECTION] == 1
    assert reads.tally("Nobody").changes == 0


def test_articles_of_a_source_or_a_story(browse):
    reads, articles = browse
    assert {each.id for each in reads.articles_of(story="Narrows Bridge")} == {
        articles["bridge"],
        articles["bridge-reprint"],
    }
    ledger = reads.articles_of(source="The Harbor Ledger", limit=3)
    assert len(ledger) == 3
    assert all(each.source == "The Harbor Ledger" for each in ledger)
    assert [each.id for each in reads.articles_of(failing=True)] == [articles["aide"]]


def test_articles_in_a_few_words(browse):
    reads, articles = browse
    found = reads.briefs([articles["arabic"], articles["bare"], "nobody"])
    assert found[articles["arabic"]].title == "تأجيل الزيارة بعد العاصفة"
    assert found[articles["bare"]].title == "Not visited yet"
    assert found[articles["bare"]].last_change is None
    assert set(found) == {articles["arabic"], articles["bare"]}


def test_the_newest_row_is_the_last_version(browse):
    reads, _ = browse
    assert reads.newest_row() >= 40
