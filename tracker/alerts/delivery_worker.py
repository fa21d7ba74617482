"""Sends the alerts in the archive's outbox: at least once, with one key, in order for each target and article."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tracker.archive.outbox import (
    bury_delivery,
    claim_batch,
    claim_deliveries,
    count_sent,
    hold_delivery,
    mark_delivered,
    postpone_delivery,
    retry_target,
)
from tracker.archive.thread import ArchiveThread
from tracker.config.tables import RuleConfig
from tracker.durations import jitter
from tracker.errors import ArchiveError, DeliveryError
from tracker.model.alert import Delivery
from tracker.observe import logs, metrics
from tracker.render.times import iso, span
from tracker.tasks import finish_tasks

from .channels import Notifier
from .payload import MAX_DIGEST_DELIVERIES, combine
from .schedule import Breaker, after_quiet_hours, batch_of_one, batch_until, cap_window, retry_delay


class _Caps:
    """Counts messages by rule and target; the cap of a rule holds for each target.

    The counts are kept in memory; the archive is asked once for each window, for the messages of an earlier process.
    """

    def __init__(self, archive: ArchiveThread, rules: Mapping[str, RuleConfig]) -> None:
        self._archive = archive
        self._rules = rules
        self._sent: dict[tuple[str, str], tuple[datetime, int]] = {}
        """Rule and target → when their window began, and the messages sent in it."""

    async def closed_until(self, name: str, target: str, now: datetime) -> datetime | None:
        """Return when `target` may be sent the next message of a rule; None if it may be sent one now."""
        rule = self._rules.get(name)
        if rule is None or rule.cap is None:
            return None
        most, begins, ends = cap_window(rule.cap, now)
        if self._sent.get((name, target), (None, 0))[0] != begins:
            count = await self._archive.run(count_sent, name, target, begins)
            # Another send may have asked in the meantime, and may have been counted.
            if self._sent.get((name, target), (None, 0))[0] != begins:
                self._sent[name, target] = (begins, count)
        return after_quiet_hours(rule, ends) if self._sent[name, target][1] >= most else None

    def count(self, name: str, target: str, at: datetime, messages: int) -> None:
        """Count a message before it is sent at `at`, so that those sent together keep to the cap; -1 takes it back."""
        begins, sent = self._sent.get((name, target), (at, 0))
        if (name, target) in self._sent and at >= begins:
            self._sent[name, target] = (begins, sent + messages)


MAX_BATCH_DELIVERIES: Final = 20
REMOVED_TARGET_WAIT: Final = timedelta(hours=1)
# How long a notifier may take to stop after its deadline.
CANCEL_GRACE_SECONDS: Final = 1.0
_log = logs.get("alerts")


class DeliveryWorker:
    """Deliver due alerts to their targets and record each result.

    Deliveries are leased for three times `deadline`, so those of a process that died are sent again with the same key.
    A target gets at most `max_parallel` concurrent sends and as many wait for it, so a target that hangs does not delay
    the others; after repeated failures its circuit opens (see `Breaker`).

    Args:
        notifiers: target name → notifier.
        rules: those with caps and quiet hours; what exceeds the cap of a rule to one target is sent as one digest.
        unusable: targets that are configured but cannot be used now; their deliveries are left as they are.
        deadline: seconds one send may take.
        max_wait: seconds `deliver_due` waits for sends that are in progress.
        max_parallel: concurrent sends per target.
        may_send: asked before each send; without it, the delivery stays leased.
    """

    def __init__(
        self,
        archive: ArchiveThread,
        notifiers: Mapping[str, Notifier],
        *,
        rules: Collection[RuleConfig] = (),
        unusable: Collection[str] = (),
        deadline: float = 60.0,
        max_wait: float = 1.0,
        max_parallel: int = 4,
        may_send: Callable[[], bool] = lambda: True,
    ) -> None:
        self._archive = archive
        self._notifiers = notifiers
        self._unusable = frozenset(unusable)
        self._deadline = deadline
        self._max_wait = max_wait
        self._may_send = may_send
        # Time to wait for a slot, to send, and to store the result: a lease that ends earlier would be sent twice.
        self._lease = 3 * deadline
        self._max_parallel = max_parallel
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(max_parallel))
        self._removed: set[str] = set()
        self._breakers: defaultdict[str, Breaker] = defaultdict(Breaker)
        self._rules = {rule.name: rule for rule in rules}
        self._caps = _Caps(archive, self._rules)
        self._in_hand: Counter[str] = Counter()
        """Target → messages being sent or waiting for a slot."""
        self._leased_at: dict[int, float] = {}
        """Delivery → when this process leased it, by the clock of the event loop."""
        self._running: set[asyncio.Task[int]] = set()
        self._clock = (datetime(1970, 1, 1, tzinfo=UTC), 0.0)
        """The time `deliver_due` was given, and the clock of the event loop then."""

    async def deliver_due(self, now: datetime) -> int:
        """Deliver due alerts and return how many deliveries were accepted or are still being sent.

        0 means that there is nothing left to do now. Sends that are still in progress after `max_wait` seconds are
        finished by the next calls. Raises ArchiveError if the archive cannot be read.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + self._max_wait
        self._clock = (now, loop.time())
        accepted = 0
        try:
            while True:
                # Lease a few at a time, so that they are sent soon and other processes find work too.
                while claimed := await self._archive.run(
                    claim_deliveries, self._now(), self._lease, MAX_BATCH_DELIVERIES, self._busy()
                ):
                    for delivery in claimed:
                        self._start([delivery])
                while together := await self._archive.run(
                    claim_batch, self._now(), self._lease, MAX_DIGEST_DELIVERIES, self._busy()
                ):
                    self._start(together)
                if not self._running or loop.time() >= end:
                    return accepted + len(self._running)
                done, _ = await asyncio.wait(
                    self._running, timeout=end - loop.time(), return_when=asyncio.FIRST_COMPLETED
                )
                self._running -= done
                accepted += sum(task.result() for task in done)
        except asyncio.CancelledError:
            await self.aclose(0)
            raise

    async def aclose(self, seconds: float = 5.0) -> None:
        """Wait up to `seconds` for sends in progress, then cancel them; those are due again when the lease ends."""
        await finish_tasks(self._running, seconds)
        self._running.clear()

    def _busy(self) -> list[str]:
        """Return the targets that no more deliveries are leased for now."""
        full = {target for target, count in self._in_hand.items() if count >= 2 * self._max_parallel}
        now = self._now()
        resting = {target for target, breaker in self._breakers.items() if breaker.is_open(now)}
        return sorted(full | resting | self._unusable)

    def _start(self, deliveries: list[Delivery]) -> None:
        # A lease can end while we still send; then this process leases the same delivery again, but sends it once.
        in_progress = any(each.id in self._leased_at for each in deliveries)
        for each in deliveries:
            self._leased_at[each.id] = asyncio.get_running_loop().time()
        if not in_progress:
            self._in_hand[deliveries[0].target] += 1
            attempt = self._attempt(deliveries)
            self._running.add(asyncio.create_task(attempt, name=f"alert {deliveries[0].key}"))

    async def _attempt(self, deliveries: list[Delivery]) -> int:
        """Send `deliveries` as one message; return how many of them the target accepted."""
        loop, target = asyncio.get_running_loop(), deliveries[0].target
        try:
            async with self._slots[target]:
                # If the lease would end during the send, leave the delivery: it is due again then.
                if loop.time() - self._leased_at[deliveries[0].id] > self._lease - self._deadline:
                    return 0
                if await self._held(deliveries) or not self._may_send():
                    return 0
                self._breakers[target] = self._breakers[target].send_started()
                started = loop.time()
                message, at = combine(deliveries), self._now()
                self._caps.count(message.rule, target, at, 1)
                error = await self._send(message)
                if error is not None:
                    self._caps.count(message.rule, target, at, -1)
                    if not self._may_send():
                        return 0  # another process leads and has the lease, which a failure stored here would end
                metrics.DELIVERY_SECONDS.labels(target=target).observe(loop.time() - started)
                recovered = self._update_breaker(target, error)
            accepted = await self._record(message, deliveries, error)
            if recovered:
                await self._archive.run(retry_target, target, self._now())
        # The target may have it, but the outbox does not know: it is sent again, and receivers drop it by its key.
        except ArchiveError as error:
            detail = f"the result of an alert was not stored, so it will be sent again: {error}"
            _log.error("archive_error", alert=deliveries[0].key, error=str(error), detail=detail)
            return 0
        else:
            return accepted
        finally:
            self._in_hand[target] -= 1
            for each in deliveries:
                self._leased_at.pop(each.id, None)

    async def _held(self, deliveries: list[Delivery]) -> bool:
        """Return whether `deliveries` must wait; if so, end their lease and store when they are due again.

        They wait while the target is not configured or is paused, in quiet hours, and while the cap of their rule is
        reached. Those of a target that is no longer configured can be deleted with `writethru alerts drop`.
        """
        first, now = deliveries[0], self._now()
        target, rule = first.target, first.rule
        is_known = target in self._notifiers
        if not is_known or self._breakers[target].is_open(now):
            if not is_known and target not in self._removed:
                self._removed.add(target)
                hint = f"configure it again, or delete its alerts: writethru alerts drop '{target}'"
                detail = f"target {target} is no longer configured; its alerts wait"
                _log.warning("target_removed", target=target, detail=detail, hint=hint)
            for each in deliveries:
                due_at = each.due_at if is_known else self._now() + REMOVED_TARGET_WAIT
                await self._archive.run(hold_delivery, each.id, each.batch, due_at)
            return True
        # Alerts made in the quiet hours already wait; these failed before, were late, or were released by hand.
        until = after_quiet_hours(self._rules[rule], now) if rule in self._rules else now
        if until != now:
            for each in deliveries:
                # Other rules may report the same article meanwhile.
                batch = each.batch or batch_of_one(rule, each.key)
                await self._archive.run(hold_delivery, each.id, batch, until)
            self._count(first, "held")
            return True
        # A message for which deliveries already waited is not held again.
        if first.batch and not first.batch.alone:
            return False
        opens = await self._caps.closed_until(rule, target, now)
        if opens is None:
            return False
        await self._archive.run(hold_delivery, first.id, batch_until(f"{rule}|cap", opens), opens)
        self._count(first, "held")
        return True

    def _update_breaker(self, target: str, error: BaseException | None) -> bool:
        """Record the result of a send in the target's breaker; return whether the target has recovered."""
        before = self._breakers[target]
        # A permanent error concerns one message: the target itself works.
        if error is None or (isinstance(error, DeliveryError) and error.permanent):
            self._breakers[target] = before.succeeded(self._now())
            metrics.CIRCUIT_OPEN.labels(target=target).set(self._breakers[target].is_open(self._now()))
            return error is None and before.recovers(self._now())
        retry_after = error.retry_after if isinstance(error, DeliveryError) else None
        after = self._breakers[target] = before.failed(target, self._now(), retry_after)
        metrics.CIRCUIT_OPEN.labels(target=target).set(after.until is not None)
        if after.until is not None and before.until is None:
            wait = span(after.until - self._now())
            detail = f"target {target} failed {after.failures} times in a row; nothing is sent to it for {wait}"
            _log.warning("target_paused", target=target, failures=after.failures, until=iso(after.until), detail=detail)
        return False

    async def _send(self, delivery: Delivery) -> BaseException | None:
        """Send one message; return what went wrong, including errors in the notifier's own code."""
        send = asyncio.ensure_future(self._notifiers[delivery.target].send(delivery, self._now()))
        try:
            await asyncio.wait({send}, timeout=self._deadline)
        finally:
            send.cancel()
        # Not wait_for: a notifier that ignores its cancellation must not stop this worker.
        await asyncio.wait({send}, timeout=CANCEL_GRACE_SECONDS)
        if not send.done() or send.cancelled():
            return DeliveryError(f"no answer within {self._deadline:g} s", resource=delivery.target)
        return send.exception()

    async def _record(self, message: Delivery, deliveries: list[Delivery], error: BaseException | None) -> int:
        """Store the result of an attempt; return how many deliveries were accepted."""
        attempt = message.attempts + 1
        facts: dict[str, Any] = {"alert": message.key, "target": message.target, "article": message.article}
        facts |= {"attempt": attempt} | ({"together": len(deliveries)} if message.batch else {})
        if error is None:
            await self._archive.run(mark_delivered, [each.id for each in deliveries], self._now())
            self._count(message, "delivered")
            _log.debug("delivered", **facts)
            return len(deliveries)
        failure = error
        if not isinstance(failure, DeliveryError):
            failure = DeliveryError(f"internal error in this channel: {type(error).__name__}: {error}")
        reason = f"{failure} ({failure.hint})" if failure.hint else str(failure)
        # All alerts of a digest share the attempts of the one that has most.
        delay = retry_delay(attempt, jitter=jitter(message.key, attempt), retry_after=failure.retry_after)
        if delay is None or failure.permanent:
            final = reason if delay else f"gave up after {attempt} attempts: {reason}"
            for each in deliveries:
                await self._archive.run(bury_delivery, each.id, final)
            self._count(message, "dead")
            _log.error("undeliverable", **facts, reason=reason)
            return 0
        due = self._now() + delay
        for each in deliveries:
            await self._archive.run(postpone_delivery, each.id, due, reason)
        self._count(message, "postponed")
        trace = {} if failure is error else {"exc_info": error}
        _log.warning("postponed", **facts, reason=reason, due=due.isoformat(timespec="seconds"), **trace)
        return 0

    def _now(self) -> datetime:
        given, at = self._clock
        return given + timedelta(seconds=asyncio.get_running_loop().time() - at)

    def _count(self, delivery: Delivery, outcome: str) -> None:
        metrics.DELIVERIES.labels(target=delivery.target, outcome=outcome).inc()
