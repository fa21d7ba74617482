import os
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.archive_samples import NOW, URL, capture, change, content, grow, intent, look, minutes, watch
from tests.archives import archive_at, new_archive_at
from tests.integration.exchange.pages import job
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, get_article, list_articles, set_article_state
from tracker.archive.backup import backup, restore
from tracker.archive.commits import commit_check
from tracker.archive.ledger.checkpoints import Signer, read_note
from tracker.archive.ledger.log import (
    SELECT_EVIDENCE,
    evidence_of,
    list_checkpoints,
    prove_consistency,
    prove_entries,
    seal_log,
    sealed_size,
)
from tracker.archive.ledger.log_proofs import is_consistent, is_included
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.readings import save_readings
from tracker.archive.takedowns import prune_pages, take_down
from tracker.config.root import Config
from tracker.errors import ArchiveError
from tracker.exchange import jsonl
from tracker.exchange.files import lines
from tracker.exchange.jsonl import records
from tracker.model.change import LabelKind
from tracker.model.source import Target
from tracker.model.version import Raw, Reread, Rereading, UpdatedChange
from tracker.model.watch import ArticleState, CheckOutcome, WatchedArticle
from tracker.service.backfill import import_records

SIGNER = Signer.new("herald.example/archive")

# Columns of evidence by table, with the key of its rows.
EVIDENCE = {
    ("article", "id"): ("ident", "url"),
    ("version", "id"): (
        "n", "content_id", "seen_at", "previous_seen_at", "status", "extractor", "signature", "sha256",
    ),
    ("capture", "version_id"): ("fetched_at", "head_id", "body_id", "status", "sha256"),
    ("blob", "id"): ("raw_len", "sha256", "data"),
    ("leaf", "version_id"): ("hash",),
    ("change", "version_id"): ("data",),
    ("checkpoint", "size"): ("root", "note"),
}  # fmt: skip
COLUMNS = [(table, key, column) for (table, key), columns in EVIDENCE.items() for column in columns]


def fill(store: Archive, articles: int = 3, versions: int = 6) -> None:
    for place in range(articles):
        grow(store, watch(store, f"{URL}/{place}"), versions)


class TestLog:
    def test_checkpoints_grow_and_prove(self, store: Archive) -> None:
        fill(store, 1, 3)
        first = read_note(seal_log(store, SIGNER, minutes(10)), SIGNER.public)
        grow_more(store)
        second = read_note(seal_log(store, SIGNER, minutes(20)), SIGNER.public)
        assert (first.size, second.size) == (3, 5)
        assert [read_note(each) for each in list_checkpoints(store)] == [first, second]
        with store.read() as connection:
            leaves = connection.column(bytes, "SELECT hash FROM leaf ORDER BY position")
        roots = [bytes.fromhex(each.root) for each in (first, second)]
        for size, root in ((3, roots[0]), (5, roots[1])):
            for place, path in enumerate(prove_entries(store, range(size), size)):
                assert path is not None
                assert is_included(leaves[place], place, size, [bytes.fromhex(each) for each in path], root)
        consistent = [bytes.fromhex(each) for each in prove_consistency(store, 3, 5)]
        assert is_consistent(3, roots[0], 5, roots[1], consistent)
        assert verify(store, against=list_checkpoints(store)[0], public=SIGNER.public).ok

    def test_the_log_size_from_which_on_versions_are_in_it(self, store: Archive) -> None:
        fill(store, 1, 3)
        ident = list_articles(store)[0].id
        assert sealed_size(store, ident, (1, 2)) is None, "no checkpoint yet"
        seal_log(store, SIGNER, minutes(10))
        assert [sealed_size(store, ident, numbers) for numbers in ((1,), (1, 2), (3, 1), (1, 9))] == [1, 2, 3, None]

    def test_nothing_new_is_the_same_checkpoint(self, store: Archive) -> None:
        assert read_note(seal_log(store, SIGNER, NOW)).size == 0
        fill(store, 1, 2)
        assert seal_log(store, SIGNER, NOW) == seal_log(store, SIGNER, minutes(1))
        assert len(list_checkpoints(store)) == 2
        assert verify(store, public=SIGNER.public).ok, "a checkpoint of no entries is one, too"


def grow_more(store: Archive) -> None:
    tracked = list_articles(store)[0]
    for n in (4, 5):
        commit_check(store, intent(tracked, n, minutes(n)))


