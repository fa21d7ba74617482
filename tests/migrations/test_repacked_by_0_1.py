"""An archive whose frames `db compact --repack` of release 0.1 wrote reads as before, and goes on.

`repacked_by_0_1/` was written by the code of that release: three articles of one source with three versions each. The
first page of article 2 is encoded against that of article 1.
"""

import gzip
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.archive_samples import capture, change, content, intent, minutes, with_body
from tests.postgres import Server
from tracker.archive import move
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.captures import get_capture
from tracker.archive.commits import commit_check
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.takedowns import prune_pages, take_down
from tracker.archive.versions import get_version
from tracker.model.capture import Capture

STORED = Path(__file__).parent / "repacked_by_0_1" / "archive.db.gz"
ADDRESSES = [f"https://herald.example/{place}" for place in range(3)]


@pytest.fixture(params=["sqlite", pytest.param("moved to postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    """Give the archive, upgraded."""
    path = tmp_path / "archive.db"
    path.write_bytes(gzip.decompress(STORED.read_bytes()))
    with open_archive(f"sqlite:///{path}", migrate=True) as archive:
        if request.param == "sqlite":
            yield archive
            return
        server: Server = request.getfixturevalue("postgres")
        url = server.create()
        with move.open_target(url) as target:
            assert move.move(archive, target, lambda *_: None).ok
            yield target
        server.drop(url)


def page(n: int, url: str) -> Capture:
    plain = capture(n, minutes(n), url)
    name = "odd" if url.endswith("/0") else "usual"
    ids = (sha256(f"{name}{each}".encode()).hexdigest() for each in range(200))
    markup = "".join(f'<li class="m"><a href="/s/{each}">more</a></li>' for each in ids)
    return with_body(plain, markup.encode() + plain.body)


def assert_stored(store: Archive, url: str, versions: range = range(1, 4)) -> None:
    ident = get_article(store, url).id
    for n in versions:
        assert get_capture(store, ident, n) == page(n, url)
        found = get_version(store, ident, n)
        assert (found.content, found.change) == (content(n), change(n) if n > 1 else None)


def test_every_version_reads_as_it_was_and_another_follows(store: Archive) -> None:
    with store.read() as connection:
        across = (
            "SELECT count(*) FROM capture c JOIN blob b ON b.id = c.body_id JOIN capture d ON d.body_id = b.base_id"
        )
        assert connection.number(f"{across} JOIN version v ON v.id = c.version_id WHERE v.n = 1") == 1
    for url in ADDRESSES:
        tracked = get_article(store, url)
        assert commit_check(store, intent(tracked, 4, minutes(4), capture=page(4, url))).version == 4
        assert_stored(store, url, range(1, 5))
    assert verify(store).ok


def test_a_page_that_another_article_is_encoded_against_can_be_deleted(store: Archive) -> None:
    take_down(store, get_article(store, ADDRESSES[1]).id, "court order", minutes(9))
    assert_stored(store, ADDRESSES[0])
    assert_stored(store, ADDRESSES[2])
    assert verify(store).ok


def test_old_pages_can_be_pruned(store: Archive) -> None:
    assert prune_pages(store, "Herald", minutes(9), keep=1) == 6
    for url in ADDRESSES:
        assert_stored(store, url, range(3, 4))
    assert verify(store).ok
