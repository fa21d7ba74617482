"""Many alerts as one message: digests, quiet hours and caps as the outbox sends them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.alerts import DeliveryWorker
from tracker.alerts.digest import MOST_BYTES, gathered
from tracker.archive.outbox import enqueue_alerts
from tracker.errors import DeliveryError
from tracker.model import Alert, Delivery, DeliveryState

from .outbox_store import OutboxStore, Recorder, alert

NOW = datetime(2026, 11, 25, 12, 10, tzinfo=UTC)
SEVEN = datetime(2026, 11, 26, 7, tzinfo=UTC)
pytestmark = pytest.mark.anyio


class Reader(Recorder):
    """Keeps what it was sent."""

    def __init__(self, *faults: BaseException | None) -> None:
        super().__init__(*faults)
        self.read: list[dict[str, object]] = []

    async def send(self, delivery: Delivery, now: datetime) -> None:
        await super().send(delivery, now)
        self.read.append(json.loads(delivery.payload))


def waiting(number: int, **more: str) -> Alert:
    return replace(alert(number, **more), due_at=SEVEN, lane="Corrections|07:00")


async def test_a_digest_is_one_message_when_it_is_due():
    store, desk = OutboxStore(), Reader()
    enqueue_alerts(store, [waiting(n, article=article) for n in (1, 2) for article in "ab"], NOW)
    outbox = DeliveryWorker(store.call, {"desk": desk})
    assert await outbox.deliver_due(NOW) == 0
    assert await outbox.deliver_due(SEVEN) == 4
    (told,) = desk.read
    assert (told["type"], told["count"]) == ("digest", 4)
    assert set(store.states()) == {DeliveryState.DELIVERED}


async def test_a_digest_that_fails_comes_again_with_the_same_key():
    store, desk = OutboxStore(), Reader(DeliveryError("down"))
    enqueue_alerts(store, [waiting(1), waiting(2)], NOW)
    outbox = DeliveryWorker(store.call, {"desk": desk})
    assert await outbox.deliver_due(SEVEN) == 0
    assert await DeliveryWorker(store.call, {"desk": desk}).deliver_due(SEVEN + timedelta(minutes=1)) == 2
    assert len({key for key, *_ in desk.sent}) == 1


async def test_more_than_a_cap_allows_follows_as_one():
    store, desk = OutboxStore(), Reader()
    enqueue_alerts(store, [alert(n, article=str(n)) for n in range(7)], NOW)
    outbox = DeliveryWorker(store.call, {"desk": desk}, caps={"Corrections": 2.0}, abreast=1)
    await outbox.deliver_due(NOW)
    assert [each["type"] for each in desk.read] == ["article.changed"] * 2
    enqueue_alerts(store, [alert(1, article="late")], NOW + timedelta(minutes=30))
    await outbox.deliver_due(NOW + timedelta(minutes=30))
    assert len(desk.read) == 2
    await outbox.deliver_due(NOW + timedelta(minutes=50))
    assert (desk.read[2]["type"], desk.read[2]["count"]) == ("digest", 6)
    assert set(store.states()) == {DeliveryState.DELIVERED}


async def test_a_new_process_knows_what_was_sent_within_the_hour():
    store, desk = OutboxStore(), Reader()
    for minute in (0, 5, 10):
        enqueue_alerts(store, [alert(1, article=str(minute))], NOW + timedelta(minutes=minute))
        await DeliveryWorker(store.call, {"desk": desk}, caps={"Corrections": 2.0}).deliver_due(
            NOW + timedelta(minutes=minute)
        )
    assert len(desk.read) == 2


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=30), st.integers(0, 30_000))
@settings(max_examples=25, deadline=None)
def test_a_digest_holds_every_alert_or_counts_it(articles, padding):
    held = []
    for n, article in enumerate(articles, 1):
        made = waiting(n, article=article)
        payload = json.dumps(json.loads(made.payload) | {"opening": "x" * padding})
        held.append(Delivery(n, made.key, made.rule, made.target, article, n, payload, NOW, SEVEN, lane=made.lane))
    told = json.loads(gathered(held).payload)
    keys = [each["id"] for each in told["alerts"]]
    assert told["count"] == len(articles)
    assert keys == [json.loads(each.payload)["id"] for each in held][: len(keys)]
    assert len(gathered(held).payload.encode()) <= MOST_BYTES
    assert gathered(held).key == gathered(held).key != gathered(held[:-1]).key
