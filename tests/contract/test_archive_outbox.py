from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.archive_samples import NOW, alert, minutes
from tracker.archive.archive import Archive
from tracker.archive.outbox import (
    bury_delivery,
    claim_batch,
    claim_deliveries,
    count_sent,
    enqueue_alerts,
    hold_delivery,
    list_deliveries,
    mark_delivered,
    postpone_delivery,
    release_leases,
    retry_target,
    revive_deliveries,
)
from tracker.model.alert import Alert, Batch, Delivery, DeliveryState

LEASE = 60.0


def keys(found: list[Delivery]) -> list[str]:
    return [each.key for each in found]


def test_what_is_put_in_comes_out_once(archive: Archive) -> None:
    assert enqueue_alerts(archive, [alert("a"), alert("b", target="chief"), alert("a")], NOW) == 2
    assert enqueue_alerts(archive, [alert("a")], minutes(1)) == 0
    claimed = claim_deliveries(archive, NOW, LEASE)
    assert claimed[0] == Delivery(
        id=claimed[0].id,
        key="a",
        rule="all edits",
        target="desk",
        article="aa",
        version=1,
        payload={"schema": 1},
        created_at=NOW,
        due_at=NOW,
    )
    assert keys(claimed) == ["a", "b"]
    assert claim_deliveries(archive, NOW, LEASE) == []


def test_order_is_kept_within_target_and_article(archive: Archive) -> None:
    enqueue_alerts(archive, [alert("a1"), alert("a2"), alert("b1", article="bb"), alert("c1", target="chief")], NOW)
    first = claim_deliveries(archive, NOW, LEASE)
    assert keys(first) == ["a1", "b1", "c1"]
    postpone_delivery(archive, first[0].id, minutes(10), "no answer")
    assert claim_deliveries(archive, minutes(5), LEASE) == [first[1], first[2]]
    assert set(keys(claim_deliveries(archive, minutes(10), LEASE))) == {"a1", "b1", "c1"}
    mark_delivered(archive, [first[0].id], minutes(10))
    assert "a2" in keys(claim_deliveries(archive, minutes(20), LEASE))


def test_a_dead_one_lets_the_next_pass(archive: Archive) -> None:
    enqueue_alerts(archive, [alert("a1"), alert("a2")], NOW)
    (head,) = claim_deliveries(archive, NOW, LEASE)
    bury_delivery(archive, head.id, "gone for good")
    assert keys(claim_deliveries(archive, NOW, LEASE)) == ["a2"]


def test_a_lease_that_ran_out_or_whose_owner_died_is_given_again(archive: Archive) -> None:
    enqueue_alerts(archive, [alert("a")], NOW)
    (first,) = claim_deliveries(archive, NOW, LEASE)
    assert claim_deliveries(archive, minutes(0.99), LEASE) == []
    (again,) = claim_deliveries(archive, minutes(1), LEASE)
    assert again == first
    assert release_leases(archive) == 1
    assert claim_deliveries(archive, NOW, LEASE) == [first]
    mark_delivered(archive, [first.id], NOW)
    release_leases(archive)
    assert claim_deliveries(archive, minutes(9), LEASE) == []


def test_attempts_and_reasons_are_kept(archive: Archive, open_again: Callable[[], Archive]) -> None:
    enqueue_alerts(archive, [alert("a")], NOW)
    (claimed,) = claim_deliveries(archive, NOW, LEASE)
    postpone_delivery(archive, claimed.id, minutes(2), "no\0answer")
    (waiting,) = list_deliveries(open_again(), DeliveryState.PENDING)
    assert waiting == replace(claimed, attempts=1, last_error="no\ufffdanswer", due_at=minutes(2))
    assert claim_deliveries(archive, minutes(1), LEASE) == []
    assert claim_deliveries(archive, minutes(2), LEASE) == [waiting]
    bury_delivery(archive, claimed.id, "refused")
    (dead,) = list_deliveries(archive, DeliveryState.DEAD)
    assert (dead.attempts, dead.last_error, dead.state) == (2, "refused", DeliveryState.DEAD)
    assert claim_deliveries(archive, minutes(100), LEASE) == []


def test_what_is_settled_stays_so(archive: Archive) -> None:
    enqueue_alerts(archive, [alert("a")], NOW)
    (claimed,) = claim_deliveries(archive, NOW, LEASE)
    mark_delivered(archive, [claimed.id], minutes(1))
    postpone_delivery(archive, claimed.id, minutes(2), "late news")
    bury_delivery(archive, claimed.id, "later news")
    (kept,) = list_deliveries(archive)
    assert kept == replace(claimed, state=DeliveryState.DELIVERED, attempts=1, delivered_at=minutes(1))
    mark_delivered(archive, [10**6], NOW)


def test_lists_newest_first(archive: Archive) -> None:
    enqueue_alerts(archive, [alert(f"k{n}", article=f"{n}") for n in range(5)], NOW)
    assert keys(list_deliveries(archive)) == ["k4", "k3", "k2", "k1", "k0"]
    assert keys(list_deliveries(archive, limit=2)) == ["k4", "k3"]
    assert list_deliveries(archive, DeliveryState.DEAD) == []
    assert keys(claim_deliveries(archive, NOW, LEASE, limit=2)) == ["k0", "k1"]
    assert keys(claim_deliveries(archive, NOW, LEASE)) == ["k2", "k3", "k4"]


def batched(key: str, due: float, **more: Any) -> Alert:
    return replace(alert(key, **more), due_at=minutes(due), batch=Batch(f"all edits|{due}"))


