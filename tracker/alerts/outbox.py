"""Delivers what the archive's outbox holds: at least once, with one key, in order for each target and article."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tracker.archive.outbox import (
    bury_delivery,
    claim_deliveries,
    claim_lane,
    hold_delivery,
    mark_all_delivered,
    mark_delivered,
    postpone_delivery,
    retry_target,
)

from ..errors import ArchiveError, DeliveryError
from ..observe import logs, metrics
from ..render.times import iso
from .backoff import jitter, wait
from .breaker import Breaker
from .caps import Caps
from .digest import MOST_TOGETHER, gathered
from .plan import lane

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..archive.thread import ArchiveThread
    from ..model import Delivery
    from ..ports import Notifier


BATCH: Final = 20
_GRACE: Final = 1.0
_log = logs.get("alerts")


class DeliveryWorker:
    """Takes due deliveries from the store, hands each to its target's notifier, and records what came of it.

    A send may take *deadline* seconds, at
    most *abreast* go to one target at a time and as many wait, so that a target that hangs delays no other; one that
    fails again and again is left alone for a while (`breaker`). A delivery is leased for three deadlines: whoever dies
    while sending leaves it to be sent again, with the same key. *caps* are most messages an hour by rule; what is more
    waits and is sent as one. *pace* scales the waits after failures.
    """

    def __init__(
        self,
        archive: ArchiveThread,
        notifiers: Mapping[str, Notifier],
        *,
        caps: Mapping[str, float] | None = None,
        deadline: float = 60.0,
        patience: float = 1.0,
        abreast: int = 4,
        pace: float = 1.0,
    ) -> None:
        self._archive = archive
        self._notifiers = notifiers
        self._deadline = deadline
        self._patience = patience
        self._lease = 3 * deadline
        self._abreast = abreast
        self._pace = pace
        self._gates: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(abreast))
        self._breakers: defaultdict[str, Breaker] = defaultdict(Breaker)
        self._caps = Caps(archive, caps or {})
        self._waiting: Counter[str] = Counter()
        self._held: dict[int, float] = {}
        self._running: set[asyncio.Task[int]] = set()
        self._set_at = (datetime(1970, 1, 1, tzinfo=UTC), 0.0)

    async def deliver_due(self, now: datetime) -> int:
        """Deliver what is due; return how many were taken or are still on their way, 0 where nothing is left to do now.

        Returns after *patience* seconds although a send goes on; the next call keeps it in view.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + self._patience
        self._set_at = (now, loop.time())
        taken = 0
        try:
            while True:
                await self._claim()
                if not self._running or loop.time() >= end:
                    return taken + len(self._running)
                done, _ = await asyncio.wait(
                    self._running, timeout=end - loop.time(), return_when=asyncio.FIRST_COMPLETED
                )
                self._running -= done
                taken += sum(task.result() for task in done)
        except asyncio.CancelledError:
            await self.aclose(0)
            raise

    async def aclose(self, seconds: float = 5.0) -> None:
        """Let what is being sent end within *seconds*, then break it off; its lease brings it back."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            self._running.clear()

    async def _claim(self) -> None:
        while claimed := await self._archive.run(claim_deliveries, self._now(), self._lease, BATCH, self._busy()):
            for delivery in claimed:
                self._take([delivery])
        while together := await self._archive.run(claim_lane, self._now(), self._lease, MOST_TOGETHER, self._busy()):
            self._take(together)

    def _busy(self) -> list[str]:
        """Return the targets that can be given nothing more now."""
        full = {target for target, count in self._waiting.items() if count >= 2 * self._abreast}
        now = self._now()
        return sorted(full.union(target for target, breaker in self._breakers.items() if breaker.open(now)))

    def _take(self, deliveries: list[Delivery]) -> None:
        known = any(each.id in self._held for each in deliveries)
        for each in deliveries:
            self._held[each.id] = asyncio.get_running_loop().time()
        if not known:
            self._waiting[deliveries[0].target] += 1
            work = self._attempt(deliveries)
            self._running.add(asyncio.create_task(work, name=f"alert {deliveries[0].key}"))

    async def _attempt(self, deliveries: list[Delivery]) -> int:
        """Send what is one message; return how many deliveries the target took."""
        loop, target = asyncio.get_running_loop(), deliveries[0].target
        try:
            async with self._gates[target]:
                late = loop.time() - self._held[deliveries[0].id] > self._lease - self._deadline
                if late:  # the lease would end while it is sent: it comes again
                    return 0
                if await self._refused(deliveries) or await self._capped(deliveries):
                    return 0
                self._breakers[target] = self._breakers[target].began()
                started = loop.time()
                message = gathered(deliveries)
                error = await self._send(message)
                metrics.DELIVERY_SECONDS.labels(target=target).observe(loop.time() - started)
                back = self._note(target, error)
            taken = await self._settle(message, deliveries, error)
            if back:
                await self._archive.run(retry_target, target, self._now())
        except ArchiveError as error:
            _log.error("archive", alert=deliveries[0].key, error=str(error), detail="the alert will be sent again")
            return 0
        else:
            return taken
        finally:
            self._waiting[target] -= 1
            for each in deliveries:
                self._held.pop(each.id, None)

    async def _refused(self, deliveries: list[Delivery]) -> bool:
        """Give back what was claimed for a target that has begun to fail since, or that one message tries now."""
        if not self._breakers[deliveries[0].target].open(self._now()):
            return False
        for each in deliveries:
            await self._archive.run(hold_delivery, each.id, each.lane, each.due_at)
        return True

    async def _capped(self, deliveries: list[Delivery]) -> bool:
        """Hold one that is more than its rule's cap allows, and say so; what was gathered is never held again."""
        first = deliveries[0]
        until = None if first.lane else await self._caps.full(first.rule, first.target, self._now())
        if until is None:
            return False
        await self._archive.run(hold_delivery, first.id, lane(f"{first.rule}|cap", until), until)
        self._count(first, "held")
        return True

    def _note(self, target: str, error: BaseException | None) -> bool:
        """Remember how the target fared, and say whether it is back; one that refuses one message for good is well."""
        before = self._breakers[target]
        if error is None or (isinstance(error, DeliveryError) and error.permanent):
            self._breakers[target] = before.took(self._now())
            return error is None and before.recovers(self._now())
        asked = error.retry_after if isinstance(error, DeliveryError) else None
        after = self._breakers[target] = before.failed(target, self._now(), asked, self._pace)
        if after.until is not None and before.until is None:
            _log.warning("target", target=target, failures=after.failures, paused_until=iso(after.until))
        return False

    async def _send(self, delivery: Delivery) -> BaseException | None:
        """Hand one delivery to its notifier; return what went wrong, faults of the notifier itself included."""
        notifier = self._notifiers.get(delivery.target)
        if notifier is None:
            return DeliveryError("no target of that name is configured", resource=delivery.target, permanent=True)
        send = asyncio.ensure_future(notifier.send(delivery, self._now()))
        try:
            await asyncio.wait({send}, timeout=self._deadline)
        finally:
            send.cancel()
        await asyncio.wait({send}, timeout=_GRACE)
        if not send.done() or send.cancelled():
            return DeliveryError(f"no answer within {self._deadline:g} s", resource=delivery.target)
        return send.exception()

    async def _settle(self, message: Delivery, deliveries: list[Delivery], error: BaseException | None) -> int:
        attempt = message.attempts + 1
        facts: dict[str, Any] = {"alert": message.key, "target": message.target, "article": message.article}
        facts |= {"attempt": attempt} | ({"together": len(deliveries)} if message.lane else {})
        if error is None:
            if len(deliveries) == 1:
                await self._archive.run(mark_delivered, message.id, self._now())
            else:
                await self._archive.run(mark_all_delivered, [each.id for each in deliveries], self._now())
            self._caps.count(message.rule, message.target, self._now())
            self._count(message, "delivered")
            _log.info("delivered", **facts)
            return len(deliveries)
        failure = error if isinstance(error, DeliveryError) else _fault(error)
        reason = f"{failure} ({failure.hint})" if failure.hint else str(failure)
        pause = wait(attempt, jitter=jitter(message.key, attempt), retry_after=failure.retry_after)
        if pause is None or failure.permanent:
            said = reason if pause else f"gave up after {attempt} attempts: {reason}"
            for each in deliveries:
                await self._archive.run(bury_delivery, each.id, said)
            self._count(message, "dead")
            _log.error("undeliverable", **facts, reason=reason)
            return 0
        asked = failure.retry_after or 0.0
        due = self._now() + max(pause * self._pace, min(pause, timedelta(seconds=asked)))
        for each in deliveries:
            await self._archive.run(postpone_delivery, each.id, due, reason)
        self._count(message, "postponed")
        trace = {} if failure is error else {"exc_info": error}
        _log.warning("postponed", **facts, reason=reason, due=due.isoformat(timespec="seconds"), **trace)
        return 0

    def _now(self) -> datetime:
        now, at = self._set_at
        return now + timedelta(seconds=asyncio.get_running_loop().time() - at)

    def _count(self, delivery: Delivery, outcome: str) -> None:
        metrics.DELIVERIES.labels(target=delivery.target, outcome=outcome).inc()


def _fault(error: BaseException) -> DeliveryError:
    return DeliveryError(f"a fault in this channel: {type(error).__name__}: {error}")
