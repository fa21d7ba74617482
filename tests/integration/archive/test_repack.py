"""What is encoded anew reads as before, whatever ends the run, and whichever page is deleted afterwards."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from tests.archive_samples import capture, change, content, intent, minutes, watch, with_body
from tests.archives import new_archive_at
from tracker.archive import frames, move
from tracker.archive.archive import Archive
from tracker.archive.captures import get_capture
from tracker.archive.commits import commit_check
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.repack import MAX_REPACKED_TOGETHER, repack
from tracker.archive.search import search_passages
from tracker.archive.takedowns import prune_pages, take_down
from tracker.archive.versions import get_version
from tracker.errors import ArchiveError
from tracker.model.capture import Capture
from tracker.model.check import Tracked

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def shell(name: str) -> bytes:
    """Return markup that many pages share."""
    ids = (sha256(f"{name}{n}".encode()).hexdigest() for n in range(300))
    return "".join(f'<li class="m"><a href="/s/{each}">more</a></li>' for each in ids).encode()


def page(n: int, at: datetime, url: str) -> Capture:
    plain = capture(n, at, url)
    # The page that came first, and became the reference of its source, is unlike all others.
    return with_body(plain, shell("odd" if url.endswith("/0") else "usual") + plain.body)


def fill(store: Archive, articles: int = 4, versions: int = 6) -> list[Tracked]:
    """Store versions of articles of one source."""
    watched = [watch(store, f"https://herald.example/{place}") for place in range(articles)]
    for n in range(1, versions + 1):
        for tracked in watched:
            keep(store, tracked, n)
    return watched


def keep(store: Archive, tracked: Tracked, n: int) -> None:
    decided = intent(tracked, n, minutes(n), capture=page(n, minutes(n), tracked.url))
    assert commit_check(store, decided).version == n


def store_page(store: Archive, tracked: Tracked, body: bytes) -> None:
    """Store *body* as the first version of an article."""
    taken = with_body(capture(1, minutes(1), tracked.url), body)
    commit_check(store, intent(tracked, 1, minutes(1), capture=taken))


def assert_stored(store: Archive, watched: list[Tracked], versions: int = 6) -> None:
    for tracked in watched:
        for n in range(1, versions + 1):
            assert get_capture(store, tracked.id, n) == page(n, minutes(n), tracked.url)
            found = get_version(store, tracked.id, n)
            assert (found.content, found.change) == (content(n), change(n) if n > 1 else None)


def frame_bytes(store: Archive) -> int:
    with store.read() as connection:
        return connection.number("SELECT sum(length(data)) FROM blob")


def test_pages_of_other_articles_are_used_and_everything_reads_as_before(store: Archive) -> None:
    watched = fill(store)
    before = frame_bytes(store)
    told: list[tuple[int, int]] = []
    assert repack(store, NOW, lambda done, total: told.append((done, total))) == 24
    assert told[-1] == (24, 24)
    assert frame_bytes(store) < 0.6 * before
    assert_stored(store, watched)
    assert verify(store).ok
    assert search_passages(store, '"nobody was hurt"')


def test_a_second_run_takes_only_what_is_new(store: Archive) -> None:
    watched = fill(store, versions=2)
    assert repack(store, NOW) == 8
    assert repack(store, NOW) == 0
    keep(store, watched[0], 3)
    late = watch(store, "https://late.example/1", source="late")
    keep(store, late, 1)
    before = frame_bytes(store)
    assert repack(store, NOW) == 2
    # The page of the new outlet is encoded against its copy, and that against no other.
    assert frame_bytes(store) <= before
    assert_stored(store, watched, 2)
    assert_stored(store, [late], 1)
    assert verify(store).ok


def test_a_page_that_others_are_encoded_against_can_be_deleted(store: Archive) -> None:
    watched = fill(store)
    repack(store, NOW)
    take_down(store, watched[1].id, "court order", NOW)
    assert_stored(store, [watched[0], *watched[2:]])
    assert verify(store).ok
    keep(store, watched[2], 7)
    assert_stored(store, watched[2:3], 7)


def test_pages_that_lose_their_base_are_encoded_against_one_another(store: Archive) -> None:
    watched = fill(store, versions=2)
    repack(store, NOW)
    before = frame_bytes(store)
    assert prune_pages(store, "Herald", NOW, keep=1) == 4
    # Each of them whole, they would be almost twice as long.
    assert frame_bytes(store) < 1.2 * before
    assert [get_capture(store, each.id, 2) for each in watched] == [page(2, minutes(2), each.url) for each in watched]
    assert verify(store).ok


def test_a_repacked_archive_can_be_moved(tmp_path: Path) -> None:
    with open_archive(new_archive_at(tmp_path / "a.db")) as store:
        watched = fill(store, versions=1)
        # The first page of another outlet, later than those it would be the best base of.
        keep(store, watch(store, "https://late.example/1", source="late"), 1)
        repack(store, NOW)
        with move.open_target(f"sqlite:///{tmp_path / 'b.db'}") as target:
            assert move.move(store, target, lambda *_: None).ok
            assert_stored(target, watched, 1)


def test_a_page_keeps_its_base_where_no_other_makes_it_shorter(store: Archive) -> None:
    # One long script, and hardly any markup that the pages have in common.
    script = b"<script>" + b"".join(sha256(b"%d" % n).hexdigest().encode() for n in range(2000)) + b"</script>"
    for place in range(4):
        tracked = watch(store, f"https://herald.example/{place}")
        store_page(store, tracked, script + capture(1, minutes(1), tracked.url).body)
    before = frame_bytes(store)
    repack(store, NOW)
    assert frame_bytes(store) <= before
    assert verify(store).ok


def test_the_page_used_longest_ago_is_forgotten_first(store: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    # The reference, and two pages that others can be encoded against.
    monkeypatch.setattr("tracker.archive.repack.MAX_ROOTS", 3)
    for name in ("reference", "old", "new"):
        store_page(store, watch(store, f"https://herald.example/{name}"), shell(name))
    repack(store, NOW)
    for place, name in enumerate(("another", "new", "reference")):
        store_page(store, watch(store, f"https://herald.example/later/{place}"), shell(name) + b"<p>later</p>")
    assert repack(store, NOW) == 3
    with store.read() as connection:
        lengths = connection.column(
            int, "SELECT length(b.data) FROM capture c JOIN blob b ON b.id = c.body_id ORDER BY c.version_id"
        )
    *_, another, new, reference = lengths
    assert max(new, reference) * 10 < another
    assert verify(store).ok


def test_a_run_that_is_killed_loses_nothing_and_is_continued(tmp_path: Path) -> None:
    url = new_archive_at(tmp_path / "a.db")
    with open_archive(url) as store:
        watched = fill(store)
    killed = subprocess.run([sys.executable, "-m", __name__, url], check=False, timeout=120)
    assert killed.returncode == 9
    with open_archive(url) as store:
        assert_stored(store, watched)
        assert verify(store).ok
        assert repack(store, NOW) == 24 - MAX_REPACKED_TOGETHER
        assert_stored(store, watched)
        assert verify(store).ok


def test_replaced_frames_are_overwritten(tmp_path: Path) -> None:
    with open_archive(new_archive_at(tmp_path / "a.db")) as store:
        fill(store, versions=1)
        with store.write() as connection:
            # Many builds of SQLite overwrite what is freed anyway.
            connection.run("PRAGMA secure_delete=OFF")
            before: dict[int, bytes] = dict(connection.all("SELECT id, data FROM blob"))
        repack(store, NOW)
        with store.read() as connection:
            after: dict[int, bytes] = dict(connection.all("SELECT id, data FROM blob"))
    file = (tmp_path / "a.db").read_bytes()
    replaced = [data for key, data in before.items() if after[key] != data]
    assert len(replaced) > 1
    # The ends of long frames stood on pages of their own.
    assert not any(data[-200:] in file for data in replaced)


@pytest.mark.parametrize("place", [0, 3])
def test_damage_is_named_and_stays(store: Archive, place: int) -> None:
    watched = fill(store, versions=2)
    with store.write() as connection:
        key = connection.column(int, "SELECT body_id FROM capture ORDER BY version_id")[place]
        connection.run("UPDATE blob SET crc = crc + 1 WHERE id = :id", id=key)
    with pytest.raises(ArchiveError, match="a stored frame is damaged"):
        repack(store, NOW)
    assert not verify(store).ok
    assert get_version(store, watched[0].id, 1).content == content(1)


def die_in_second_group(url: str) -> None:
    """Repack, and die in the transaction of the second group, when some of its frames are written."""
    left: list[int] = []
    compress = frames.compress

    def compress_or_die(raw: bytes, level: int, base: bytes | None = None, *, far: bool = False) -> bytes:
        if left and not left.pop():
            os._exit(9)
        return compress(raw, level, base, far=far)

    frames.compress = compress_or_die
    with open_archive(url) as store:
        repack(store, NOW, lambda done, total: left.extend(range(15)))


if __name__ == "__main__":
    die_in_second_group(sys.argv[1])
