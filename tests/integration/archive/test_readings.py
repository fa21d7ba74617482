"""Pages read again: the new text is shown, the old one stays proven, and nothing is invented or lost."""

from dataclasses import replace

import pytest

from tests.archive_samples import NOW, URL, change, content, grow, intent, minutes, watch
from tests.archives import opened
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.commits import commit_check
from tracker.archive.ledger.checkpoints import Signer
from tracker.archive.ledger.log import prove_entries, seal_log
from tracker.archive.ledger.verify import verify
from tracker.archive.readings import list_outdated, save_readings
from tracker.archive.search import search_passages
from tracker.archive.summaries import list_summaries
from tracker.archive.takedowns import prune_pages, take_down
from tracker.archive.versions import get_version, iter_versions, list_history
from tracker.errors import ArchiveError, NotKnown
from tracker.model.article import Article
from tracker.model.change import CLASSIFIER, Change, LabelKind
from tracker.model.version import Reread, Rereading, UpdatedChange, VersionQuery
from tracker.model.watch import Tracked


def better(n: int) -> Article:
    """Return how a later extractor reads the n-th state: without the byline it took for one, with a better headline."""
    return replace(content(n), byline=("Ada Lark",), title=f"River floods {n} streets of Ebbing")


@pytest.fixture
def tracked(store: Archive) -> Tracked:
    watched = watch(store)
    grow(store, watched, 3)
    return watched


def read_again(store: Archive, tracked: Tracked) -> None:
    """Let a later extractor read version 1 as before, version 2 better, and version 3 like version 2."""
    rereads = [
        Reread(1, "8", Rereading.SAME, signature="main"),
        Reread(2, "8", Rereading.CODE, better(2), "main"),
        Reread(3, "8", Rereading.CODE, better(2), "main", no_edit=True),
    ]
    changes = [UpdatedChange(2, change(2, LabelKind.HEADLINE)), UpdatedChange(3, Change(classifier=CLASSIFIER))]
    save_readings(store, tracked.id, rereads, changes, minutes(10))


def test_what_is_read_now_is_shown(store: Archive, tracked: Tracked, archive_url: str) -> None:
    read_again(store, tracked)
    for readonly in (False, True):
        reader = opened(archive_url, readonly=True) if readonly else store
        one, two, three = (get_version(reader, tracked.id, n) for n in (1, 2, 3))
        assert (one.content, two.content, three.content) == (content(1), better(2), better(2))
        assert [each.extractor for each in (one, two, three)] == ["8"] * 3
        assert [each.first_extractor for each in (one, two, three)] == ["0"] * 3
        assert [each.signature for each in (one, two, three)] == ["main"] * 3
        assert [each.no_edit for each in (one, two, three)] == [False, False, True]
        assert two.change == change(2, LabelKind.HEADLINE)
        assert three.change == Change(classifier=CLASSIFIER)
        assert list(iter_versions(reader, VersionQuery(reverse=True))) == [one, two, three]
        glances = list_summaries(reader, VersionQuery(reverse=True))
        assert [each.sha256 for each in glances] == [each.content.sha256 for each in (one, two, three)]
        assert [each.no_edit for each in glances] == [False, False, True]
        assert [each.kinds for each in glances] == [(), (LabelKind.HEADLINE,), ()]
        assert get_article(reader, tracked.id).title == better(2).title
        assert get_article(reader, tracked.id).signature == "main"
        assert list_history(store, tracked.id) == [one, two, three]
        if readonly:
            reader.close()


def test_search_follows(store: Archive, tracked: Tracked) -> None:
    read_again(store, tracked)
    (hit,) = search_passages(store, "ebbing")
    assert (hit.first_version, hit.last_version, hit.place) == (2, None, "title")
    assert hit.text == better(2).title
    assert search_passages(store, '"floods 3 streets"') == []
    assert [each.last_version for each in search_passages(store, '"floods 1 streets"')] == [1]


