"""Archives that went through everything their owners do to them, and nothing else: `verify` names nothing."""

import os
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.archive_samples import URL, capture, change, content, intent, look, minutes
from tests.archives import archive_at, new_archive_at
from tests.integration.exchange.pages import job
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, get_article, set_article_state
from tracker.archive.backup import backup, restore
from tracker.archive.commits import commit_check
from tracker.archive.ledger.checkpoints import Signer
from tracker.archive.ledger.log import seal_log
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.readings import save_readings
from tracker.archive.takedowns import prune_pages, take_down
from tracker.config.root import Config
from tracker.errors import ArchiveError
from tracker.exchange import jsonl
from tracker.exchange.files import lines
from tracker.exchange.record import records
from tracker.model.change import LabelKind
from tracker.model.source import Target
from tracker.model.version import Raw, Reread, Rereading, UpdatedChange
from tracker.model.watch import ArticleState, CheckOutcome, Tracked
from tracker.service.backfill import import_records

SIGNER = Signer.new("herald.example/archive")
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

    def article(self) -> Tracked:
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
        set_article_state(self.store, self.article().id, state)

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
            assert verify(store, against=note, public=SIGNER.public, own=SIGNER.public).damage == []
        made = job(store, tmp_path / "all.jsonl")
        jsonl.write(made)
    backup(url, tmp_path / "copy.db")
    again = f"sqlite:///{tmp_path / 'again.db'}"
    restore(again, tmp_path / "copy.db", against=owner.notes[-1], public=SIGNER.public)
    with open_archive(again) as store:
        assert verify(store, against=owner.notes[-1], own=SIGNER.public).damage == []
    with archive_at(tmp_path / "imported.db") as store:
        seal_log(store, SIGNER, minutes(owner.now))
        assert import_records(store, records(lines(tmp_path / "all.jsonl"), "all"), Config(), minutes(owner.now)).kept
        assert verify(store, own=SIGNER.public).damage == []
        seal_log(store, SIGNER, minutes(owner.now + 60))
        assert verify(store, own=SIGNER.public).damage == []
