import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.alert_samples import NOW, alert, delivery, rule
from tests.waiting import PATIENCE, until
from tracker.alerts.channels.base import Notifier
from tracker.alerts.delivery_worker import DeliveryWorker
from tracker.alerts.payload import MAX_DIGEST_BYTES, combine, version_alert
from tracker.alerts.schedule import (
    FAILURES_TO_OPEN,
    MAX_PAUSE,
    MAX_RETRY_AFTER,
    MIN_OUTAGE,
    RETRY_DELAYS,
    Breaker,
    cap_window,
    due_at,
    retry_delay,
    scheduled,
)
from tracker.archive.outbox import claim_deliveries, mark_delivered
from tracker.errors import ArchiveError, DeliveryError
from tracker.model.alert import Alert, Batch, Delivery, DeliveryState
from tracker.render.json import dumps
from tracker.service.sample_alerts import sample

from .outboxes import Outbox, Recorder


class Hanging(Recorder):
    """Never answers; counts how often it was cancelled."""

    cancelled = 0

    async def send(self, delivery: Delivery, now: datetime) -> None:
        await super().send(delivery, now)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


def patient(box: Outbox, notifiers: Mapping[str, Notifier]) -> DeliveryWorker:
    """Return a worker that waits for its sends, however busy the machine is."""
    return DeliveryWorker(box.thread, notifiers, max_wait=30.0)


async def test_a_failure_is_tried_again_later_with_the_same_key():
    box, desk = Outbox(alert()), Recorder(DeliveryError("full", hint="empty it"))
    worker = patient(box, {"desk": desk})
    assert await worker.deliver_due(NOW) == 0
    row = box.rows[1]
    assert (row.attempts, row.last_error) == (1, "full (empty it)")
    assert timedelta(seconds=4) <= row.due_at - NOW < timedelta(seconds=7)
    assert await worker.deliver_due(NOW + timedelta(seconds=2)) == 0
    assert await worker.deliver_due(NOW + timedelta(seconds=8)) == 1
    assert len({key for key, *_ in desk.sent}) == 1


@pytest.mark.parametrize(
    ("fault", "is_dead", "reason", "wait"),
    [
        (DeliveryError("busy", retry_after=600), False, "busy", 600),
        (DeliveryError("answered 410", permanent=True), True, "answered 410", 0),
        (ZeroDivisionError("oops"), False, "internal error in this channel: ZeroDivisionError: oops", 4),
    ],
    ids=["asks for a pause", "permanent", "a fault of the channel"],
)
async def test_each_failure_is_stored_as_what_it_is_and_stops_no_other_target(fault, is_dead, reason, wait):
    box = Outbox(alert(), alert(target="chat"))
    assert await patient(box, {"desk": Recorder(fault), "chat": Recorder()}).deliver_due(NOW) == 1
    failed, other = box.rows[1], box.rows[2]
    assert failed.state is (DeliveryState.DEAD if is_dead else DeliveryState.PENDING)
    assert (failed.last_error, other.state) == (reason, DeliveryState.DELIVERED)
    assert failed.due_at - NOW >= timedelta(seconds=wait)


async def test_the_last_try_buries_and_the_next_version_goes_on():
    box, desk = Outbox(alert(1), alert(2)), Recorder(*[DeliveryError("down")] * len(RETRY_DELAYS))
    worker, now = patient(box, {"desk": desk}), NOW
    for _ in RETRY_DELAYS:
        await worker.deliver_due(now)
        now += timedelta(hours=30)
    assert box.rows[1].state is DeliveryState.DEAD
    assert box.rows[1].last_error == "gave up after 10 attempts: down"
    assert box.states()[1] is DeliveryState.PENDING  # the target has failed so often that it is left alone
    await worker.deliver_due(now)
    assert box.states() == [DeliveryState.DEAD, DeliveryState.DELIVERED]
    assert [version for _, _, version, _ in desk.sent] == [1] * 10 + [2]


async def test_alerts_of_a_removed_target_wait_until_it_is_configured_again():
    box, gone = Outbox(alert(target="gone")), Recorder()
    await patient(box, {}).deliver_due(NOW)
    assert box.states() == [DeliveryState.PENDING]
    await patient(box, {"gone": gone}).deliver_due(NOW + timedelta(hours=2))
    assert box.states() == [DeliveryState.DELIVERED]


async def test_what_waits_for_a_failing_target_says_why():
    box = Outbox(alert(1), alert(2, article="b"), alert(3, article="c"))
    worker = patient(box, {"desk": Recorder(*[DeliveryError("down")] * 9)})
    await worker.deliver_due(NOW)
    assert "down" in box.rows[3].last_error


