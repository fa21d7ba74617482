"""The storm guard: where very many articles of one source change at once, what would tell of them waits.

Nobody edits half of what they have within ten minutes; a new template does, where it changes what can be read. The
versions are kept as ever. What is decided here stands in a memo of the archive, for all who work on it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker.archive.activity import source_activity
from tracker.archive.memos import get_memo, list_memos, save_memo
from tracker.archive.outbox import reschedule_lane
from tracker.model import Activity, CheckOutcome

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.archive.database.connection import Connection
    from tracker.model import Intent

WINDOW: Final = timedelta(minutes=10)
SHARE: Final = 0.4
"""This much of the articles that were seen within the window must have changed."""
HABIT: Final = 5
"""So many times as many as usual in such a window, over the day before, must have changed."""
SETTLE: Final = timedelta(minutes=30)
"""What is held goes out when so long nothing was like a storm."""
MAX_HOLD: Final = timedelta(days=1)
"""Nothing is held for longer, and what a person released is not held again for so long."""

_DAY: Final = timedelta(days=1)
MEMO: Final = "storm|"
"""Before the name of a source this names the memo of its storm."""


@dataclass(frozen=True, slots=True)
class Storm:
    """Why alerts of a source are held since *began* and until when; from *spared* on a storm may be held again."""

    source: str
    began: datetime
    until: datetime
    changed: int
    seen: int
    spared: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Say whether alerts wait."""
        return now < self.until


def lane_of(source: str) -> str:
    """Return how the names of the lanes end in which alerts of *source* wait."""
    return f"|storm|{source}"


def is_storm(now: Activity, day: Activity, least: int) -> bool:
    """Say whether what a window saw (*now*) is out of all proportion to the *day* before it."""
    usual = day.changes * (WINDOW / _DAY)
    return now.changed >= max(least, HABIT * usual) and now.changed >= SHARE * now.seen


def continue_storm(before: Storm | None, source: str, window: Activity, now: datetime) -> Storm:
    """Return the storm that goes on, or a new one."""
    goes_on = before is not None and now < before.until + WINDOW
    began = before.began if before is not None and goes_on else now
    return Storm(source, began, min(now + SETTLE, began + MAX_HOLD), window.changed, window.seen)


def held(intent: Intent, until: datetime, source: str) -> Intent:
    """Return *intent* with its alerts put off; those that wait for a digest wait there."""
    alerts = tuple(
        each if each.lane else replace(each, lane=f"{each.rule}{lane_of(source)}", due_at=until)
        for each in intent.alerts
    )
    return replace(intent, alerts=alerts)


def hold_in_storm(
    archive: Archive, source: str, intent: Intent, least: int, now: datetime
) -> tuple[Intent, Storm | None]:
    """Return *intent* as it is to be carried out, and the storm where it begins with it.

    *least* is how many articles must change within the window at least; 0 holds nothing.
    """
    if not (least and intent.alerts and intent.check.outcome is CheckOutcome.CHANGED):
        return intent, None
    before = read(source, get_memo(archive, MEMO + source))
    if before is not None and before.spared is not None and now < before.spared:
        return intent, None
    window: Activity = source_activity(archive, source, now - WINDOW, now)
    window = replace(window, changed=window.changed + 1, seen=max(window.seen, window.changed + 1))
    storm = before if before is not None and before.holds(now) else None
    if window.changed >= least:
        day: Activity = source_activity(archive, source, now - WINDOW - _DAY, now - WINDOW)
        if is_storm(window, day, least):
            storm = continue_storm(before, source, window, now)
            save_memo(archive, MEMO + source, written(storm), now)
            reschedule_lane(archive, lane_of(source), storm.until)
    if storm is None or not storm.holds(now):
        return intent, None
    is_new = before is None or before.began != storm.began
    return held(intent, storm.until, source), storm if is_new else None


def release_storm(archive: Archive, source: str, now: datetime) -> int:
    """Let what is held of *source* go now, and hold nothing of it for a day; return how many alerts that were."""
    with archive.database.write() as connection:
        lock_notes(archive, connection, source)
        before = read(source, get_memo(archive, MEMO + source))
        storm = before or Storm(source, now, now, 0, 0)
        save_memo(archive, MEMO + source, written(replace(storm, until=now, spared=now + MAX_HOLD)), now)
        return reschedule_lane(archive, lane_of(source), now)


def lock_notes(archive: Archive, connection: Connection, source: str) -> None:
    """Let nobody else read and rewrite what is noted of `source` before the transaction of `connection` ends."""
    archive.database.serialise(connection, f"source status|{source}")


def list_storms(archive: Archive) -> dict[str, Storm]:
    """Return the latest storm of every source that had one."""
    found = list_memos(archive, MEMO)
    read_all = (read(name.removeprefix(MEMO), text) for name, text in found.items())
    return {storm.source: storm for storm in read_all if storm is not None}


def written(storm: Storm) -> str:
    """Return a storm as text for a memo."""
    times = {"began": storm.began, "until": storm.until, "spared": storm.spared}
    plain = {name: at.isoformat() for name, at in times.items() if at is not None}
    return json.dumps({**plain, "changed": storm.changed, "seen": storm.seen})


def read(source: str, text: str) -> Storm | None:
    """Read what `written` wrote; None for an empty text."""
    if not text:
        return None
    known = json.loads(text)
    spared = known.get("spared")
    return Storm(
        source,
        datetime.fromisoformat(known["began"]),
        datetime.fromisoformat(known["until"]),
        known["changed"],
        known["seen"],
        datetime.fromisoformat(spared) if spared else None,
    )
