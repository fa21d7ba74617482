"""Record a check or poll that raised an exception as a failure of that article or hub alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker.model.check import Check, CheckOutcome
from tracker.model.intent import Intent
from tracker.model.source import HubPoll

if TYPE_CHECKING:
    from tracker.model.capture import HostState
    from tracker.model.check import Tracked
    from tracker.model.source import HubState

POSTPONED: Final = timedelta(minutes=10)
PUT_ASIDE: Final = timedelta(days=1)
"""How long an article waits after one such check (`POSTPONED`) and after two in a row (`PUT_ASIDE`)."""
_FAULT: Final = "internal error"


def shelved(tracked: Tracked, before: Check | None, error: Exception, now: datetime, host: HostState) -> Intent:
    """Return what to store of a check that raised *error*; *before* is the previous check."""
    again = before is not None and before.detail.startswith(_FAULT)
    detail = f"{_FAULT}: {type(error).__name__}: {error}"
    if again:
        detail = f"{_FAULT} again, postponed for a day: {type(error).__name__}: {error}"
    return Intent(
        article=tracked.id,
        check=Check(tracked.id, now, CheckOutcome.FAILED, detail),
        expected_versions=tracked.versions,
        next_check_at=now + (PUT_ASIDE if again else POSTPONED),
        state=tracked.state,
        failures=tracked.failures + 1,
        signature=tracked.signature,
        host=host,
    )


def shelved_poll(known: HubState, error: Exception, now: datetime, wait: timedelta, host: HostState) -> HubPoll:
    """Return what to store of a poll that raised *error*; the hub is polled again after *wait*."""
    detail = f"{_FAULT}: {type(error).__name__}: {error}"
    return HubPoll(known.hub, now, now + wait, CheckOutcome.FAILED, detail, host=host)
