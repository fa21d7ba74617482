"""What pages read, on SQLite and PostgreSQL alike."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.postgres import Server
from tracker.archive.archive import Archive
from tracker.archive.articles import list_by_last_change, summarise_articles
from tracker.archive.opening import open_archive
from tracker.archive.passages import stood_since
from tracker.archive.sources import summarise_sources
from tracker.archive.summaries import (
    labelled_of_source,
    largest_changes,
    latest_labelled,
    page_of_summaries,
    words_by_version,
)
from tracker.archive.versions import get_changes, get_version, get_versions, newest_row
from tracker.model.change import LabelKind, Op
from tracker.model.version import VersionQuery, VersionSummary

from .newsroom_archive import NOW, OPENED, at, build, build_in


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def browse(request, tmp_path_factory) -> Iterator[tuple[Archive, dict[str, str]]]:
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        kept = build_in(server.create(request.getfixturevalue("postgres_template")))
    else:
        kept = build(tmp_path_factory.mktemp("browse") / "w.db")
    with open_archive(kept.url, readonly=True) as archive:
        yield archive, kept.articles


def test_pages_follow_one_another_without_gap_or_repeat(browse):
    archive, _ = browse
    query = VersionQuery(changes_only=True)
    whole = page_of_summaries(archive, query, size=500)
    assert whole.after is None
    seen: list[VersionSummary] = []
    after = None
    while True:
        page = page_of_summaries(archive, query, after, size=7)
        seen += page.summaries
        after = page.after
        if after is None:
            break
    assert tuple(seen) == whole.summaries
    assert [each.seen for each in seen] == sorted((each.seen for each in seen), reverse=True)


def test_the_newest_of_a_source_are_those_of_the_articles_that_changed_last(browse):
    archive, _ = browse
    everything = page_of_summaries(archive, VersionQuery(changes_only=True), size=500).summaries
    for name in ("The Harbor Ledger", "Inland Courier", "Broken Post"):
        mine = tuple(each for each in everything if each.source == name)
        for size in (1, 3, 200):
            page = page_of_summaries(archive, VersionQuery(source=name, changes_only=True), size=size)
            assert page.summaries == mine[:size]
            assert (page.after is None) is (len(mine) <= size)


def test_the_largest_come_first_one_an_article(browse):
    archive, articles = browse
    found = largest_changes(archive, OPENED, 4)
    assert len({each.article for each in found}) == len(found) == 4
    assert [each.words for each in found] == sorted((each.words for each in found), reverse=True)
    assert largest_changes(archive, NOW + timedelta(days=1)) == ()
    assert articles["bridge"] in {each.article for each in found}


def test_the_newest_with_a_label_one_an_article(browse):
    archive, articles = browse
    found = latest_labelled(archive, [LabelKind.CORRECTION, LabelKind.CLARIFICATION], 5)
    assert {each.article for each in found} == {articles[each] for each in ("budget", "hostile", "arabic")}
    silent = latest_labelled(archive, [LabelKind.NOT_NOTED], 5)
    assert len({each.article for each in silent}) == len(silent)
    assert all(LabelKind.NOT_NOTED in each.kinds for each in silent)
    assert latest_labelled(archive, [LabelKind.FLAP]) == ()


@pytest.mark.parametrize("kind", [LabelKind.CORRECTION, LabelKind.HEADLINE, LabelKind.INSERT, LabelKind.FLAP])
def test_the_newest_of_a_source_with_a_label(browse, kind):
    archive, _ = browse
    for name in ("The Harbor Ledger", "Inland Courier"):
        query = VersionQuery(source=name, kinds=(kind,), changes_only=True)
        whole = page_of_summaries(archive, query, size=500).summaries
        expected = {(each.article, each.n): each.seen for each in whole}
        found = labelled_of_source(archive, name, kind, 500)
        assert list(found.items()) == list(expected.items())
        # Of fewer articles only, but in the same order.
        first = list(labelled_of_source(archive, name, kind, 1).items())
        assert len(first) == min(len(whole), 1)
        assert set(first) <= expected.items()


def test_changes_are_read_in_one_go(browse):
    archive, articles = browse
    bridge, long = articles["bridge"], articles["long"]
    found = get_changes(archive, [(bridge, 1), (bridge, 3), (bridge, 3), (long, 3), (long, 5), ("nobody", 2)])
    assert set(found) == {(bridge, 3), (long, 5)}
    assert "Five" in "".join(text for block in found[bridge, 3].blocks for op, text in block.hunks if op == "+")
    assert get_changes(archive, []) == {}


def test_versions_are_read_in_one_go(browse):
    archive, articles = browse
    wanted = [(articles["bridge"], 1), (articles["bridge"], 3), (articles["long"], 5)]
    found = get_versions(archive, [*wanted, ("nobody", 2), (articles["bridge"], 99)])
    assert found == {pair: get_version(archive, *pair) for pair in wanted}
    assert get_versions(archive, []) == {}


def test_since_when_an_error_had_stood(browse):
    archive, articles = browse
    budget, bridge = articles["budget"], articles["bridge"]
    led = get_changes(archive, [(budget, 2), (bridge, 3)])
    gone = {
        key: [block.old_text for block in made.blocks if block.op is Op.EDIT]
        for key, made in led.items()
    }  # fmt: skip
    found = stood_since(archive, gone | {("nobody", 2): ["x"]})
    # The first version of the budget was published before it was seen, the sentence on the bridge stood from the start.
    assert set(found) == {(budget, 2), (bridge, 3)}
    assert all(since <= NOW for since in found.values())
    assert stood_since(archive, {(budget, 2): ["nothing like it"]}) == {}
    assert stood_since(archive, {}) == {}


def test_sparks_count_the_words_of_each_version(browse):
    archive, articles = browse
    found = words_by_version(archive, [articles["bridge"], articles["bare"], "nobody"])
    assert len(found[articles["bridge"]]) == 5
    assert found[articles["bridge"]][0] == 0
    assert all(found[articles["bridge"]][1:])
    assert found[articles["bare"]] == found["nobody"] == ()


def test_sources_at_a_glance(browse):
    archive, _ = browse
    found = {each.name: each for each in summarise_sources(archive)}
    ledger, broken, resting = (found[name] for name in ("The Harbor Ledger", "Broken Post", "Resting Star"))
    assert (ledger.articles, ledger.changed, ledger.gone, ledger.hubs) == (8, 5, 1, 0)
    assert ledger.last_change is not None
    assert ledger.last_change > at(30)
    assert ledger.next_visit is not None
    assert (broken.hubs, broken.hubs_failing, broken.error) == (1, 1, "the host's name does not resolve")
    assert broken.last_ok is None
    assert resting.paused
    assert resting.next_visit is None
    assert summarise_sources(archive, "Broken Post") == [broken]
    assert summarise_sources(archive, "Nobody") == []


def test_articles_of_a_source(browse):
    archive, articles = browse
    ledger = list_by_last_change(archive, source="The Harbor Ledger", limit=3)
    assert len(ledger) == 3
    assert all(each.source == "The Harbor Ledger" for each in ledger)
    assert [each.id for each in list_by_last_change(archive, failing=True)] == [articles["aide"]]


def test_articles_in_a_few_words(browse):
    archive, articles = browse
    found = summarise_articles(archive, [articles["arabic"], articles["bare"], "nobody"])
    assert found[articles["arabic"]].title == "تأجيل الزيارة بعد العاصفة"
    assert found[articles["bare"]].title == "Not visited yet"
    assert found[articles["bare"]].last_change is None
    assert set(found) == {articles["arabic"], articles["bare"]}


def test_the_newest_row_is_the_last_version(browse):
    archive, _ = browse
    assert newest_row(archive) >= 40