async def test_a_target_that_hangs_does_not_delay_others():
    alerts = [alert(1, article=f"a{n}") for n in range(30)]
    box = Outbox(*alerts, *(alert(n, target="chat") for n in range(1, 6)))
    desk, chat = Hanging(), Recorder()
    worker = DeliveryWorker(box.thread, {"desk": desk, "chat": chat}, deadline=60, max_wait=1.0)
    assert await worker.deliver_due(NOW) == 5 + 20  # one batch; the others are left in the archive meanwhile
    assert len(chat.sent) == 5
    box.put(alert(9, target="chat"))
    await worker.deliver_due(NOW)
    assert len(chat.sent) == 6
    assert len(desk.sent) == 4
    await worker.aclose(0)


async def test_a_target_that_does_not_answer_in_time_has_failed():
    box, desk = Outbox(alert()), Hanging()
    await DeliveryWorker(box.thread, {"desk": desk}, deadline=0.5, max_wait=30).deliver_due(NOW)
    assert desk.cancelled == 1
    assert box.rows[1].last_error == "desk: no answer within 0.5 s"


async def test_what_waits_too_long_for_its_turn_is_left_to_its_lease():
    box, desk = Outbox(*(alert(1, article=f"a{n}") for n in range(12))), Hanging()
    worker = DeliveryWorker(box.thread, {"desk": desk}, deadline=0.1, max_wait=0.5, max_parallel=1)
    await worker.deliver_due(NOW)
    assert 1 <= len(desk.sent) <= 5
    untouched = [row for row in box.rows.values() if not row.attempts]
    assert untouched
    assert all(row.state is DeliveryState.PENDING for row in untouched)
    await worker.aclose(0)


async def test_a_notifier_that_will_not_stop_is_left_behind():
    released, ended = asyncio.Event(), asyncio.Event()

    class Stubborn(Recorder):
        async def send(self, delivery: Delivery, now: datetime) -> None:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                await released.wait()
                ended.set()

    box = Outbox(alert())
    worker = DeliveryWorker(box.thread, {"desk": Stubborn()}, deadline=0.3, max_wait=30)
    await worker.deliver_due(NOW)
    assert "no answer within" in box.rows[1].last_error
    released.set()
    await ended.wait()


async def test_who_is_cancelled_leaves_the_rest_to_the_lease():
    box, desk = Outbox(alert()), Hanging()
    worker = DeliveryWorker(box.thread, {"desk": desk}, deadline=5, max_wait=30)
    task = asyncio.create_task(worker.deliver_due(NOW))
    await until(lambda: desk.sent)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert desk.cancelled == 1
    assert box.states() == [DeliveryState.PENDING]
    after = Recorder()
    assert await patient(box, {"desk": after}).deliver_due(NOW + timedelta(seconds=10)) == 0
    assert await patient(box, {"desk": after}).deliver_due(NOW + timedelta(seconds=60)) == 1
    assert after.sent[0][0] == desk.sent[0][0]


async def test_closing_waits_for_sends_in_progress():
    answered = asyncio.Event()

    class Slow(Recorder):
        async def send(self, delivery: Delivery, now: datetime) -> None:
            await answered.wait()

    box = Outbox(alert())
    worker = DeliveryWorker(box.thread, {"desk": Slow()}, max_wait=0.01)
    assert await worker.deliver_due(NOW) == 1
    assert box.states() == [DeliveryState.PENDING]
    asyncio.get_running_loop().call_later(0.05, answered.set)
    await worker.aclose(PATIENCE)
    assert box.states() == [DeliveryState.DELIVERED]
    await worker.aclose()


async def test_a_lease_that_ends_while_we_still_send_starts_no_second_send():
    box, desk = Outbox(alert()), Hanging()
    worker = DeliveryWorker(box.thread, {"desk": desk}, deadline=60, max_wait=0.05)
    await worker.deliver_due(NOW)
    await worker.deliver_due(NOW + timedelta(hours=2))
    assert len(desk.sent) == 1
    await worker.aclose(0)


async def test_an_archive_that_cannot_write_leads_to_a_repeat_not_to_a_loss():
    box, desk = Outbox(alert()), Recorder()
    box.broken.add(mark_delivered)
    worker = patient(box, {"desk": desk})
    assert await worker.deliver_due(NOW) == 0
    box.broken.clear()
    assert await worker.deliver_due(NOW + timedelta(minutes=10)) == 1
    assert len({key for key, *_ in desk.sent}) == 1


async def test_an_archive_that_cannot_be_read_is_said():
    box = Outbox()
    box.broken.add(claim_deliveries)
    with pytest.raises(ArchiveError):
        await patient(box, {}).deliver_due(NOW)


