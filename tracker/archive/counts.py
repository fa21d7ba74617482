"""Counts: what the archive holds, what is overdue or set aside, what recent checks found, how reliable hubs are.

Changes of each article are counted by label and by what the outlet noted when they are stored, so that pages need not
count them. They are kept by article, not by source: an article then takes its counts with it to another source, and
checks of two articles never wait for each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tracker.model.check import CheckOutcome
from tracker.model.labels import LabelKind
from tracker.model.source import HintTally
from tracker.model.status import Activity, Counts, Survey, WatchState

from .articles import SELECT_ARTICLE, articles_of
from .codec import columns, record
from .database.connection import Statement
from .idle import ACTIVE_ARTICLE
from .memos import QUARANTINE_PREFIX, list_memos
from .values import OUTCOMES, from_ms, to_instant

if TYPE_CHECKING:
    from tracker.model.change import Change
    from tracker.model.intent import Intent

    from .archive import Archive
    from .database.connection import Connection

_SIZE: Final = Statement(
    sqlite="SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    postgresql="SELECT pg_database_size(current_database())",
)
# Versions and checks come from the articles' own counters: there are very many checks. Every version has a capture.
_COUNTS: Final = """
SELECT watched.*, alerts.*, watched.versions AS captures, (SELECT count(*) FROM source) AS sources,
  (SELECT count(*) FROM source s WHERE EXISTS (SELECT 1 FROM article WHERE source_id = s.id)) AS sources_with_articles
FROM (SELECT count(*) AS articles, sum(versions) AS versions, sum(checks) AS checks FROM article) watched,
  (SELECT count(CASE WHEN state = 'pending' THEN 1 END) AS pending_alerts,
     count(CASE WHEN state = 'dead' THEN 1 END) AS dead_alerts,
     count(CASE WHEN state = 'delivered' THEN 1 END) AS delivered_alerts,
     min(CASE WHEN state = 'pending' THEN created_at END) AS oldest_pending_at
   FROM delivery) alerts
"""
# A host that asked us to wait is not late: its articles are due when its pause is over.
_OVERDUE: Final = f"""
SELECT count(*) AS articles, min(due.at) AS since FROM (
  SELECT CASE WHEN host.not_before > a.next_check_at THEN host.not_before ELSE a.next_check_at END AS at
  FROM article a LEFT JOIN host ON host.name = a.host
  WHERE {ACTIVE_ARTICLE} AND a.next_check_at <= :now
) due WHERE due.at <= :now
"""
_SEEN: Final = """
SELECT s.name, max(seen.at) AS at FROM source s LEFT JOIN (
  SELECT source_id, max(last_seen_at) AS at FROM article GROUP BY source_id
  UNION ALL SELECT source_id, max(last_ok_at) FROM hub GROUP BY source_id
) seen ON seen.source_id = s.id WHERE s.paused = :no GROUP BY s.name
"""
_WAITING: Final = """
SELECT target, state, count(*) AS alerts FROM delivery WHERE state IN ('pending', 'dead') GROUP BY target, state
"""
# What each check that counts leaves of the weight of those before: about the last hundred make up the tally.
HINT_DECAY: Final = 0.99
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
# The kinds that count each change once, whatever its labels, by whether it was announced. A flap is none of them.
_BY_ANNOUNCED: Final = {True: "announced", False: "unannounced", None: "undecided"}
_ADD_CHANGE: Final = """
INSERT INTO change_count (article_id, kind, changes) VALUES (:article_id, :kind, 1)
ON CONFLICT (article_id, kind) DO UPDATE SET changes = change_count.changes + 1
"""
_RECOUNT_CHANGES: Final = f"""
INSERT INTO change_count (article_id, kind, changes)
SELECT article_id, kind, count(*) FROM (
  SELECT DISTINCT v.article_id, v.id, l.kind FROM version v JOIN label l ON l.version_id = v.id
  WHERE v.article_id = :article_id AND v.n > 1
  UNION ALL
  SELECT v.article_id, v.id, CASE WHEN h.announced IS NULL THEN '{_BY_ANNOUNCED[None]}'
    WHEN h.announced THEN '{_BY_ANNOUNCED[True]}' ELSE '{_BY_ANNOUNCED[False]}' END
  FROM version v JOIN change h ON h.version_id = v.id
  WHERE v.article_id = :article_id AND v.n > 1
    AND NOT EXISTS (SELECT 1 FROM label WHERE version_id = v.id AND kind = :flap)
) counted GROUP BY article_id, kind
"""
_CHANGES_OF_SOURCE: Final = """
SELECT c.kind, sum(c.changes) AS changes
FROM source s JOIN article a ON a.source_id = s.id JOIN change_count c ON c.article_id = a.id
WHERE s.name = :source GROUP BY c.kind ORDER BY c.kind
"""


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """What the labels and columns of a source's changes come to; `factual` are those that changed facts."""

    changes: int = 0
    factual: int = 0
    announced: int = 0
    kinds: tuple[tuple[LabelKind, int], ...] = ()


