"""What every Archive knows of whole sources: how much changed, what was noted, which alerts wait together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.archive_samples import NOW, URL, alert, grow, minutes, watch
from tracker.archive.activity import source_activity
from tracker.archive.checks import list_checks
from tracker.archive.memos import list_memos, save_memo
from tracker.archive.outbox import claim_lane, enqueue_alerts, reschedule_lane
from tracker.model import Activity, CheckOutcome

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

LANE = "every|storm|Herald"


def test_visits_are_counted_by_source_and_time(store: Archive) -> None:
    first, second = watch(store), watch(store, "https://herald.example/news/fire")
    other = watch(store, "https://other.example/a", source="Other")
    grow(store, first, 3)
    grow(store, second, 1)
    grow(store, other, 2)
    found = [check for each in (first, second) for check in list_checks(store, each.id)]
    changed = sorted(check.at for check in found if check.outcome is CheckOutcome.CHANGED)
    everything = source_activity(store, "Herald", minutes(-1), minutes(10_000))
    assert everything == Activity(seen=1, changed=1, changes=2), "a first version is no change"
    assert source_activity(store, "Herald", changed[0], changed[-1]) == Activity(1, 1, 1), (
        "after the one, not after the other"
    )
    assert source_activity(store, "nobody", minutes(-1), minutes(10_000)) == Activity()


def test_memos_are_found_by_how_their_names_begin(store: Archive) -> None:
    for name in ("storm|b", "storm|a", "STORM|c", "storm", "stormy|d", "st_rm|e"):
        save_memo(store, name, name, NOW)
    assert list_memos(store, "storm|") == {"storm|a": "storm|a", "storm|b": "storm|b"}
    assert list(list_memos(store, "storm|")) == ["storm|a", "storm|b"]
    save_memo(store, "storm|a", "", NOW)
    assert list(list_memos(store, "storm|")) == ["storm|b"]


def test_what_waits_in_lanes_of_one_ending_is_put_off_and_let_go(store: Archive) -> None:
    watch(store, URL)
    waiting = [replace(alert(key), lane=LANE, due_at=minutes(30)) for key in ("a", "b")]
    other = replace(alert("c"), lane="every|storm|herald", due_at=minutes(30))
    enqueue_alerts(store, [*waiting, other, alert("d")], NOW)
    assert reschedule_lane(store, "|storm|Herald", minutes(60)) == 2
    assert [each.key for each in claim_lane(store, minutes(31), 7200)] == ["c"]
    assert claim_lane(store, minutes(59), 1) == []
    assert reschedule_lane(store, "|storm|Herald", minutes(5)) == 2
    assert [each.key for each in claim_lane(store, minutes(5), 60)] == ["a", "b"]
    assert reschedule_lane(store, "|storm|nobody", NOW) == 0
