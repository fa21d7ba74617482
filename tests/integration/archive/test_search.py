from dataclasses import replace
from itertools import islice, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.archive_samples import URL, capture, content, intent, minutes, watch
from tests.archives import downgrade
from tests.articles import article
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.archive.search import fold, positioned, reindex_passages, search_passages
from tracker.archive.takedowns import take_down
from tracker.errors import UsageError
from tracker.model.version import NewVersion
from tracker.model.watch import Tracked


def keep(store: Archive, tracked: Tracked, n: int, *paragraphs: str, title: str = "Flood", dek: str = "") -> None:
    new = NewVersion(article(*paragraphs, title=title, dek=dek), capture(n, minutes(n), tracked.url), "7", "", None)
    assert commit_check(store, intent(tracked, n, minutes(n), version=new)).version == n


@pytest.fixture
def filled(store: Archive) -> Archive:
    first, second = watch(store), watch(store, URL + "/2", source="Post")
    keep(store, first, 1, "The river rose over 14 streets.", "Nobody was hurt, Café Müller said.", dek="Old town wet")
    keep(store, first, 2, "The river rose over 15 streets.", "Nobody was hurt, Café Müller said.")
    keep(store, first, 3, "Nobody was hurt, Café Müller said.", "The river fell.", "The river fell.")
    keep(store, second, 1, "東京で火事、三人けが", "River trade grows in the U.S. and beyond", title="Trade")
    return store


def test_what_stood_is_found_with_its_time_and_asked_for_by_less(filled: Archive) -> None:
    (gone,) = search_passages(filled, "river 14")
    assert (gone.text, gone.place, gone.title) == ("The river rose over 14 streets.", "text", "Flood")
    assert (gone.first_version, gone.last_version, gone.since, gone.until) == (1, 1, minutes(1), minutes(2))
    (standing,) = search_passages(filled, "nobody hurt")
    assert (standing.first_version, standing.last_version, standing.since, standing.until) == (
        1,
        None,
        minutes(1),
        None,
    )
    (dek,) = search_passages(filled, "wet")
    assert (dek.place, dek.last_version) == ("dek", 1)
    assert {hit.place for hit in search_passages(filled, "flood OR trade")} == {"title", "text"}
    assert {hit.last_version for hit in search_passages(filled, "river", where="current")} == {None}
    assert {hit.last_version for hit in search_passages(filled, "river", where="removed")} == {1, 2}
    assert [hit.source for hit in search_passages(filled, "river", source="Post")] == ["Post"]
    assert len(search_passages(filled, "river", since=minutes(2))) == 4
    assert {hit.source for hit in search_passages(filled, "riv* OR trade", ranked=True)} == {"Herald", "Post"}
    assert len(search_passages(filled, "river", ranked=True, limit=2)) == 2
    newest = search_passages(filled, "river", limit=2)
    assert [hit.text for hit in newest] == ["River trade grows in the U.S. and beyond", "The river fell."]
    with pytest.raises(UsageError):
        search_passages(filled, '"river')


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("river", 5),
        ("riv*", 5),
        ("river rose", 2),
        ('"river rose"', 2),
        ('"rose river"', 0),
        ("river -rose", 3),
        ('river -"rose over"', 3),
        ("river AND streets NOT 15", 1),
        ("river Rose*", 2),
        ("14 OR 15 OR fell", 4),
        ("cafe muller", 1),
        ("CAFÉ", 1),
        ("火事", 1),
        ("東京で火事", 1),
        ("事火", 0),
        ("U.S.", 1),
        ("U.S. beyond -", 1),
        ("14 OR 15", 2),
        ("lake", 0),
    ],
)
def test_what_is_found(filled: Archive, asked: str, found: int) -> None:
    assert len(search_passages(filled, asked)) == found
    assert len(search_passages(filled, asked, ranked=True)) == found


@pytest.mark.parametrize(
    "text",
    [
        "The river rose 14% in 2.5 hours on the 1st, to 1e5 m3; again. A380s, 3D and 007 of x-ray co-op.example/x",
        "東京で火事 서울 화재 كَتَبَ שָׁלוֹם Ελλάδα Київ हिन्दी ไทย",
        "Café Ångström, Straße ½ ² Ⅷ ﬁre",
        "…",
        "river " * 200,
    ],
)
def test_postgresql_reads_words_with_their_places_as_it_would_parse_them(postgres_url: str, text: str) -> None:
    with open_archive(postgres_url) as store, store.read() as connection:
        parsed = connection.value(str, "SELECT CAST(to_tsvector('simple', :words) AS text)", words=fold(text))
        given = connection.value(str, "SELECT CAST(CAST(:words AS tsvector) AS text)", words=positioned(fold(text)))
    assert given == parsed


def test_what_was_taken_out_is_not_found(filled: Archive) -> None:
    ident = get_article(filled, URL).id
    take_down(filled, ident, "no", minutes(60), 1)
    assert search_passages(filled, "14") == []
    assert search_passages(filled, "wet") == []
    (standing,) = search_passages(filled, "nobody hurt")
    assert (standing.first_version, standing.last_version) == (2, None)
    take_down(filled, ident, "no", minutes(60))
    assert [hit.source for hit in search_passages(filled, "river")] == ["Post"]


def test_the_index_can_be_made_anew(filled: Archive) -> None:
    before = search_passages(filled, "river OR flood OR cafe", limit=100)
    assert reindex_passages(filled) == 2
    key = str
    assert sorted(search_passages(filled, "river OR flood OR cafe", limit=100), key=key) == sorted(before, key=key)


def test_an_older_archive_is_indexed_when_it_is_migrated(archive_url: str) -> None:
    with open_archive(archive_url) as store:
        keep(store, watch(store), 1, "The river rose.")
    downgrade(archive_url, "0002")
    with open_archive(archive_url, migrate=True) as store:
        assert [hit.text for hit in search_passages(store, "river")] == ["The river rose."]


def test_a_paragraph_of_a_whole_book_is_stored(store: Archive) -> None:
    words = ("".join(letters) for letters in product("абвгдежзик", repeat=5))
    tracked = watch(store)
    keep(store, tracked, 1, " ".join(islice(words, 83_000)))
    assert [hit.article for hit in search_passages(store, "аааав")] == [tracked.id]


def test_a_table_of_very_many_rows_is_stored(store: Archive) -> None:
    tracked = watch(store)
    keep(store, tracked, 1, *(f"runner {n}" for n in range(33_000)))
    assert [hit.text for hit in search_passages(store, "32000")] == ["runner 32000"]


def test_promos_and_notices_are_not_searched(store: Archive) -> None:
    tracked = watch(store)
    commit_check(store, replace(intent(tracked, 1, minutes(1))))
    assert content(1).blocks[1].text == "Read more"
    assert search_passages(store, "read more") == []


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(text=st.text(max_size=40))
def test_no_question_breaks_it(filled: Archive, text: str) -> None:
    try:
        search_passages(filled, text)
    except UsageError:
        return
