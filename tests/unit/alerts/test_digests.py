"""Many alerts as one message: digests, quiet hours and caps as the worker sends them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.alert_samples import alert, rule
from tracker.alerts.delivery_worker import DeliveryWorker
from tracker.alerts.payload import MAX_DIGEST_BYTES, combine, version_alert
from tracker.alerts.schedule import SendLimits, cap_window, due_at, scheduled
from tracker.errors import DeliveryError
from tracker.model.alert import Alert, Batch, Delivery, DeliveryState
from tracker.render.json import dumps
from tracker.service.sample_alerts import sample

from .outboxes import Outbox, Recorder

NOW = datetime(2026, 11, 25, 12, 10, tzinfo=UTC)
SEVEN = datetime(2026, 11, 26, 7, tzinfo=UTC)


class Reader(Recorder):
    """Keeps what it was sent."""

    def __init__(self, *faults: BaseException | None) -> None:
        super().__init__(*faults)
        self.read: list[dict[str, object]] = []

    async def send(self, delivery: Delivery, now: datetime) -> None:
        await super().send(delivery, now)
        self.read.append(delivery.payload)


def waiting(number: int, **more: str) -> Alert:
    return replace(alert(number, **more), due_at=SEVEN, batch=Batch("Corrections|07:00"))


async def test_a_digest_is_one_message_when_it_is_due():
    box, desk = Outbox(*(waiting(n, article=article) for n in (1, 2) for article in "ab")), Reader()
    worker = DeliveryWorker(box.thread, {"desk": desk})
    assert await worker.deliver_due(NOW) == 0
    assert await worker.deliver_due(SEVEN) == 4
    (told,) = desk.read
    assert (told["type"], told["count"]) == ("digest", 4)
    assert set(box.states()) == {DeliveryState.DELIVERED}


async def test_a_digest_that_fails_comes_again_with_the_same_key():
    box, desk = Outbox(waiting(1), waiting(2)), Reader(DeliveryError("down"))
    worker = DeliveryWorker(box.thread, {"desk": desk})
    assert await worker.deliver_due(SEVEN) == 0
    assert await DeliveryWorker(box.thread, {"desk": desk}).deliver_due(SEVEN + timedelta(minutes=1)) == 2
    assert len({key for key, *_ in desk.sent}) == 1


async def test_more_than_a_cap_allows_follows_as_one():
    box, desk = Outbox(*(alert(n, article=str(n)) for n in range(7))), Reader()
    worker = DeliveryWorker(box.thread, {"desk": desk}, limits={"Corrections": SendLimits(2.0)}, max_parallel=1)
    await worker.deliver_due(NOW)
    assert [each["type"] for each in desk.read] == ["article.changed"] * 2
    box.put(alert(1, article="late"), now=NOW + timedelta(minutes=30))
    await worker.deliver_due(NOW + timedelta(minutes=30))
    assert len(desk.read) == 2
    await worker.deliver_due(NOW + timedelta(minutes=50))
    assert (desk.read[2]["type"], desk.read[2]["count"]) == ("digest", 6)
    assert set(box.states()) == {DeliveryState.DELIVERED}


async def test_messages_sent_at_the_same_time_stay_below_the_cap_and_one_that_fails_does_not_count():
    box, desk = Outbox(*(alert(n, article=str(n)) for n in range(7))), Reader(DeliveryError("down"))
    worker = DeliveryWorker(box.thread, {"desk": desk}, limits={"Corrections": SendLimits(2.0)})
    await worker.deliver_due(NOW)
    assert len(desk.read) == 2
    await worker.deliver_due(NOW + timedelta(minutes=1))
    assert len(desk.read) == 2


async def test_what_a_daily_cap_holds_is_not_sent_in_quiet_hours():
    box, desk = Outbox(*(alert(n, article=str(n)) for n in range(3))), Reader()
    cap = SendLimits(1 / 24, quiet="22:00-07:00", zone="Europe/Berlin")
    worker = DeliveryWorker(box.thread, {"desk": desk}, limits={"Corrections": cap})
    await worker.deliver_due(NOW)
    # The day of the cap ends at midnight UTC, which is one o'clock in Berlin.
    await worker.deliver_due(datetime(2026, 11, 26, 5, 59, tzinfo=UTC))
    assert len(desk.read) == 1
    await worker.deliver_due(datetime(2026, 11, 26, 6, 0, tzinfo=UTC))
    assert desk.read[1]["count"] == 2


QUIET = {"Corrections": SendLimits(quiet="22:00-07:00")}


async def test_another_attempt_waits_until_quiet_hours_end():
    box, desk = Outbox(alert(1)), Reader(DeliveryError("down"))
    worker = DeliveryWorker(box.thread, {"desk": desk}, limits=QUIET)
    for hour in (21, 23):
        await worker.deliver_due(datetime(2026, 11, 25, hour, 59, 50, tzinfo=UTC))
    assert [(row.due_at, row.attempts) for row in box.rows.values()] == [(SEVEN, 1)]
    assert await worker.deliver_due(SEVEN) == 1
    assert len({key for key, *_ in desk.sent}) == 1


async def test_what_is_late_is_not_sent_in_quiet_hours():
    box, desk = Outbox(alert(1), replace(alert(2, article="b"), rule="Other")), Reader()
    worker = DeliveryWorker(box.thread, {"desk": desk}, limits=QUIET)
    assert await worker.deliver_due(datetime(2026, 11, 25, 23, tzinfo=UTC)) == 1
    assert await worker.deliver_due(SEVEN) == 1


@pytest.mark.parametrize("failed", [True, False])
async def test_an_alert_without_quiet_hours_does_not_wait_for_one_that_has_them(failed):
    box, desk = Outbox(alert(1)), Reader(*[DeliveryError("down")] * failed)
    worker = DeliveryWorker(box.thread, {"desk": desk}, limits=QUIET)
    if failed:
        await worker.deliver_due(datetime(2026, 11, 25, 21, tzinfo=UTC))
    night = datetime(2026, 11, 25, 23, tzinfo=UTC)
    await worker.deliver_due(night)
    box.put(replace(alert(2), rule="Loud"), now=night)
    assert await worker.deliver_due(night) == 1
    assert await worker.deliver_due(SEVEN) == 1
    assert desk.sent[-1][0] == alert(1).key


async def test_a_new_process_knows_what_was_sent_within_the_hour():
    box, desk = Outbox(), Reader()
    for now in (NOW + timedelta(minutes=minute) for minute in (0, 5, 10)):
        box.put(alert(1, article=str(now.minute)), now=now)
        worker = DeliveryWorker(box.thread, {"desk": desk}, limits={"Corrections": SendLimits(2.0)})
        await worker.deliver_due(now)
    assert len(desk.read) == 2


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=30), st.integers(0, 30_000))
@settings(max_examples=25)
def test_a_digest_holds_every_alert_or_counts_it(articles, padding):
    held = []
    for n, article in enumerate(articles, 1):
        made = waiting(n, article=article)
        payload = made.payload | {"opening": "x" * padding}
        held.append(Delivery(n, made.key, made.rule, made.target, article, n, payload, NOW, SEVEN, batch=made.batch))
    digest = combine(held)
    told = digest.payload
    keys = [each["id"] for each in told["alerts"]]
    assert told["count"] == len(articles)
    assert keys == [each.payload["id"] for each in held][: len(keys)]
    assert len(dumps(told).encode()) <= MAX_DIGEST_BYTES
    assert digest.key == combine(held).key != combine(held[:-1]).key


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "at", "due"),
    [
        ({}, "2026-11-25T12:00", None),
        ({"quiet": "22:00-07:00"}, "2026-11-25T12:00", None),
        ({"quiet": "22:00-07:00"}, "2026-11-25T22:00", "2026-11-26T07:00"),
        ({"quiet": "22:00-07:00"}, "2026-11-26T06:59:59", "2026-11-26T07:00"),
        ({"quiet": "22:00-07:00"}, "2026-11-26T07:00", None),
        ({"quiet": "12:00-14:00"}, "2026-11-25T13:00", "2026-11-25T14:00"),
        ({"quiet": "22:00-07:00", "zone": "Europe/Berlin"}, "2026-11-25T21:30", "2026-11-26T06:00"),
        ({"quiet": "22:00-07:00", "zone": "Europe/Berlin"}, "2026-07-25T20:30", "2026-07-26T05:00"),
        ({"quiet": "22:00-02:30", "zone": "Europe/Berlin"}, "2026-03-29T00:30", "2026-03-29T01:30"),
        ({"quiet": "22:00-02:30", "zone": "Europe/Berlin"}, "2026-10-25T00:15", "2026-10-25T00:30"),
        ({"quiet": "22:00-02:30", "zone": "Europe/Berlin"}, "2026-10-25T00:40", None),
        ({"quiet": "22:00-02:30", "zone": "Europe/Berlin"}, "2026-10-25T01:15", "2026-10-25T01:30"),
        ({"quiet": "22:00-02:30", "zone": "Europe/Berlin"}, "2026-03-29T00:10", "2026-03-29T01:30"),
        ({"quiet": "22:00-07:00", "zone": "Europe/Berlin"}, "2026-03-28T22:30", "2026-03-29T05:00"),
        ({"quiet": "22:00-07:00", "zone": "Europe/Berlin"}, "2026-10-24T20:30", "2026-10-25T06:00"),
        ({"digest": {"at": "07:00"}, "zone": "Europe/Berlin"}, "2026-03-29T04:59", "2026-03-29T05:00"),
        ({"digest": {"at": "07:00"}, "zone": "Europe/Berlin"}, "2026-10-25T05:30", "2026-10-25T06:00"),
        ({"digest": {"at": "02:30"}, "zone": "Europe/Berlin"}, "2026-10-25T01:15", "2026-10-26T01:30"),
        ({"digest": {"every": "1h"}, "zone": "Europe/Berlin"}, "2026-10-25T00:15", "2026-10-25T01:00"),
        ({"digest": {"every": "1h"}, "zone": "Europe/Berlin"}, "2026-10-25T01:15", "2026-10-25T02:00"),
        ({"digest": {"every": "1h"}}, "2026-11-25T12:10", "2026-11-25T13:00"),
        ({"digest": {"every": "1h"}}, "2026-11-25T13:00", "2026-11-25T14:00"),
        ({"digest": {"every": "7h"}}, "2026-11-25T22:10", "2026-11-26T00:00"),
        ({"digest": {"every": "1d"}}, "2026-11-25T22:10", "2026-11-26T00:00"),
        ({"digest": {"at": "07:00"}}, "2026-11-25T06:00", "2026-11-25T07:00"),
        ({"digest": {"at": "07:00"}}, "2026-11-25T07:00", "2026-11-26T07:00"),
        ({"digest": {"at": "07:00"}, "zone": "America/New_York"}, "2026-11-25T06:00", "2026-11-25T12:00"),
        ({"digest": {"every": "1h"}, "quiet": "22:00-07:00"}, "2026-11-25T22:10", "2026-11-26T07:00"),
    ],
)
def test_due_times(fields, at, due):
    assert due_at(rule(**fields), utc(at)) == (utc(due) if due else None)


def test_an_alert_is_scheduled_into_the_batch_of_its_rule_and_time():
    version, previous = sample("correction")
    alert = version_alert("R", "desk", version, previous, link="")
    assert scheduled(alert, rule(), utc("2026-11-25T12:00")) is alert
    held = scheduled(alert, rule(digest={"at": "07:00"}), utc("2026-11-25T12:00"))
    assert (held.due_at, held.batch) == (utc("2026-11-26T07:00"), Batch("R|2026-11-26T07:00:00Z"))


@given(st.integers(0, 10 * 365 * 86400))
def test_a_due_time_is_in_the_future_and_within_two_days(seconds):
    at = utc("2020-01-01T00:00") + timedelta(seconds=seconds)
    for fields in ({"quiet": "22:00-07:00"}, {"digest": {"every": "7h"}}, {"digest": {"at": "02:30"}}):
        due = due_at(rule(zone="Europe/Berlin", **fields), at)
        assert due is None or at < due <= at + timedelta(days=2)


def test_caps_are_counted_by_the_hour_or_the_day():
    at, hour, midnight = utc("2026-11-25T12:10"), utc("2026-11-25T12:00"), utc("2026-11-25T00:00")
    assert cap_window(20, at) == (20, hour, hour + timedelta(hours=1))
    assert cap_window(12 / 24, at) == (12, midnight, midnight + timedelta(days=1))
