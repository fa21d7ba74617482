"""Delivers what the archive's outbox holds: at least once, with one key, in order for each target and article."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from ..errors import ArchiveError, DeliveryError
from ..observe import logs, metrics
from .backoff import jitter, wait

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from ..model import Delivery
    from ..ports import Notifier, Store

    Call = Callable[..., Awaitable[Any]]

BATCH: Final = 20
_GRACE: Final = 1.0
_log = logs.get("alerts")


class Outbox:
    """Takes due deliveries from the store, hands each to its target's notifier, and records what came of it.

    *store* is a Store, or what calls one by the name of a method (`Desk.call`). A send may take *deadline* seconds,
    and at most *abreast* go to one target at a time, so that a target that hangs delays no other. A delivery is leased
    for three deadlines: whoever dies while sending leaves it to be sent again, with the same key.
    """

    def __init__(
        self,
        store: Store | Call,
        notifiers: Mapping[str, Notifier],
        *,
        deadline: float = 60.0,
        patience: float = 1.0,
        abreast: int = 4,
    ) -> None:
        self._call: Call = store if callable(store) else _direct(store)
        self._notifiers = notifiers
        self._deadline = deadline
        self._patience = patience
        self._lease = 3 * deadline
        self._gates: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(abreast))
        self._held: dict[int, float] = {}
        self._running: set[asyncio.Task[bool]] = set()
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
        while claimed := await self._call("claim", self._now(), self._lease, BATCH):
            for delivery in claimed:
                known = delivery.id in self._held
                self._held[delivery.id] = asyncio.get_running_loop().time()
                if not known:
                    self._running.add(asyncio.create_task(self._attempt(delivery), name=f"alert {delivery.key}"))

    async def _attempt(self, delivery: Delivery) -> bool:
        loop = asyncio.get_running_loop()
        try:
            async with self._gates[delivery.target]:
                if loop.time() - self._held[delivery.id] > self._lease - self._deadline:
                    return False  # It waited so long for its turn that the lease would end while it is sent.
                started = loop.time()
                error = await self._send(delivery)
                metrics.DELIVERY_SECONDS.labels(target=delivery.target).observe(loop.time() - started)
            return await self._settle(delivery, error)
        except ArchiveError as error:
            _log.error("archive", alert=delivery.key, error=str(error), detail="the alert will be sent again")
            return False
        finally:
            del self._held[delivery.id]

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

    async def _settle(self, delivery: Delivery, error: BaseException | None) -> bool:
        attempt = delivery.attempts + 1
        facts = {"alert": delivery.key, "target": delivery.target, "article": delivery.article, "attempt": attempt}
        if error is None:
            await self._call("delivered", delivery.id, self._now())
            self._count(delivery, "delivered")
            _log.info("delivered", **facts)
            return True
        failure = error if isinstance(error, DeliveryError) else _fault(error)
        reason = f"{failure} ({failure.hint})" if failure.hint else str(failure)
        pause = wait(attempt, jitter=jitter(delivery.key, attempt), retry_after=failure.retry_after)
        if pause is None or failure.permanent:
            await self._call("bury", delivery.id, reason if pause else f"gave up after {attempt} attempts: {reason}")
            self._count(delivery, "dead")
            _log.error("undeliverable", **facts, reason=reason)
            return False
        due = self._now() + pause
        await self._call("postpone", delivery.id, due, reason)
        self._count(delivery, "postponed")
        trace = {} if failure is error else {"exc_info": error}
        _log.warning("postponed", **facts, reason=reason, due=due.isoformat(timespec="seconds"), **trace)
        return False

    def _now(self) -> datetime:
        now, at = self._set_at
        return now + timedelta(seconds=asyncio.get_running_loop().time() - at)

    def _count(self, delivery: Delivery, outcome: str) -> None:
        metrics.DELIVERIES.labels(target=delivery.target, outcome=outcome).inc()


def _fault(error: BaseException) -> DeliveryError:
    return DeliveryError(f"a fault in this channel: {type(error).__name__}: {error}")


def _direct(store: Store) -> Call:
    async def call(method: str, *args: object) -> Any:  # noqa: ANN401 - the store's own types
        return getattr(store, method)(*args)

    return call
