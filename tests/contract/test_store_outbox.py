"""What every Store does with deliveries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.archive_samples import NOW, alert, minutes
from tracker.model import Delivery, DeliveryState

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.model import Alert
    from tracker.ports import Store

LEASE = 60.0


def keys(found: list[Delivery]) -> list[str]:
    return [each.key for each in found]


def test_what_is_put_in_comes_out_once(store: Store) -> None:
    assert store.enqueue([alert("a"), alert("b", target="chief"), alert("a")], NOW) == 2
    assert store.enqueue([alert("a")], minutes(1)) == 0
    claimed = store.claim(NOW, LEASE)
    assert claimed[0] == Delivery(
        id=claimed[0].id,
        key="a",
        rule="all edits",
        target="desk",
        article="aa",
        version=1,
        payload='{"schema":1}',
        created_at=NOW,
        due_at=NOW,
    )
    assert keys(claimed) == ["a", "b"]
    assert store.claim(NOW, LEASE) == []


def test_order_is_kept_within_target_and_article(store: Store) -> None:
    store.enqueue([alert("a1"), alert("a2"), alert("b1", article="bb"), alert("c1", target="chief")], NOW)
    first = store.claim(NOW, LEASE)
    assert keys(first) == ["a1", "b1", "c1"]
    store.postpone(first[0].id, minutes(10), "no answer")
    assert store.claim(minutes(5), LEASE) == [first[1], first[2]]
    assert set(keys(store.claim(minutes(10), LEASE))) == {"a1", "b1", "c1"}
    store.delivered(first[0].id, minutes(10))
    assert "a2" in keys(store.claim(minutes(20), LEASE))


def test_a_dead_one_lets_the_next_pass(store: Store) -> None:
    store.enqueue([alert("a1"), alert("a2")], NOW)
    (head,) = store.claim(NOW, LEASE)
    store.bury(head.id, "gone for good")
    assert keys(store.claim(NOW, LEASE)) == ["a2"]


def test_a_lease_that_ran_out_is_given_again(store: Store) -> None:
    store.enqueue([alert("a")], NOW)
    (first,) = store.claim(NOW, LEASE)
    assert store.claim(minutes(0.99), LEASE) == []
    (again,) = store.claim(minutes(1), LEASE)
    assert again == first


def test_the_dead_give_back_what_they_leased(store: Store) -> None:
    store.enqueue([alert("a")], NOW)
    (first,) = store.claim(NOW, LEASE)
    assert store.release() == 1
    assert store.claim(NOW, LEASE) == [first]
    store.delivered(first.id, NOW)
    store.release()
    assert store.claim(minutes(9), LEASE) == []


def test_attempts_and_reasons_are_kept(store: Store, make_store: Callable[[], Store]) -> None:
    store.enqueue([alert("a")], NOW)
    (claimed,) = store.claim(NOW, LEASE)
    store.postpone(claimed.id, minutes(2), "no\0answer")
    (waiting,) = make_store().deliveries(DeliveryState.PENDING)
    assert waiting == replace(claimed, attempts=1, last_error="no\ufffdanswer", due_at=minutes(2))
    assert store.claim(minutes(1), LEASE) == []
    assert store.claim(minutes(2), LEASE) == [waiting]
    store.bury(claimed.id, "refused")
    (dead,) = store.deliveries(DeliveryState.DEAD)
    assert (dead.attempts, dead.last_error, dead.state) == (2, "refused", DeliveryState.DEAD)
    assert store.claim(minutes(100), LEASE) == []


def test_what_is_settled_stays_so(store: Store) -> None:
    store.enqueue([alert("a")], NOW)
    (claimed,) = store.claim(NOW, LEASE)
    store.delivered(claimed.id, minutes(1))
    store.postpone(claimed.id, minutes(2), "late news")
    store.bury(claimed.id, "later news")
    (kept,) = store.deliveries()
    assert kept == replace(claimed, state=DeliveryState.DELIVERED, attempts=1, delivered_at=minutes(1))
    store.delivered(10**6, NOW)


def test_lists_newest_first(store: Store) -> None:
    store.enqueue([alert(f"k{n}", article=f"{n}") for n in range(5)], NOW)
    assert keys(store.deliveries()) == ["k4", "k3", "k2", "k1", "k0"]
    assert keys(store.deliveries(limit=2)) == ["k4", "k3"]
    assert store.deliveries(DeliveryState.DEAD) == []
    assert keys(store.claim(NOW, LEASE, limit=2)) == ["k0", "k1"]
    assert keys(store.claim(NOW, LEASE)) == ["k2", "k3", "k4"]


def test_two_workers_never_hold_the_same(make_store: Callable[[], Store]) -> None:
    one, other = make_store(), make_store()
    one.enqueue([alert(f"k{n}", article=f"{n % 7}") for n in range(40)], NOW)
    taken: list[str] = []
    while True:
        found = one.claim(NOW, LEASE, limit=2) + other.claim(NOW, LEASE, limit=3)
        if not found:
            break
        for each in found:
            taken.append(each.key)
            other.delivered(each.id, NOW)
    assert sorted(taken) == sorted(f"k{n}" for n in range(40))
    by_article = [[key for key in taken if int(key[1:]) % 7 == n] for n in range(7)]
    assert all(each == sorted(each, key=lambda key: int(key[1:])) for each in by_article)


def lane(key: str, due: float, **more: Any) -> Alert:
    return replace(alert(key, **more), due_at=minutes(due), lane=f"all edits|{due}")


def test_what_waits_in_a_lane_is_claimed_together_and_blocks_nobody(store: Store) -> None:
    held = [lane("a1", 60), lane("a2", 60, article="bb"), lane("c1", 60, target="chief"), lane("a3", 30)]
    store.enqueue([*held, alert("now")], NOW)
    assert keys(store.claim(minutes(90), LEASE)) == ["now"]
    assert store.claim_lane(minutes(20), LEASE) == []
    assert keys(store.claim_lane(minutes(90), LEASE)) == ["a3"]
    (first, second) = store.claim_lane(minutes(90), LEASE)
    assert (first.key, second.key, first.lane, first.due_at) == ("a1", "a2", "all edits|60", minutes(60))
    assert store.claim_lane(minutes(90), LEASE, skip=["chief"]) == []
    assert keys(store.claim_lane(minutes(90), LEASE)) == ["c1"]
    assert store.claim_lane(minutes(90), LEASE) == []
    store.delivered_together([first.id, second.id], minutes(91))
    assert {each.key for each in store.deliveries(DeliveryState.DELIVERED)} == {"a1", "a2"}
    assert keys(store.claim_lane(minutes(99), LEASE)) == ["a3"]


def test_a_lane_has_its_limit_and_the_rest_comes_next(store: Store) -> None:
    store.enqueue([lane(f"a{n}", 1, article=f"{n}") for n in range(5)], NOW)
    assert keys(store.claim_lane(minutes(2), LEASE, limit=3)) == ["a0", "a1", "a2"]
    assert keys(store.claim_lane(minutes(2), LEASE, limit=3)) == ["a3", "a4"]


def test_targets_that_are_skipped_keep_what_they_have(store: Store) -> None:
    store.enqueue([alert("a"), alert("b", target="chief")], NOW)
    assert keys(store.claim(NOW, LEASE, skip=["desk"])) == ["b"]
    assert keys(store.claim(NOW, LEASE)) == ["a"]


def test_every_attempt_is_counted_the_last_too(store: Store) -> None:
    store.enqueue([alert("a"), alert("b", target="chief")], NOW)
    for each in store.claim(NOW, LEASE):
        store.postpone(each.id, minutes(1), "no answer")
    (one, other) = store.claim(minutes(1), LEASE)
    store.delivered(one.id, minutes(1))
    store.delivered_together([other.id], minutes(1))
    assert [each.attempts for each in store.deliveries()] == [2, 2]


def test_what_is_held_waits_in_its_lane_without_an_attempt(store: Store) -> None:
    store.enqueue([alert("a1"), alert("a2")], NOW)
    (head,) = store.claim(NOW, LEASE)
    store.hold(head.id, "all edits|cap", minutes(60))
    assert keys(store.claim(NOW, LEASE)) == ["a2"]
    (held,) = store.claim_lane(minutes(60), LEASE)
    assert (held.key, held.attempts, held.lane, held.due_at) == ("a1", 0, "all edits|cap", minutes(60))


def test_what_is_given_back_can_be_claimed_at_once(store: Store) -> None:
    store.enqueue([alert("a1"), lane("l1", 0)], NOW)
    for claim in (store.claim, store.claim_lane):
        (head,) = claim(NOW, LEASE)
        assert claim(NOW, LEASE) == []
        store.hold(head.id, head.lane, head.due_at)
        (again,) = claim(NOW, LEASE)
        assert (again.key, again.lane, again.due_at, again.attempts) == (head.key, head.lane, head.due_at, 0)


def test_the_dead_can_be_revived_and_only_they(store: Store) -> None:
    store.enqueue([alert("a"), alert("b", target="chief")], NOW)
    one, other = store.claim(NOW, LEASE)
    store.bury(one.id, "gone")
    store.delivered(other.id, NOW)
    assert store.revive(["a", "b", "c"], minutes(5)) == 1
    (back,) = store.claim(minutes(5), LEASE)
    assert (back.key, back.attempts, back.due_at, back.state) == ("a", 0, minutes(5), DeliveryState.PENDING)


def test_what_waits_for_another_attempt_can_be_tried_now(store: Store) -> None:
    store.enqueue([alert("a"), alert("b", target="chief"), alert("new", article="bb"), lane("late", 60)], NOW)
    for each in store.claim(NOW, LEASE):
        if each.key != "new":
            store.postpone(each.id, minutes(600), "down")
    assert store.retry_now("desk", minutes(5)) == 1
    assert keys(store.claim(minutes(5), LEASE)) == ["new", "a"]
    assert store.retry_now("desk", minutes(700)) == 0
    assert store.claim_lane(minutes(5), LEASE) == []


def test_messages_are_counted_by_rule_and_target(store: Store) -> None:
    held = [lane("a1", 1), lane("a2", 1, article="bb")]
    store.enqueue([alert("a0"), alert("b0", target="chief"), *held], NOW)
    for each in store.claim(NOW, LEASE):
        store.delivered(each.id, minutes(2))
    store.delivered_together([each.id for each in store.claim_lane(minutes(2), LEASE)], minutes(3))
    assert store.sent_since("all edits", "desk", NOW) == 2
    assert store.sent_since("all edits", "desk", minutes(3)) == 1
    assert store.sent_since("all edits", "chief", NOW) == 1
    assert store.sent_since("other", "desk", NOW) == 0
