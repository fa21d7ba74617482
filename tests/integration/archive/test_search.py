"""Words are found, with the time they stood; the databases agree."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.archive_samples import URL, capture, content, intent, minutes, watch
from tests.integration.archive.places import postgres, store, url
from tracker.archive import migrations, open_archive, open_reader
from tracker.archive.checks import commit_check
from tracker.archive.search import search_passages
from tracker.errors import UsageError
from tracker.model import Article, Block, BlockKind, NewVersion

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model import Tracked

__all__ = ["postgres", "store", "url"]


def keep(store: Archive, tracked: Tracked, n: int, *paragraphs: str, title: str = "Flood", dek: str = "") -> None:
    blocks = tuple(Block(BlockKind.PARAGRAPH, each) for each in paragraphs)
    new = NewVersion(Article(title=title, dek=dek, blocks=blocks), capture(n, minutes(n), tracked.url), "7", "", None)
    assert commit_check(store, intent(tracked, n, minutes(n), version=new)).version == n


@pytest.fixture
def filled(store: Archive) -> Archive:
    first, second = watch(store), watch(store, URL + "/2", source="Post")
    keep(store, first, 1, "The river rose over 14 streets.", "Nobody was hurt, Café Müller said.", dek="Old town wet")
    keep(store, first, 2, "The river rose over 15 streets.", "Nobody was hurt, Café Müller said.")
    keep(store, first, 3, "Nobody was hurt, Café Müller said.", "The river fell.", "The river fell.")
    keep(store, second, 1, "東京で火事、三人けが", "River trade grows in the U.S. and beyond", title="Trade")
    return store


def test_when_it_stood(filled: Archive) -> None:
    (gone,) = filled.search("river 14")
    assert (gone.text, gone.place, gone.title) == ("The river rose over 14 streets.", "text", "Flood")
    assert (gone.first, gone.last, gone.since, gone.until) == (1, 1, minutes(1), minutes(2))
    (standing,) = filled.search("nobody hurt")
    assert (standing.first, standing.last, standing.since, standing.until) == (1, None, minutes(1), None)
    (dek,) = filled.search("wet")
    assert (dek.place, dek.last) == ("dek", 1)
    assert {hit.place for hit in filled.search("flood OR trade")} == {"title", "text"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("river", 5),
        ("riv*", 5),
        ("river rose", 2),
        ('"river rose"', 2),
        ('"rose river"', 0),
        ("river -rose", 3),
        ("cafe muller", 1),
        ("CAFÉ", 1),
        ("火事", 1),
        ("東京で火事", 1),
        ("事火", 0),
        ("U.S.", 1),
        ("14 OR 15", 2),
        ("lake", 0),
    ],
)
def test_what_is_found(filled: Archive, asked: str, found: int) -> None:
    assert len(filled.search(asked)) == found
    assert len(filled.search(asked, ranked=True)) == found


@pytest.mark.parametrize("asked", ["river", "riv* OR trade", "火事", '"river rose"', "cafe", "flood -river"])
def test_the_quick_reader_finds_the_same(filled: Archive, url: str, asked: str) -> None:
    with open_reader(url) as quick:
        for kind in ("all", "current", "removed"):
            assert quick.search(asked, where=kind) == filled.search(asked, where=kind)
        assert quick.search(asked, ranked=True, limit=2) == filled.search(asked, ranked=True, limit=2)
        assert quick.search(asked, source="Post") == filled.search(asked, source="Post")
        assert quick.search(asked, since=minutes(2)) == filled.search(asked, since=minutes(2))
        with pytest.raises(UsageError):
            quick.search("-")


def test_asking_for_less(filled: Archive) -> None:
    assert {hit.last for hit in filled.search("river", where="current")} == {None}
    assert {hit.last for hit in filled.search("river", where="removed")} == {1, 2}
    assert [hit.source for hit in filled.search("river", source="Post")] == ["Post"]
    assert len(filled.search("river", since=minutes(2))) == 4
    newest = filled.search("river", limit=2)
    assert [hit.text for hit in newest] == ["River trade grows in the U.S. and beyond", "The river fell."]
    with pytest.raises(UsageError):
        filled.search('"river')


def test_what_was_taken_out_is_not_found(filled: Archive) -> None:
    ident = filled.article(URL).id
    filled.takedown(ident, "no", minutes(60), 1)
    assert filled.search("14") == []
    assert filled.search("wet") == []
    (standing,) = filled.search("nobody hurt")
    assert (standing.first, standing.last) == (2, None)
    filled.takedown(ident, "no", minutes(60))
    assert [hit.source for hit in filled.search("river")] == ["Post"]


def test_the_index_can_be_made_anew(filled: Archive) -> None:
    before = filled.search("river OR flood OR cafe", limit=100)
    assert filled.reindex() == 2
    key = str
    assert sorted(filled.search("river OR flood OR cafe", limit=100), key=key) == sorted(before, key=key)


def test_an_older_archive_is_indexed_when_it_is_migrated(url: str) -> None:
    with open_archive(url) as store:
        keep(store, watch(store), 1, "The river rose.")
    migrations.downgrade(url, "0002")
    with open_archive(url, migrate=True) as store:
        assert [hit.text for hit in search_passages(store, "river")] == ["The river rose."]


def test_promos_and_notices_are_not_searched(store: Archive) -> None:
    tracked = watch(store)
    commit_check(store, replace(intent(tracked, 1, minutes(1))))
    assert content(1).blocks[1].text == "Read more"
    assert search_passages(store, "read more") == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_no_question_breaks_it(filled: Archive, text: str) -> None:
    try:
        filled.search(text)
    except UsageError:
        return