class TestVerify:
    def test_history_cannot_be_rewritten_behind_a_checkpoint(self, store: Archive) -> None:
        fill(store, 1, 3)
        note = seal_log(store, SIGNER, NOW)
        with store.write() as connection:
            connection.run("UPDATE version SET seen_at = seen_at - 60000 WHERE n = 3")
        assert [each.what for each in verify(store, sample=0).damage] == [f"{list_articles(store)[0].id}@3"]
        with store.write() as connection:
            (row,) = connection.all(f"{SELECT_EVIDENCE} WHERE v.n = 3")
            connection.run(
                "UPDATE leaf SET hash = :leaf WHERE version_id = :id", leaf=evidence_of(row).leaf(), id=row.id
            )
        assert [each.how for each in verify(store).damage] == ["the first 3 entries do not match checkpoint 3"]
        with store.write() as connection:
            connection.run("DELETE FROM checkpoint")
        seal_log(store, SIGNER, NOW)
        # The owner of the database made it whole again; who kept the note still sees it.
        assert verify(store).ok
        assert verify(store, against=note).damage[0].what == "the log"
        with store.write() as connection:
            connection.run("UPDATE leaf SET position = NULL")
        assert any("only 0 of them" in each.how for each in verify(store, against=note).damage)
        with pytest.raises(ArchiveError, match="not signed"):
            verify(store, against=note, public=Signer.new("somebody").public)


class TestLogAsAWhole:
    def test_it_is_held_against_the_checkpoints_of_the_archive(self, store: Archive) -> None:
        fill(store, 1, 3)
        seal_log(store, SIGNER, NOW)
        grow_more(store)
        seal_log(store, SIGNER, minutes(1))
        report = verify(store, sample=0, keys=[SIGNER.public])
        assert (report.ok, report.entries, report.checkpoints) == (True, 5, 2)
        assert found(store, "UPDATE leaf SET position = NULL WHERE position = 4") == {
            "it had 5 entries at a checkpoint, now 4"
        }
        assert found(store, "UPDATE leaf SET position = 4 WHERE position IS NULL") == set()
        assert found(store, "UPDATE checkpoint SET size = 4 WHERE size = 5") == {"its row and its note differ"}
        assert found(store, "UPDATE checkpoint SET size = 5, note = replace(note, '— ', '— x') WHERE size = 4") == {
            "the checkpoint is not signed with the given key"
        }
        # One article is looked at without the log as a whole.
        assert verify(store, article=list_articles(store)[0].id).ok
        first_altered = "UPDATE leaf SET hash = (SELECT root FROM checkpoint WHERE size = 3) WHERE position = 0"
        assert "the first 3 entries do not match checkpoint 3" in found(store, first_altered)


def found(store: Archive, statement: str) -> set[str]:
    with store.write() as connection:
        connection.run(statement)
    return {each.how for each in verify(store, sample=0, keys=[SIGNER.public]).damage}


