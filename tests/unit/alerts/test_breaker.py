"""When a target is left alone, and what follows when it is back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.alerts import DeliveryWorker
from tracker.alerts.breaker import LONGEST_PAUSE, OUTAGE, THRESHOLD, Breaker
from tracker.archive.outbox import enqueue_alerts
from tracker.errors import DeliveryError
from tracker.model import Delivery, DeliveryState

from .outbox_store import OutboxStore, Recorder, alert

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
pytestmark = pytest.mark.anyio


def failing(times: int, every: timedelta = timedelta(minutes=1)) -> Breaker:
    breaker = Breaker(known=True)
    for n in range(times):
        breaker = breaker.failed("desk", NOW + n * every, None)
    return breaker


def test_five_failures_in_a_row_open_it_and_one_success_closes_it():
    assert not failing(THRESHOLD - 1).open(NOW)
    breaker = failing(THRESHOLD, timedelta(0))
    assert breaker.open(NOW + timedelta(seconds=20))
    assert not breaker.open(NOW + timedelta(seconds=40))
    assert breaker.began().open(NOW + timedelta(seconds=40)), "one probe at a time"
    later = NOW + timedelta(minutes=1)
    assert not breaker.began().took(later).open(later)


@given(st.integers(THRESHOLD, 100))
def test_pauses_grow_to_an_hour(times):
    breaker = failing(times, timedelta(0))
    assert breaker.until is not None
    assert timedelta(seconds=24) <= breaker.until - NOW <= LONGEST_PAUSE * 1.2


def test_a_target_that_names_a_time_is_left_alone_until_then():
    breaker = Breaker().failed("desk", NOW, 90.0)
    assert breaker.open(NOW + timedelta(seconds=89))
    assert not breaker.open(NOW + timedelta(seconds=91))
    assert Breaker().failed("desk", NOW, 1e9).until == NOW + timedelta(days=7)


def test_it_is_back_after_an_outage_or_when_it_is_first_heard_of():
    assert Breaker().recovers(NOW)
    assert not Breaker(known=True).recovers(NOW)
    assert not failing(3).recovers(NOW + OUTAGE - timedelta(seconds=1))
    assert failing(3).recovers(NOW + OUTAGE)
    assert not failing(3).took(NOW).recovers(NOW + OUTAGE)


def test_what_was_on_its_way_before_a_pause_does_not_end_it():
    paused = Breaker().failed("desk", NOW, 1800.0).failed("desk", NOW, 60.0).failed("desk", NOW, None)
    after = paused.took(NOW + timedelta(minutes=1))
    assert not paused.recovers(NOW + timedelta(minutes=1))
    assert after.open(NOW + timedelta(minutes=29))
    over = NOW + timedelta(minutes=31)
    assert after.began().recovers(over)
    assert not after.began().took(over).open(over)


class Down(Recorder):
    """Refuses until *up*."""

    up = False

    async def send(self, delivery: Delivery, now: datetime) -> None:
        await super().send(delivery, now)
        if not self.up:
            raise DeliveryError("down")


async def test_what_waited_for_a_target_that_was_down_follows_the_first_that_it_takes():
    store, desk = OutboxStore(), Down()
    enqueue_alerts(store, [alert(1, article=name) for name in "abc"], NOW)
    outbox = DeliveryWorker(store.call, {"desk": desk})
    for minute in (0, 1, 10, 60, 240):
        await outbox.deliver_due(NOW + timedelta(minutes=minute))
    assert max(row.due_at for row in store.rows.values()) > NOW + timedelta(minutes=250)
    desk.up = True
    enqueue_alerts(store, [alert(2, article="new")], NOW)
    assert await outbox.deliver_due(NOW + timedelta(minutes=250)) == 4
    assert set(store.states()) == {DeliveryState.DELIVERED}


async def test_a_new_process_lets_them_follow_too():
    store, desk = OutboxStore(), Down()
    enqueue_alerts(store, [alert(1)], NOW)
    for minute in (0, 1, 10, 50):
        await DeliveryWorker(store.call, {"desk": desk}).deliver_due(NOW + timedelta(minutes=minute))
    desk.up = True
    enqueue_alerts(store, [alert(2, article="new")], NOW)
    assert await DeliveryWorker(store.call, {"desk": desk}).deliver_due(NOW + timedelta(minutes=55)) == 2
