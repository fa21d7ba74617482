"""How often each source's listings were right about updates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.model.source import HintTally
from tracker.model.watch import CheckOutcome

from .codec import columns, record

if TYPE_CHECKING:
    from tracker.model.watch import Intent

    from .archive import Archive
    from .database.connection import Connection

# What each check that counts leaves of the weight of those before: about the last hundred make up the tally.
HINT_DECAY: Final = 0.99
_COUNT_HINT: Final = """
INSERT INTO tally (source_id, hits, false_touches, misses) VALUES (:source_id, :hits, :false_touches, :misses)
ON CONFLICT (source_id) DO UPDATE SET hits = tally.hits * :decay + excluded.hits,
  false_touches = tally.false_touches * :decay + excluded.false_touches,
  misses = tally.misses * :decay + excluded.misses
"""


def hint_tallies(archive: Archive) -> dict[str, HintTally]:
    """Return how far the hubs of each source were right, the latest checks weighing most."""
    statement = "SELECT s.name, t.hits, t.false_touches, t.misses FROM tally t JOIN source s ON s.id = t.source_id"
    with archive.read() as connection:
        return {row.name: record(HintTally, row) for row in connection.all(statement)}


# -- within the caller's transaction


def count_hint(connection: Connection, source_id: int, intent: Intent) -> None:
    """Count a check of an article that a hub speaks for; one without touch and change says nothing about the hub."""
    if intent.touched is None:
        return
    changed = intent.check.outcome is CheckOutcome.CHANGED
    # Most checks: counted, they would fade out all that says something about the hub.
    if not intent.touched and not changed:
        return
    counted = HintTally().after(touched=intent.touched, changed=changed)
    connection.run(_COUNT_HINT, **columns(counted), source_id=source_id, decay=HINT_DECAY)
