"""What a version is coded against is read back right, whether or not it was lately at hand."""

import pytest

from tests.archive_samples import URL, capture, change, content, grow, intent, minutes, watch, with_body
from tracker.archive import blobs, captures
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.blobs import Recent
from tracker.archive.captures import get_capture
from tracker.archive.commits import commit_check
from tracker.archive.ledger.verify import verify
from tracker.archive.versions import get_version
from tracker.errors import ArchiveError


@pytest.mark.parametrize("most", [0, 1 << 20])
def test_every_chain_is_followed(store: Archive, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    recent = Recent(most)
    monkeypatch.setattr(blobs, "RECENT", recent)
    monkeypatch.setattr(captures, "RECENT", recent)
    tracked = watch(store)
    grow(store, tracked, 17)
    commit_check(store, intent(watch(store, URL + "/other"), 1, minutes(1)))
    for n in range(1, 18):
        assert get_capture(store, tracked.id, n) == capture(n, minutes(n))
        found = get_version(store, tracked.id, n)
        assert (found.content, found.change) == (content(n), change(n) if n > 1 else None)
    assert verify(store).ok


def test_a_base_that_is_missing_or_damaged_is_named(store: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    recent = Recent(0)
    monkeypatch.setattr(blobs, "RECENT", recent)
    monkeypatch.setattr(captures, "RECENT", recent)
    tracked = watch(store)
    grow(store, tracked, 2)
    with store.write() as connection:
        connection.run("UPDATE blob SET crc = crc + 1 WHERE base_id IS NULL")
    with pytest.raises(ArchiveError, match="a stored frame is damaged"):
        commit_check(store, intent(tracked, 3, minutes(3)))
    assert get_article(store, tracked.id).versions == 2


def test_a_version_without_a_page_is_no_reference_for_others(store: Archive) -> None:
    # So an import stores versions whose pages are not in the file.
    commit_check(store, intent(watch(store), 1, minutes(1), capture=with_body(capture(), b"")))
    for place in range(2):
        commit_check(store, intent(watch(store, f"{URL}/{place}"), 1, minutes(2)))
    with store.read() as connection:
        body = "SELECT b.base_id FROM capture c JOIN blob b ON b.id = c.body_id WHERE b.raw_len > 0"
        bases = connection.column(int, body)
        (reference,) = connection.column(int, "SELECT body_id FROM reference")
    assert bases == [reference, reference]