def test_what_waits_in_a_batch_is_claimed_together_and_blocks_nobody(archive: Archive) -> None:
    held = [batched("a1", 60), batched("a2", 60, article="bb"), batched("c1", 60, target="chief"), batched("a3", 30)]
    enqueue_alerts(archive, [*held, alert("now")], NOW)
    assert keys(claim_deliveries(archive, minutes(90), LEASE)) == ["now"]
    assert claim_batch(archive, minutes(20), LEASE) == []
    assert keys(claim_batch(archive, minutes(90), LEASE)) == ["a3"]
    (first, second) = claim_batch(archive, minutes(90), LEASE)
    assert (first.key, second.key, first.batch, first.due_at) == ("a1", "a2", Batch("all edits|60"), minutes(60))
    assert claim_batch(archive, minutes(90), LEASE, skip=["chief"]) == []
    assert keys(claim_batch(archive, minutes(90), LEASE)) == ["c1"]
    assert claim_batch(archive, minutes(90), LEASE) == []
    mark_delivered(archive, [first.id, second.id], minutes(91))
    assert {each.key for each in list_deliveries(archive, DeliveryState.DELIVERED)} == {"a1", "a2"}
    assert keys(claim_batch(archive, minutes(99), LEASE)) == ["a3"]


def test_a_batch_has_its_limit_and_the_rest_comes_next(archive: Archive) -> None:
    enqueue_alerts(archive, [batched(f"a{n}", 1, article=f"{n}") for n in range(5)], NOW)
    assert keys(claim_batch(archive, minutes(2), LEASE, limit=3)) == ["a0", "a1", "a2"]
    assert keys(claim_batch(archive, minutes(2), LEASE, limit=3)) == ["a3", "a4"]


def test_targets_that_are_skipped_keep_what_they_have(archive: Archive) -> None:
    enqueue_alerts(archive, [alert("a"), alert("b", target="chief")], NOW)
    assert keys(claim_deliveries(archive, NOW, LEASE, skip=["desk"])) == ["b"]
    assert keys(claim_deliveries(archive, NOW, LEASE)) == ["a"]


def test_every_attempt_is_counted_the_last_too(archive: Archive) -> None:
    enqueue_alerts(archive, [alert("a"), alert("b", target="chief")], NOW)
    for each in claim_deliveries(archive, NOW, LEASE):
        postpone_delivery(archive, each.id, minutes(1), "no answer")
    (one, other) = claim_deliveries(archive, minutes(1), LEASE)
    mark_delivered(archive, [one.id], minutes(1))
    mark_delivered(archive, [other.id], minutes(1))
    assert [each.attempts for each in list_deliveries(archive)] == [2, 2]


def test_what_is_held_waits_in_its_batch_without_an_attempt(archive: Archive) -> None:
    enqueue_alerts(archive, [alert("a1"), alert("a2")], NOW)
    (head,) = claim_deliveries(archive, NOW, LEASE)
    batch = Batch("all edits|cap", alone=True, storm="Herald")
    hold_delivery(archive, head.id, batch, minutes(60))
    assert keys(claim_deliveries(archive, NOW, LEASE)) == ["a2"]
    (held,) = claim_batch(archive, minutes(60), LEASE)
    assert (held.key, held.attempts, held.batch, held.due_at) == ("a1", 0, batch, minutes(60))


def test_what_is_given_back_can_be_claimed_at_once(archive: Archive) -> None:
    enqueue_alerts(archive, [alert("a1"), batched("l1", 0)], NOW)
    for claim in (claim_deliveries, claim_batch):
        (head,) = claim(archive, NOW, LEASE)
        assert claim(archive, NOW, LEASE) == []
        hold_delivery(archive, head.id, head.batch, head.due_at)
        (again,) = claim(archive, NOW, LEASE)
        assert (again.key, again.batch, again.due_at, again.attempts) == (head.key, head.batch, head.due_at, 0)


def test_the_dead_can_be_revived_and_only_they(archive: Archive) -> None:
    enqueue_alerts(archive, [alert("a"), alert("b", target="chief")], NOW)
    one, other = claim_deliveries(archive, NOW, LEASE)
    bury_delivery(archive, one.id, "gone")
    mark_delivered(archive, [other.id], NOW)
    assert revive_deliveries(archive, ["a", "b", "c"], minutes(5)) == 1
    (back,) = claim_deliveries(archive, minutes(5), LEASE)
    assert (back.key, back.attempts, back.due_at, back.state) == ("a", 0, minutes(5), DeliveryState.PENDING)


def test_what_waits_for_another_attempt_can_be_tried_now(archive: Archive) -> None:
    enqueue_alerts(
        archive, [alert("a"), alert("b", target="chief"), alert("new", article="bb"), batched("late", 60)], NOW
    )
    for each in claim_deliveries(archive, NOW, LEASE):
        if each.key != "new":
            postpone_delivery(archive, each.id, minutes(600), "down")
    assert retry_target(archive, "desk", minutes(5)) == 1
    assert keys(claim_deliveries(archive, minutes(5), LEASE)) == ["new", "a"]
    assert retry_target(archive, "desk", minutes(700)) == 0
    assert claim_batch(archive, minutes(5), LEASE) == []


def test_messages_are_counted_by_rule_and_target(archive: Archive) -> None:
    held = [batched("a1", 1), batched("a2", 1, article="bb")]
    enqueue_alerts(archive, [alert("a0"), alert("b0", target="chief"), *held], NOW)
    for each in claim_deliveries(archive, NOW, LEASE):
        mark_delivered(archive, [each.id], minutes(2))
    mark_delivered(archive, [each.id for each in claim_batch(archive, minutes(2), LEASE)], minutes(3))
    assert count_sent(archive, "all edits", "desk", NOW) == 2
    assert count_sent(archive, "all edits", "desk", minutes(3)) == 1
    assert count_sent(archive, "all edits", "chief", NOW) == 1
    assert count_sent(archive, "other", "desk", NOW) == 0
