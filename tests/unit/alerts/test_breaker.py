"""When a target is left alone, and what follows when it is back."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.alert_samples import NOW, alert
from tracker.alerts.delivery_worker import DeliveryWorker
from tracker.alerts.retries import FAILURES_TO_OPEN, MAX_PAUSE, MIN_OUTAGE, Breaker
from tracker.errors import DeliveryError
from tracker.model.alert import Delivery, DeliveryState

from .outboxes import Outbox, Recorder


def failing(times: int, every: timedelta = timedelta(minutes=1)) -> Breaker:
    breaker = Breaker(known=True)
    for n in range(times):
        breaker = breaker.failed("desk", NOW + n * every, None)
    return breaker


def test_five_failures_in_a_row_open_it_and_one_success_closes_it():
    assert not failing(FAILURES_TO_OPEN - 1).is_open(NOW)
    breaker = failing(FAILURES_TO_OPEN, timedelta(0))
    assert breaker.is_open(NOW + timedelta(seconds=20))
    assert not breaker.is_open(NOW + timedelta(seconds=40))
    assert breaker.send_started().is_open(NOW + timedelta(seconds=40)), "one probe at a time"
    later = NOW + timedelta(minutes=1)
    assert not breaker.send_started().succeeded(later).is_open(later)


@given(st.integers(FAILURES_TO_OPEN, 100))
def test_pauses_grow_to_an_hour(times):
    breaker = failing(times, timedelta(0))
    assert breaker.until is not None
    assert timedelta(seconds=24) <= breaker.until - NOW <= MAX_PAUSE * 1.2


def test_a_target_that_asks_for_a_pause_gets_it():
    breaker = Breaker().failed("desk", NOW, 90.0)
    assert breaker.is_open(NOW + timedelta(seconds=89))
    assert not breaker.is_open(NOW + timedelta(seconds=91))
    assert Breaker().failed("desk", NOW, 1e9).until == NOW + timedelta(days=7)


def test_a_target_recovers_after_an_outage_or_with_its_first_success():
    assert Breaker().recovers(NOW)
    assert not Breaker(known=True).recovers(NOW)
    assert not failing(3).recovers(NOW + MIN_OUTAGE - timedelta(seconds=1))
    assert failing(3).recovers(NOW + MIN_OUTAGE)
    assert not failing(3).succeeded(NOW).recovers(NOW + MIN_OUTAGE)


def test_a_send_that_began_before_a_pause_does_not_end_it():
    paused = Breaker().failed("desk", NOW, 1800.0).failed("desk", NOW, 60.0).failed("desk", NOW, None)
    after = paused.succeeded(NOW + timedelta(minutes=1))
    assert not paused.recovers(NOW + timedelta(minutes=1))
    assert after.is_open(NOW + timedelta(minutes=29))
    over = NOW + timedelta(minutes=31)
    assert after.send_started().recovers(over)
    assert not after.send_started().succeeded(over).is_open(over)


class Down(Recorder):
    """Refuses until *up*."""

    up = False

    async def send(self, delivery: Delivery, now: datetime) -> None:
        await super().send(delivery, now)
        if not self.up:
            raise DeliveryError("down")


async def test_what_waited_for_a_target_that_was_down_follows_the_first_that_it_takes():
    box, desk = Outbox(), Down()
    box.put(*(alert(1, article=name) for name in "abc"))
    worker = DeliveryWorker(box.thread, {"desk": desk})
    for minute in (0, 1, 10, 60, 240):
        await worker.deliver_due(NOW + timedelta(minutes=minute))
    assert max(row.due_at for row in box.rows.values()) > NOW + timedelta(minutes=250)
    desk.up = True
    box.put(alert(2, article="new"))
    assert await worker.deliver_due(NOW + timedelta(minutes=250)) == 4
    assert set(box.states()) == {DeliveryState.DELIVERED}


async def test_a_new_process_lets_them_follow_too():
    box, desk = Outbox(), Down()
    box.put(alert(1))
    for minute in (0, 1, 10, 50):
        await DeliveryWorker(box.thread, {"desk": desk}).deliver_due(NOW + timedelta(minutes=minute))
    desk.up = True
    box.put(alert(2, article="new"))
    assert await DeliveryWorker(box.thread, {"desk": desk}).deliver_due(NOW + timedelta(minutes=55)) == 2
