"""The part of the archive in memory that knows that a clock can go back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.model import DeliveryState

if TYPE_CHECKING:
    from datetime import datetime

    from tests.fake_state import State


class FakeClock:
    """Implements `Store.clock_went_back`."""

    _now: State

    def clock_went_back(self, now: datetime) -> float:
        state = self._now
        visits = [each.last_check_at for each in state.articles.values()] + [each.last_poll_at for each in state.hubs]
        ahead = max((each - now for each in visits if each is not None), default=now - now)
        if ahead.total_seconds() < 60:
            return 0.0

        def sooner(at: datetime | None) -> datetime | None:
            return at - ahead if at is not None and at > now else at

        def past(at: datetime | None) -> datetime | None:
            return min(at, now) if at is not None else None

        for ident, each in state.articles.items():
            planned, seen = sooner(each.next_check_at), past(each.last_check_at)
            if planned is None and each.last_check_at is not None and each.last_check_at > now:
                planned = now
            state.articles[ident] = replace(each, next_check_at=planned, last_check_at=seen)
        state.hubs = [
            replace(each, next_poll_at=sooner(each.next_poll_at), last_poll_at=past(each.last_poll_at))
            for each in state.hubs
        ]
        for name, host in state.hosts.items():
            state.hosts[name] = replace(host, not_before=sooner(host.not_before))
        for key, delivery in state.deliveries.items():
            if delivery.state is DeliveryState.PENDING and delivery.due_at > now:
                state.deliveries[key] = replace(delivery, due_at=delivery.due_at - ahead)
        state.leases = {key: at - ahead if at > now else at for key, at in state.leases.items()}
        return ahead.total_seconds()
