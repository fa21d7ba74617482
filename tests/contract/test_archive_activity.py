"""What the archive, on SQLite and PostgreSQL, knows of whole sources: how much changed, which alerts wait together."""

from dataclasses import replace

from tests.archive_samples import NOW, URL, alert, grow, minutes, watch
from tracker.archive.archive import Archive
from tracker.archive.checks import list_checks, source_activity
from tracker.archive.outbox import claim_batch, enqueue_alerts, reschedule_storm
from tracker.model.alert import Batch
from tracker.model.source import Activity
from tracker.model.watch import CheckOutcome

HELD = Batch("every|storm|Herald", storm="Herald")


def test_visits_are_counted_by_source_and_time(archive: Archive) -> None:
    first, second = watch(archive), watch(archive, "https://herald.example/news/fire")
    other = watch(archive, "https://other.example/a", source="Other")
    grow(archive, first, 3)
    grow(archive, second, 1)
    grow(archive, other, 2)
    found = [check for each in (first, second) for check in list_checks(archive, each.id)]
    changed = sorted(check.at for check in found if check.outcome is CheckOutcome.CHANGED)
    everything = source_activity(archive, "Herald", minutes(-1), minutes(10_000))
    assert everything == Activity(seen=1, changed=1, changes=2), "a first version is no change"
    assert source_activity(archive, "Herald", changed[0], changed[-1]) == Activity(1, 1, 1), (
        "after the one, not after the other"
    )
    assert source_activity(archive, "nobody", minutes(-1), minutes(10_000)) == Activity()


def test_what_a_storm_holds_is_put_off_and_let_go(archive: Archive) -> None:
    watch(archive, URL)
    waiting = [replace(alert(key), batch=HELD, due_at=minutes(30)) for key in ("a", "b")]
    other = replace(alert("c"), batch=Batch("every|storm|herald", storm="herald"), due_at=minutes(30))
    enqueue_alerts(archive, [*waiting, other, alert("d")], NOW)
    assert reschedule_storm(archive, "Herald", minutes(60)) == 2
    assert [each.key for each in claim_batch(archive, minutes(31), 7200)] == ["c"]
    assert claim_batch(archive, minutes(59), 1) == []
    assert reschedule_storm(archive, "Herald", minutes(5)) == 2
    assert [each.key for each in claim_batch(archive, minutes(5), 60)] == ["a", "b"]
    assert reschedule_storm(archive, "nobody", NOW) == 0
