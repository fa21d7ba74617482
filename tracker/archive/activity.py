"""Activity: what recent checks found, how much is under watch, and how reliable the hubs of a source are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker.model.check import CheckOutcome
from tracker.model.counts import Activity, Survey
from tracker.model.source import HintTally

from .articles import SELECT_ARTICLE, articles_of
from .idle import ACTIVE_ARTICLE
from .records import columns, record
from .values import OUTCOMES

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model.intent import Intent

    from .database.connection import Connection

HINT_DECAY: Final = 0.99
"""What each check that counts leaves of the weight of those before: about the last hundred make up the tally."""
MAX_COUNTED_CHECKS: Final = 200_000
_DAY: Final = timedelta(days=1)
_CHANGED, _NEW = OUTCOMES.index(CheckOutcome.CHANGED), OUTCOMES.index(CheckOutcome.NEW)
_COMPARED: Final = [OUTCOMES.index(each) for each in CheckOutcome if each.compared]

_WATCHED: Final = f"{ACTIVE_ARTICLE} AND a.next_check_at IS NOT NULL"
_COUNT_WATCHED: Final = f"""
SELECT count(*) AS articles, coalesce(sum(CASE WHEN a.first_seen_at > :since THEN 1 ELSE 0 END), 0) AS fresh
FROM article a WHERE {_WATCHED}
"""
_SAMPLE: Final = f"{SELECT_ARTICLE} WHERE {_WATCHED} AND a.id % :every = 0 ORDER BY a.id LIMIT :most"
_LATEST_CHECKS: Final = """
SELECT count(*) AS checks, coalesce(sum(CASE WHEN outcome = :changed THEN 1 ELSE 0 END), 0) AS changed,
  coalesce(sum(CASE WHEN outcome = :new THEN 1 ELSE 0 END), 0) AS new
FROM (SELECT at, outcome FROM visit ORDER BY id DESC LIMIT :most) latest WHERE at > :since
"""
_SOURCE_ACTIVITY: Final = """
SELECT count(DISTINCT k.article_id) AS seen,
  count(DISTINCT CASE WHEN k.outcome = :changed THEN k.article_id END) AS changed,
  count(CASE WHEN k.outcome = :changed THEN 1 END) AS changes
FROM source s JOIN article a ON a.source_id = s.id JOIN visit k ON k.article_id = a.id
WHERE s.name = :source AND k.at > :since AND k.at <= :until AND k.outcome IN (:compared)
"""
_COUNT_HINT: Final = """
INSERT INTO tally (source_id, hits, false_touches, misses) VALUES (:source_id, :hits, :false_touches, :misses)
ON CONFLICT (source_id) DO UPDATE SET hits = tally.hits * :decay + excluded.hits,
  false_touches = tally.false_touches * :decay + excluded.false_touches,
  misses = tally.misses * :decay + excluded.misses
"""


def survey_watched(archive: Archive, now: datetime, limit: int = 2000) -> Survey:
    """Return how many articles are under watch with at most *limit* of them, and what the last day's visits found.

    Under watch is what has a next check and is neither paused nor of a paused source. Of more than 200,000 visits
    a day the latest are counted.
    """
    since = now - _DAY
    with archive.database.read() as connection:
        (watched,) = connection.all(_COUNT_WATCHED, since=since)
        every = max(-(-watched.articles // limit), 1)
        sample = articles_of(connection, connection.all(_SAMPLE, every=every, most=limit))
        (found,) = connection.all(_LATEST_CHECKS, since=since, changed=_CHANGED, new=_NEW, most=MAX_COUNTED_CHECKS)
    return Survey(watched.articles, tuple(sample), int(watched.fresh), found.checks, int(found.changed), int(found.new))


def source_activity(archive: Archive, source: str, since: datetime, until: datetime) -> Activity:
    """Return what the visits to the articles of *source* after *since* and not after *until* found."""
    with archive.database.read() as connection:
        (found,) = connection.all(
            _SOURCE_ACTIVITY, source=source, since=since, until=until, changed=_CHANGED, compared=_COMPARED
        )
        return record(Activity, found)


def hint_tallies(archive: Archive) -> dict[str, HintTally]:
    """Return how far the hubs of each source were right, the latest checks weighing most."""
    statement = "SELECT s.name, t.hits, t.false_touches, t.misses FROM tally t JOIN source s ON s.id = t.source_id"
    with archive.database.read() as connection:
        return {row.name: record(HintTally, row) for row in connection.all(statement)}


def count_hint(connection: Connection, source_id: int, intent: Intent) -> None:
    """Count a check of an article that a hub speaks for; one without touch and change says nothing of the hub."""
    if intent.touched is None:
        return
    changed = intent.check.outcome is CheckOutcome.CHANGED
    if not intent.touched and not changed:
        return
    counted = HintTally().after(touched=intent.touched, changed=changed)
    connection.run(_COUNT_HINT, **columns(counted), source_id=source_id, decay=HINT_DECAY)
