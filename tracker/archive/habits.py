"""What a source's pages have taught, which lines are not news, and how often its listings were right about updates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tracker.model.source import Habit, HintTally, Line, LineCounts
from tracker.model.watch import CheckOutcome, Intent

from .archive import Archive
from .codec import columns, record
from .database.connection import Connection

_HABITS: Final = """
SELECT b.kind, b.key, b.sample, b.articles, b.learned_at FROM habit b JOIN source s ON s.id = b.source_id
WHERE s.name = :source ORDER BY b.id
"""
_SOURCE: Final = "SELECT id FROM source WHERE name = :source"
_LINES: Final = "SELECT key, articles FROM line WHERE source_id = :source_id AND key IN (:keys)"
_STORED_ARTICLES: Final = "SELECT count(*) FROM article WHERE source_id = :source_id AND versions > 0"
_COUNT_LINE: Final = """
INSERT INTO line (source_id, key, articles) VALUES (:source_id, :key, 1)
ON CONFLICT (source_id, key) DO UPDATE SET articles = line.articles + 1
"""


def list_habits(archive: Archive, source: str) -> list[Habit]:
    """Return the lines of `source` that are not news, in the order they were learned."""
    with archive.read() as connection:
        rows = connection.all(_HABITS, source=source)
    return [record(Habit, row) for row in rows]


def count_lines(archive: Archive, source: str, keys: Sequence[str]) -> LineCounts:
    """Return in how many articles of `source` the lines of these keys appear, and how many articles were counted.

    Nothing is counted where all lines are new: the count takes longer, the more articles the source has.
    """
    with archive.read() as connection:
        source_id = connection.value(int, _SOURCE, source=source)
        lines = tuple((row.key, row.articles) for row in connection.of_each(_LINES, "keys", keys, source_id=source_id))
        if not lines:
            return LineCounts()
        return LineCounts(connection.value(int, _STORED_ARTICLES, source_id=source_id) or 0, lines)


def add_lines(connection: Connection, source_id: int, lines: Sequence[Line]) -> None:
    """Count that one more article of a source has these lines."""
    connection.run_many(_COUNT_LINE, [{"source_id": source_id, "key": line.key} for line in lines])


def learn_habits(connection: Connection, source_id: int, habits: Sequence[Habit]) -> None:
    """Keep what was learned of a source's lines; what is known already stays as it is."""
    rows = [{"source_id": source_id, **columns(habit)} for habit in habits]
    connection.insert_many("habit", rows, "ON CONFLICT (source_id, key) DO NOTHING")


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