async def test_notifiers_are_told_the_time_of_the_attempt():
    box, desk = Outbox(alert(1), alert(2)), Recorder()
    await patient(box, {"desk": desk}).deliver_due(NOW)
    times = [now for *_, now in desk.sent]
    assert NOW <= times[0] <= times[1] < NOW + timedelta(seconds=60)


class Fickle:
    """Takes, refuses, or takes and fails to say so, as *moods* has it."""

    def __init__(self, moods: list[str]) -> None:
        self.moods = moods
        self.got: list[tuple[str, str, int]] = []

    async def send(self, delivery: Delivery, now: datetime) -> None:
        mood = self.moods.pop() if self.moods else "takes"
        if mood != "refuses":
            self.got.append((delivery.key, delivery.article, delivery.version))
        if mood != "takes":
            raise DeliveryError(mood)


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["desk", "chat"])), min_size=1, max_size=12),
    st.lists(st.sampled_from(["takes", "refuses", "answer lost"]), max_size=6),
    st.lists(st.integers(0, 3), max_size=4),
)
@settings(max_examples=30)
def test_every_alert_arrives_at_least_once_with_one_key_and_in_order(wanted, moods, restarts):
    """Rounds of delivery, with a new process (a new worker) now and then."""
    alerts = [alert(n, article=article, target=target) for n, (article, target) in enumerate(wanted, 1)]
    box, now = Outbox(*alerts), NOW
    targets = {"desk": Fickle(list(moods)), "chat": Fickle(list(moods[::-1]))}

    async def rounds() -> None:
        nonlocal now
        worker = patient(box, targets)
        for number in range(40):
            if number in restarts:
                worker = patient(box, targets)
            if not await worker.deliver_due(now) and set(box.states()) == {DeliveryState.DELIVERED}:
                break
            now += timedelta(hours=12)

    asyncio.run(rounds())
    assert set(box.states()) == {DeliveryState.DELIVERED}
    got = defaultdict(list)
    for name, target in targets.items():
        for key, article, version in target.got:
            got[name, article].append((version, key))
    arrived = {key for seen in got.values() for _, key in seen}
    assert arrived == {each.key for each in alerts}
    for seen in got.values():
        versions = [version for version, _ in seen]
        assert versions == sorted(versions)
        assert len(dict(seen)) == len({key for _, key in seen})


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


@pytest.mark.parametrize("restarts", [False, True])
async def test_what_waited_for_a_target_that_was_down_follows_the_first_that_it_takes(restarts):
    box, desk = Outbox(*(alert(1, article=name) for name in "abc")), Down()
    worker = DeliveryWorker(box.thread, {"desk": desk})
    for minute in (0, 1, 10, 60, 240):
        await worker.deliver_due(NOW + timedelta(minutes=minute))
    assert max(row.due_at for row in box.rows.values()) > NOW + timedelta(minutes=250)
    desk.up = True
    box.put(alert(2, article="new"))
    if restarts:
        worker = DeliveryWorker(box.thread, {"desk": desk})
    assert await worker.deliver_due(NOW + timedelta(minutes=250)) == 4
    assert set(box.states()) == {DeliveryState.DELIVERED}


def test_the_schedule_is_that_of_standard_webhooks():
    waits = [retry_delay(failed, jitter=0) for failed in range(1, 10)]
    assert waits == list(RETRY_DELAYS[1:])
    assert waits[0] == timedelta(seconds=5)
    assert waits[-1] == timedelta(hours=24)
    assert retry_delay(10, jitter=0) is None
    assert retry_delay(11, jitter=0, retry_after=1) is None


@given(st.integers(1, 9), st.floats(-1, 1))
def test_jitter_moves_a_wait_by_at_most_a_fifth(failed, by):
    made = retry_delay(failed, jitter=by)
    assert made is not None
    assert RETRY_DELAYS[failed] * 0.799 <= made <= RETRY_DELAYS[failed] * 1.201


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (3, timedelta(seconds=5)),
        (60, timedelta(seconds=60)),
        (1e18, MAX_RETRY_AFTER),
        (0, timedelta(seconds=5)),
        (-5, timedelta(seconds=5)),
        (float("nan"), timedelta(seconds=5)),
    ],
)
def test_a_target_is_never_tried_sooner_than_it_asked(named, expected):
    assert retry_delay(1, jitter=0, retry_after=named) == expected


TEN_PAST = datetime(2026, 11, 25, 12, 10, tzinfo=UTC)
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
    assert await worker.deliver_due(TEN_PAST) == 0
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
    worker = DeliveryWorker(box.thread, {"desk": desk}, rules=[rule(name="Corrections", cap="2/h")], max_parallel=1)
    await worker.deliver_due(TEN_PAST)
    assert [each["type"] for each in desk.read] == ["article.changed"] * 2
    box.put(alert(1, article="late"), now=TEN_PAST + timedelta(minutes=30))
    await worker.deliver_due(TEN_PAST + timedelta(minutes=30))
    assert len(desk.read) == 2
    await worker.deliver_due(TEN_PAST + timedelta(minutes=50))
    assert (desk.read[2]["type"], desk.read[2]["count"]) == ("digest", 6)
    assert set(box.states()) == {DeliveryState.DELIVERED}