def test_the_log_still_holds(store: Archive, tracked: Tracked) -> None:
    note = seal_log(store, Signer.new("desk"), minutes(9))
    before = prove_entries(store, range(3), 3)
    read_again(store, tracked)
    assert prove_entries(store, range(3), 3) == before
    assert verify(store, against=note).damage == []


def test_what_is_outdated(store: Archive, tracked: Tracked) -> None:
    other = watch(store, URL + "/2", source="Post")
    grow(store, other, 1)
    assert list_outdated(store, "8") == [tracked.id, other.id]
    assert list_outdated(store, "8", source="Post") == [other.id]
    assert list_outdated(store, "0") == []
    assert list_outdated(store, "0", everything=True) == [tracked.id, other.id]
    read_again(store, tracked)
    assert list_outdated(store, "8") == [other.id]
    assert list_outdated(store, "9") == [tracked.id, other.id]
    prune_pages(store, "Post", NOW, keep=0)
    assert list_outdated(store, "8") == []


def test_what_cannot_be_read_keeps_its_text_and_is_not_tried_again(store: Archive, tracked: Tracked) -> None:
    save_readings(store, tracked.id, [Reread(n, "8", Rereading.UNREADABLE) for n in (1, 2, 3)], [], minutes(10))
    assert list_outdated(store, "8") == []
    found = get_version(store, tracked.id, 2)
    assert (found.content, found.extractor, found.first_extractor) == (content(2), "0", "")


def test_reading_again_and_again_keeps_what_was(store: Archive, tracked: Tracked) -> None:
    read_again(store, tracked)
    save_readings(store, tracked.id, [Reread(2, "9", Rereading.CODE, content(5), "x")], [], minutes(11))
    assert get_version(store, tracked.id, 2).content == content(5)
    save_readings(store, tracked.id, [Reread(2, "10", Rereading.SAME, signature="y")], [], minutes(12))
    found = get_version(store, tracked.id, 2)
    assert (found.content, found.extractor, found.signature) == (content(5), "10", "y")
    with store.read() as connection:
        assert connection.value(int, "SELECT count(*) FROM reading") == 5
        assert connection.value(int, "SELECT count(*) FROM reading WHERE superseded_at IS NULL") == 3
    assert verify(store).damage == []


def test_history_goes_on_after_it(store: Archive, tracked: Tracked) -> None:
    read_again(store, tracked)
    for n in (4, 5, 6):
        assert commit_check(store, intent(tracked, n, minutes(20 + n))).version == n
        assert get_version(store, tracked.id, n).content == content(n)
    assert get_version(store, tracked.id, 2).content == better(2)
    assert verify(store).damage == []


def test_a_takedown_takes_all_readings_along(store: Archive, tracked: Tracked) -> None:
    read_again(store, tracked)
    take_down(store, tracked.id, "court", NOW, 2)
    assert get_version(store, tracked.id, 2).content == Article()
    assert get_version(store, tracked.id, 3).content == better(2)
    assert [hit.first_version for hit in search_passages(store, "ebbing")] == [3]
    assert verify(store).damage == []
    with pytest.raises(ArchiveError, match="deleted in the meantime"):
        save_readings(store, tracked.id, [Reread(2, "9", Rereading.SAME)], [], NOW)
    take_down(store, tracked.id, "court", NOW)
    assert search_passages(store, "ebbing") == []
    with store.read() as connection:
        assert connection.value(int, "SELECT count(*) FROM reading") == 0


def test_all_or_nothing(store: Archive, tracked: Tracked) -> None:
    with pytest.raises(KeyError):
        save_readings(store, tracked.id, [Reread(1, "8", Rereading.CODE, better(1))], [UpdatedChange(9, Change())], NOW)
    assert get_version(store, tracked.id, 1).content == content(1)
    assert search_passages(store, "ebbing") == []
    with pytest.raises(NotKnown):
        save_readings(store, "aaa", [], [], NOW)