class TestDamage:
    def test_every_bit_of_the_head_of_a_frame_counts(self, store: Archive) -> None:
        """Some change nothing that the frame holds."""
        fill(store, 1, 2)
        with store.read() as connection:
            (blob,) = connection.all("SELECT id, data FROM blob WHERE id = (SELECT max(body_id) FROM capture)")
        frame = bytes(blob.data)
        for bit in range(8 * 14):
            flipped = bytearray(frame)
            flipped[bit // 8] ^= 1 << bit % 8
            with store.write() as connection:
                connection.run("UPDATE blob SET data = :data WHERE id = :id", data=bytes(flipped), id=blob.id)
            assert {each.what for each in verify(store).damage} == {f"{list_articles(store)[0].id}@2"}, bit

    @settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(place=st.sampled_from(COLUMNS), at=st.integers(0, 1 << 30), bit=st.integers(0, 7))
    def test_a_flipped_bit_in_any_column_is_found(self, store: Archive, place: tuple[str, str, str], at, bit) -> None:
        if not list_articles(store):
            fill(store, 2, 3)
            seal_log(store, SIGNER, minutes(10))
        table, key, column = place
        with store.read() as connection:
            rows = connection.all(
                f"SELECT {key} AS key, {column} AS value FROM {table} WHERE {column} IS NOT NULL ORDER BY {key}"
            )
        row = rows[at % len(rows)]
        update = f"UPDATE {table} SET {column} = :value WHERE {key} = :key"
        try:
            with store.write() as connection:
                connection.run(update, value=flipped(row.value, at, bit), key=row.key)
        except ArchiveError:
            return  # the database refuses it: a number that leads nowhere, or twice the same value
        assert not verify(store, keys=[SIGNER.public]).ok
        with store.write() as connection:
            connection.run(update, value=row.value, key=row.key)
        assert verify(store, keys=[SIGNER.public]).ok


def flipped(value: object, at: int, bit: int) -> object:
    """Return a value of a column with another bit."""
    if isinstance(value, int):
        return value ^ 1 << bit
    if isinstance(value, str):
        place = at % len(value)
        return value[:place] + chr(ord(value[place]) ^ 1 << bit % 5) + value[place + 1 :]
    assert isinstance(value, (bytes, memoryview))
    changed = bytearray(value)
    changed[at % len(changed)] ^= 1 << bit
    return bytes(changed)


ARTICLES = 4


class Owner:
    """Does what owners do, at random, and keeps every note."""

    def __init__(self, store: Archive, seed: int) -> None:
        self.store = store
        self.dice = random.Random(seed)
        self.now = 0.0
        self.notes: list[str] = []
        names = [Target(f"{URL}/{place}", "Flood") for place in range(ARTICLES)]
        self.idents = [each.id for each in add_targets(store, "Herald", names, minutes(0))]

    def article(self) -> WatchedArticle:
        return get_article(self.store, self.dice.choice(self.idents))

    def grow(self) -> None:
        tracked = self.article()
        raw = self.dice.choice([Raw.VERSIONS, Raw.ALL, Raw.NONE])
        state = self.dice.choice([ArticleState.ACTIVE, ArticleState.GONE])
        commit_check(self.store, intent(tracked, tracked.versions + 1, minutes(self.now), raw=raw, state=state))

    def look(self) -> None:
        tracked = self.article()
        if tracked.versions:
            seen = capture(tracked.versions, minutes(self.now), tracked.url)
            aliases = (f"{tracked.url}?v={self.dice.randrange(3)}",)
            made = look(tracked, tracked.versions, minutes(self.now), CheckOutcome.UNCHANGED)
            commit_check(self.store, replace(made, recapture=seen, raw=Raw.ALL, aliases=aliases))

    def backfill(self) -> None:
        tracked = self.article()
        made = intent(tracked, tracked.versions + 1, minutes(-9000 + self.now))
        commit_check(self.store, replace(made, imported_at=minutes(self.now)))

    def takedown(self) -> None:
        tracked = self.article()
        if tracked.versions:
            n = self.dice.choice([None, self.dice.randrange(1, tracked.versions + 1)])
            take_down(self.store, tracked.id, "court", minutes(self.now), n)

    def prune(self) -> None:
        prune_pages(self.store, "Herald", minutes(self.now), keep=self.dice.randrange(3))

    def reread(self) -> None:
        tracked = self.article()
        if tracked.versions > 1:
            n = self.dice.randrange(2, tracked.versions + 1)
            text = replace(content(n), title=f"River floods {n} roads")
            kind = self.dice.choice([Rereading.CODE, Rereading.SAME, Rereading.UNREADABLE])
            again = Reread(n, str(self.now), kind, text if kind is Rereading.CODE else None, "main")
            updated = [UpdatedChange(n, change(n, LabelKind.HEADLINE))]
            with suppress(ArchiveError):  # the version was deleted
                save_readings(self.store, tracked.id, [again], updated, minutes(self.now))

    def pause(self) -> None:
        state = self.dice.choice([ArticleState.PAUSED, ArticleState.ACTIVE])
        set_article_state(self.store, self.article().id, state, minutes(69))

    def move(self) -> None:
        tracked = self.article()
        target = Target(tracked.url.replace("https://herald", "http://herald"), "Flood")
        add_targets(self.store, "Post", [target], minutes(self.now), claimed=[tracked.id])

    def seal(self) -> None:
        self.notes.append(seal_log(self.store, SIGNER, minutes(self.now)))

    def work(self, steps: int) -> None:
        common: list[Callable[[], None]] = [self.grow] * 5 + [self.look] * 2 + [self.seal] * 2
        rare = [self.backfill, self.takedown, self.prune, self.reread, self.reread, self.pause, self.move]
        for _ in range(steps):
            self.now += self.dice.choice([1, 30, 90])
            self.dice.choice(common + rare)()
        self.seal()


@pytest.mark.parametrize("seed", range(int(os.environ.get("WRITETHRU_EXAMPLES", "16"))))
def test_nothing_is_named(tmp_path: Path, seed: int) -> None:
    url = new_archive_at(tmp_path / "archive.db")
    with open_archive(url) as store:
        owner = Owner(store, seed)
        owner.work(40)
        for note in owner.notes:
            assert verify(store, against=note, public=SIGNER.public, keys=[SIGNER.public]).damage == []
        made = job(store, tmp_path / "all.jsonl")
        jsonl.write(made)
    backup(url, tmp_path / "copy.db")
    again = f"sqlite:///{tmp_path / 'again.db'}"
    restore(again, tmp_path / "copy.db", against=owner.notes[-1], public=SIGNER.public)
    with open_archive(again) as store:
        assert verify(store, against=owner.notes[-1], keys=[SIGNER.public]).damage == []
    with archive_at(tmp_path / "imported.db") as store:
        seal_log(store, SIGNER, minutes(owner.now))
        assert import_records(store, records(lines(tmp_path / "all.jsonl"), "all"), Config(), minutes(owner.now)).kept
        assert verify(store, keys=[SIGNER.public]).damage == []
        seal_log(store, SIGNER, minutes(owner.now + 60))
        assert verify(store, keys=[SIGNER.public]).damage == []