async def test_messages_sent_at_the_same_time_stay_below_the_cap_and_one_that_fails_does_not_count():
    box, desk = Outbox(*(alert(n, article=str(n)) for n in range(7))), Reader(DeliveryError("down"))
    worker = DeliveryWorker(box.thread, {"desk": desk}, rules=[rule(name="Corrections", cap="2/h")])
    await worker.deliver_due(TEN_PAST)
    assert len(desk.read) == 2
    await worker.deliver_due(TEN_PAST + timedelta(minutes=1))
    assert len(desk.read) == 2


async def test_what_a_daily_cap_holds_is_not_sent_in_quiet_hours():
    box, desk = Outbox(*(alert(n, article=str(n)) for n in range(3))), Reader()
    cap = rule(name="Corrections", cap="1/d", quiet="22:00-07:00", zone="Europe/Berlin")
    worker = DeliveryWorker(box.thread, {"desk": desk}, rules=[cap])
    await worker.deliver_due(TEN_PAST)
    # The day of the cap ends at midnight UTC, which is one o'clock in Berlin.
    await worker.deliver_due(datetime(2026, 11, 26, 5, 59, tzinfo=UTC))
    assert len(desk.read) == 1
    await worker.deliver_due(datetime(2026, 11, 26, 6, 0, tzinfo=UTC))
    assert desk.read[1]["count"] == 2


QUIET = [rule(name="Corrections", quiet="22:00-07:00")]


async def test_another_attempt_waits_until_quiet_hours_end():
    box, desk = Outbox(alert(1)), Reader(DeliveryError("down"))
    worker = DeliveryWorker(box.thread, {"desk": desk}, rules=QUIET)
    for hour in (21, 23):
        await worker.deliver_due(datetime(2026, 11, 25, hour, 59, 50, tzinfo=UTC))
    assert [(row.due_at, row.attempts) for row in box.rows.values()] == [(SEVEN, 1)]
    assert await worker.deliver_due(SEVEN) == 1
    assert len({key for key, *_ in desk.sent}) == 1


async def test_what_is_late_is_not_sent_in_quiet_hours():
    box, desk = Outbox(alert(1), replace(alert(2, article="b"), rule="Other")), Reader()
    worker = DeliveryWorker(box.thread, {"desk": desk}, rules=QUIET)
    assert await worker.deliver_due(datetime(2026, 11, 25, 23, tzinfo=UTC)) == 1
    assert await worker.deliver_due(SEVEN) == 1


@pytest.mark.parametrize("failed", [True, False])
async def test_an_alert_without_quiet_hours_does_not_wait_for_one_that_has_them(failed):
    box, desk = Outbox(alert(1)), Reader(*[DeliveryError("down")] * failed)
    worker = DeliveryWorker(box.thread, {"desk": desk}, rules=QUIET)
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
    for now in (TEN_PAST + timedelta(minutes=minute) for minute in (0, 5, 10)):
        box.put(alert(1, article=str(now.minute)), now=now)
        worker = DeliveryWorker(box.thread, {"desk": desk}, rules=[rule(name="Corrections", cap="2/h")])
        await worker.deliver_due(now)
    assert len(desk.read) == 2


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=30), st.integers(0, 30_000))
@settings(max_examples=25)
def test_a_digest_holds_every_alert_or_counts_it(articles, padding):
    held = []
    for n, article in enumerate(articles, 1):
        made = waiting(n, article=article)
        payload = made.payload | {"opening": "x" * padding}
        held.append(replace(delivery(n, article), key=made.key, payload=payload, due_at=SEVEN, batch=made.batch))
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


async def test_a_process_that_leads_no_more_sends_nothing_and_takes_no_lease_from_the_one_that_does():
    leads = iter([True, False, False])

    class Failing(Recorder):
        async def send(self, delivery: Delivery, now: datetime) -> None:
            await super().send(delivery, now)
            raise DeliveryError("no answer")

    box, desk = Outbox(alert()), Failing()
    worker = DeliveryWorker(box.thread, {"desk": desk}, max_wait=30.0, may_send=lambda: next(leads))
    await worker.deliver_due(NOW)
    assert box.rows[1].attempts == 0, "the failure is not ours to record"
    await worker.deliver_due(NOW + timedelta(hours=1))
    assert len(desk.sent) == 1
    await worker.aclose(0)
