"""A check or a reading that ended in an exception: it is kept as a failure of that article or list, and of no other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tracker.model import Check, CheckOutcome, HubPoll, Intent

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.model import HostState, HubState, Tracked

POSTPONED: Final = timedelta(minutes=10)
PUT_ASIDE: Final = timedelta(days=1)
"""How long an article waits after one such check, and after two in a row."""
_FAULT: Final = "writethru failed on it"


def shelved(tracked: Tracked, before: Check | None, error: Exception, now: datetime, host: HostState) -> Intent:
    """Return what is kept of a check that ended in *error*; *before* is the check before it."""
    again = before is not None and before.detail.startswith(_FAULT)
    detail = f"{_FAULT}: {type(error).__name__}: {error}"
    if again:
        detail = f"{_FAULT} again, so it is put aside for a day: {type(error).__name__}: {error}"
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
    """Return what is kept of a reading that ended in *error*; the list is read again after *wait*."""
    detail = f"{_FAULT}: {type(error).__name__}: {error}"
    return HubPoll(known.hub, now, now + wait, CheckOutcome.FAILED, detail, host=host)
