"""Two hosts of one source are checked at the same time, and a person releases alerts: no note of the source is lost.

What a note is made from is read a while before it is written: whoever does not wait for the other overwrites it.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event
from typing import Any

import pytest

from tests.archive_samples import alert, grow, intent, look, minutes, watch
from tests.waiting import PATIENCE
from tracker.archive.archive import Archive
from tracker.archive.outbox import claim_batch, claim_deliveries
from tracker.archive.sources import list_storms, save_layout
from tracker.model.alert import Batch
from tracker.model.source import MIN_MOVED_ARTICLES, Layout
from tracker.model.watch import CheckOutcome, Intent, Remark, Tracked
from tracker.pipeline import settle as settle_module
from tracker.pipeline.settle import CheckReport, release_storm, settle

HOSTS = ("https://herald.example/a", "https://m.herald.example/b")
READING_SECONDS = 0.3


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Let some time pass after each reading; set once the first is made."""
    event = Event()

    def slow(function: Callable[..., Any]) -> Callable[..., Any]:
        def slowly(*args: Any) -> Any:
            found = function(*args)
            event.set()
            time.sleep(READING_SECONDS)
            return found

        return slowly

    for name in ("get_layout", "get_storm", "source_activity"):
        monkeypatch.setattr(settle_module, name, slow(getattr(settle_module, name)))
    return event


def changed(archive: Archive, url: str) -> tuple[Tracked, Intent]:
    """Return an article, and the decision to keep an edit of it and to tell of it."""
    tracked = watch(archive, url)
    grow(archive, tracked, 1)
    return tracked, intent(tracked, 2, minutes(2), alerts=(alert(url, article=tracked.id, version=2),))


def at_once(open_again: Callable[[], Archive], *decided: tuple[Tracked, Intent]) -> list[CheckReport]:
    """Settle each in a thread with an archive of its own, all at the same time."""
    start = Barrier(len(decided))

    def one(made: tuple[Tracked, Intent]) -> CheckReport:
        with open_again() as archive:
            start.wait(PATIENCE)
            return settle(archive, *made, len(decided))

    with ThreadPoolExecutor(len(decided)) as pool:
        return list(pool.map(one, decided))


@pytest.mark.usefixtures("read")
def test_each_host_s_article_counts_for_a_change_of_layout(archive: Archive, open_again: Callable[[], Archive]) -> None:
    tracked = [watch(archive, url) for url in HOSTS]
    known = Layout("Herald", minutes(1), minutes(1), tuple(f"{n}" for n in range(MIN_MOVED_ARTICLES - 2)))
    save_layout(archive, known)
    moved = [look(each, 0, minutes(2), CheckOutcome.UNCHANGED) for each in tracked]
    moved = [replace(each, check=replace(each.check, remark=Remark.LAYOUT)) for each in moved]
    decided = zip(tracked, moved, strict=True)
    told = [each.layout for each in at_once(open_again, *decided) if each.layout]
    assert len(told) == 1, "the second article makes it sure"
    assert set(told[0].articles) == {*known.articles, *(each.id for each in tracked)}


@pytest.mark.usefixtures("read")
def test_each_host_s_edit_counts_for_a_storm(archive: Archive, open_again: Callable[[], Archive]) -> None:
    settled = at_once(open_again, *(changed(archive, url) for url in HOSTS))
    assert [each.storm.changed for each in settled if each.storm] == [2], "the second edit makes it a storm"
    assert [each.intent.alerts[0].batch for each in settled if each.intent.alerts[0].batch] == [
        Batch("all edits|storm|Herald", storm="Herald")
    ]
    assert list_storms(archive)["Herald"].changed == 2


def test_a_release_while_an_edit_is_settled_is_not_undone(
    archive: Archive, open_again: Callable[[], Archive], read: Event
) -> None:
    first, second = (changed(archive, url) for url in HOSTS)
    settle(archive, *first, 1)
    read.clear()
    with ThreadPoolExecutor(1) as pool, open_again() as other:
        settling = pool.submit(settle, other, *second, 1)
        assert read.wait(PATIENCE)
        release_storm(archive, "Herald", minutes(3))
        settling.result()
    assert list_storms(archive)["Herald"].spared == minutes(3) + settle_module.MAX_HOLD
    going = claim_deliveries(archive, minutes(3), 60) + claim_batch(archive, minutes(3), 60)
    assert {each.article for each in going} == {article.id for article, _ in (first, second)}
