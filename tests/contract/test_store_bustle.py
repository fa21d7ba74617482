"""What every Store knows of whole sources: how much changed, what was noted, which alerts wait together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.archive_samples import NOW, URL, alert, grow, minutes, watch
from tracker.model import Activity, CheckOutcome

if TYPE_CHECKING:
    from tracker.ports import Store

LANE = "every|storm|Herald"


def test_visits_are_counted_by_source_and_time(store: Store) -> None:
    first, second = watch(store), watch(store, "https://herald.example/news/fire")
    other = watch(store, "https://other.example/a", source="Other")
    grow(store, first, 3)
    grow(store, second, 1)
    grow(store, other, 2)
    found = [check for each in (first, second) for check in store.checks(each.id)]
    changed = sorted(check.at for check in found if check.outcome is CheckOutcome.CHANGED)
    everything = store.bustle("Herald", minutes(-1), minutes(10_000))
    assert everything == Activity(seen=1, changed=1, changes=2), "a first version is no change"
    assert store.bustle("Herald", changed[0], changed[-1]) == Activity(1, 1, 1), "after the one, not after the other"
    assert store.bustle("nobody", minutes(-1), minutes(10_000)) == Activity()


def test_memos_are_found_by_how_their_names_begin(store: Store) -> None:
    for name in ("storm|b", "storm|a", "STORM|c", "storm", "stormy|d", "st_rm|e"):
        store.save_memo(name, name, NOW)
    assert store.memos("storm|") == {"storm|a": "storm|a", "storm|b": "storm|b"}
    assert list(store.memos("storm|")) == ["storm|a", "storm|b"]
    store.save_memo("storm|a", "", NOW)
    assert list(store.memos("storm|")) == ["storm|b"]


def test_what_waits_in_lanes_of_one_ending_is_put_off_and_let_go(store: Store) -> None:
    watch(store, URL)
    waiting = [replace(alert(key), lane=LANE, due_at=minutes(30)) for key in ("a", "b")]
    other = replace(alert("c"), lane="every|storm|herald", due_at=minutes(30))
    store.enqueue([*waiting, other, alert("d")], NOW)
    assert store.reschedule("|storm|Herald", minutes(60)) == 2
    assert [each.key for each in store.claim_lane(minutes(31), 7200)] == ["c"]
    assert store.claim_lane(minutes(59), 1) == []
    assert store.reschedule("|storm|Herald", minutes(5)) == 2
    assert [each.key for each in store.claim_lane(minutes(5), 60)] == ["a", "b"]
    assert store.reschedule("|storm|nobody", NOW) == 0