def count_all(archive: Archive) -> Counts:
    """Count what the archive holds; `bytes` is the size of the database."""
    with archive.read() as connection:
        (row,) = connection.all(_COUNTS)
        return record(Counts, row, bytes=connection.number(_SIZE))


def watch_state(archive: Archive, now: datetime) -> WatchState:
    """Return what is overdue at `now`, what is set aside, when each source was last seen, and which alerts wait."""
    with archive.read() as connection:
        (overdue,) = connection.all(_OVERDUE, now=now)
        seen = {row.name: to_instant(row.at) for row in connection.all(_SEEN, no=False)}
        waiting = {(row.target, row.state): int(row.alerts) for row in connection.all(_WAITING)}
        recent = connection.number(
            "SELECT count(*) FROM version WHERE seen_at >= :since", since=now - timedelta(days=7)
        )
        began = to_instant(connection.value(int, "SELECT min(created_at) FROM source"))
    lag = 0.0 if overdue.since is None else max((now - from_ms(overdue.since)).total_seconds(), 0.0)
    quarantined = tuple(name.removeprefix(QUARANTINE_PREFIX) for name in list_memos(archive, QUARANTINE_PREFIX))
    return WatchState(int(overdue.articles), lag, quarantined, seen, waiting, recent, began)


def survey_watched(archive: Archive, now: datetime, limit: int = 2000) -> Survey:
    """Return how many articles are under watch with at most `limit` of them, and what the last day's visits found.

    Under watch is what has a next check and is neither paused nor of a paused source. Of more than 200,000 visits
    a day the latest are counted.
    """
    since = now - _DAY
    with archive.read() as connection:
        (watched,) = connection.all(_COUNT_WATCHED, since=since)
        # A sample spread over all rows: the first ones would all be old.
        every = max(-(-watched.articles // limit), 1)
        sample = articles_of(connection, connection.all(_SAMPLE, every=every, most=limit))
        (found,) = connection.all(_LATEST_CHECKS, since=since, changed=_CHANGED, new=_NEW, most=MAX_COUNTED_CHECKS)
    return Survey(watched.articles, tuple(sample), int(watched.fresh), found.checks, int(found.changed), int(found.new))


def source_activity(archive: Archive, source: str, since: datetime, until: datetime) -> Activity:
    """Return what the visits to the articles of `source` after `since` and not after `until` found."""
    with archive.read() as connection:
        (found,) = connection.all(
            _SOURCE_ACTIVITY, source=source, since=since, until=until, changed=_CHANGED, compared=_COMPARED
        )
        return record(Activity, found)


def hint_tallies(archive: Archive) -> dict[str, HintTally]:
    """Return how far the hubs of each source were right, the latest checks weighing most."""
    statement = "SELECT s.name, t.hits, t.false_touches, t.misses FROM tally t JOIN source s ON s.id = t.source_id"
    with archive.read() as connection:
        return {row.name: record(HintTally, row) for row in connection.all(statement)}


def count_changes(archive: Archive, name: str) -> ChangeCounts:
    """Count the changes of a source by label; flaps are in no other count."""
    with archive.read() as connection:
        found = {row.kind: int(row.changes) for row in connection.all(_CHANGES_OF_SOURCE, source=name)}
    announced, unannounced, undecided = (found.pop(kind, 0) for kind in _BY_ANNOUNCED.values())
    kinds = tuple(sorted(((LabelKind(kind), count) for kind, count in found.items()), key=lambda pair: -pair[1]))
    return ChangeCounts(announced + unannounced + undecided, announced + unannounced, announced, kinds)


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


def count_change(connection: Connection, article_id: int, n: int, change: Change) -> None:
    """Count the change that led to version `n` of an article."""
    if n == 1:
        return
    kinds = {label.kind.value for label in change.labels}
    if LabelKind.FLAP.value not in kinds:
        kinds.add(_BY_ANNOUNCED[change.announced])
    connection.run_many(_ADD_CHANGE, [{"article_id": article_id, "kind": kind} for kind in sorted(kinds)])


def recount_changes(connection: Connection, article_id: int) -> None:
    """Count the changes of an article anew, after changes or labels of it were replaced or deleted."""
    connection.run("DELETE FROM change_count WHERE article_id = :article_id", article_id=article_id)
    connection.run(_RECOUNT_CHANGES, article_id=article_id, flap=LabelKind.FLAP)
