"""What the archive in memory knows of feeds and other lists, and what they name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.fake_outbox import cleaned, to_milliseconds
from tests.fake_state import STANDING
from tracker.urls import fetchable, host_of, identity

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from tests.fake_state import State
    from tracker.model import HubPoll, HubState, Tracked


class FakeHubs:
    """The part of `ports.Store` that remembers hubs."""

    _now: State
    _all_or_nothing: Callable[[], AbstractContextManager[State]]
    _know: Any
    _is_address: Any
    _take: Any
    _mention: Any
    save_host: Any

    def hub_states(self, source: str | None = None) -> list[HubState]:
        return [each for each in self._now.hubs if source is None or each.hub.source == source]

    def commit_poll(self, poll: HubPoll) -> list[Tracked]:
        with self._all_or_nothing() as state:
            self._know(poll.hub.source)
            targets = [target for target in poll.targets if self._is_address(target.url)]
            known = [(state.addresses.get(identity(each.url)), each) for each in targets]
            new: list[Tracked] = self._take(poll.hub.source, targets, poll.at, poll.stories)
            for ident, target in known:
                if ident and target.title:
                    state.articles[ident] = replace(state.articles[ident], feed_title=cleaned(target.title))
            for each in poll.mentions:
                self._mention(each)
            self._note_poll(poll, len(new))
            if poll.host is not None:
                self.save_host(poll.host)
            return new

    def due_hubs(self, host: str, now: datetime) -> list[HubState]:
        here = [each for each in self._polled() if host_of(fetchable(each.hub.url)) == host]
        due = [(each.next_poll_at, each) for each in here if each.next_poll_at and each.next_poll_at <= now]
        return [each for _, each in sorted(due, key=lambda pair: pair[0])]

    def _polled(self) -> list[HubState]:
        return [each for each in self._now.hubs if each.hub.source not in self._now.paused]

    def _note_poll(self, poll: HubPoll, new: int) -> None:
        worked = poll.outcome in STANDING
        for place, each in enumerate(self._now.hubs):
            if each.hub == poll.hub:
                self._now.hubs[place] = replace(
                    each,
                    next_poll_at=to_milliseconds(poll.next_poll_at),
                    last_poll_at=to_milliseconds(poll.at),
                    last_ok_at=to_milliseconds(poll.at) if worked else each.last_ok_at,
                    failures=0 if worked else each.failures + 1,
                    last_error="" if worked else cleaned(poll.detail or str(poll.outcome)),
                    etag=poll.etag,
                    last_modified=poll.last_modified,
                    articles=each.articles + new,
                )
