"""Sources: the configured outlets, totals of their articles and hubs, storms, layouts, habits, hints; their hosts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final

from tracker.addresses.urls import fetchable, host_of
from tracker.errors import NotKnown, UsageError, unknown
from tracker.model.capture import HostState, RobotsRecord
from tracker.model.source import FailingSource, Habit, HintTally, Hub, Layout, LineCounts, SourceSummary, Storm
from tracker.model.watch import CheckOutcome, HubState, Intent

from .addresses import PLACE, enter_move, note_address
from .archive import Archive
from .codec import columns, row_to_value
from .database.connection import Connection, Row, from_ms, to_instant

_SOURCE: Final = "SELECT id FROM source WHERE name = :name"
_WHICH: Final = f"source_id = ({_SOURCE})"
# An article whose last visit failed, as the index of these articles has it.
_FAILS: Final = "failures > 0 AND state = 'active'"
# Where a page was seen and nothing was stored of it, its address only leads to another article.
IS_ARTICLE: Final = "(versions > 0 OR last_seen_at IS NULL)"
# The page of a stored article answers 404, and it is not sure yet that it was taken down.
POSSIBLY_GONE: Final = """a.failures > 0 AND a.state = 'active' AND a.versions > 0
  AND 404 = (SELECT k.status FROM visit k WHERE k.article_id = a.id ORDER BY k.at DESC, k.id DESC LIMIT 1)"""
_ERROR: Final = f"""
coalesce((
  SELECT last_error FROM hub WHERE source_id = s.id AND failures > 0 ORDER BY position LIMIT 1
), (
  SELECT k.detail FROM visit k WHERE k.article_id = (
    SELECT a.id FROM article a WHERE a.source_id = s.id AND {_FAILS} AND NOT ({POSSIBLY_GONE})
    ORDER BY a.last_check_at DESC LIMIT 1
  ) ORDER BY k.at DESC, k.id DESC LIMIT 1
)) AS error
"""
# An index has all of these columns, in the order of sources: no article is read and nothing is sorted.
_SUMS: Final = f"""
SELECT source_id, sum(versions) AS versions, sum(checks) AS checks,
  count(CASE WHEN {IS_ARTICLE} THEN 1 END) AS articles, count(CASE WHEN versions > 1 THEN 1 END) AS changed,
  count(CASE WHEN state = 'gone' THEN 1 END) AS gone, count(CASE WHEN {_FAILS} THEN 1 END) AS failing,
  count(CASE WHEN state <> 'paused' AND next_check_at <= :now THEN 1 END) AS overdue,
  max(last_check_at) AS checked_at, max(last_seen_at) AS seen_at, max(last_change_at) AS last_change,
  min(CASE WHEN state = 'active' THEN next_check_at END) AS check_at
FROM article {{which}} GROUP BY source_id
"""
_SELECT: Final = f"""
SELECT s.id, s.name, s.paused, polls.*, {_ERROR},
  (SELECT count(*) FROM article a WHERE a.source_id = s.id AND {POSSIBLY_GONE}) AS possibly_gone
FROM source s
LEFT JOIN (
  SELECT source_id AS of_source, count(*) AS hubs, count(CASE WHEN failures > 0 THEN 1 END) AS hubs_failing,
    max(last_ok_at) AS polled_well_at, max(last_poll_at) AS polled_at, min(next_poll_at) AS poll_at
  FROM hub {{which}} GROUP BY source_id
) polls ON polls.of_source = s.id
{{named}}
"""
_ALL: Final = _SELECT.format(which="", named="")
_FAILING: Final = f"""
SELECT s.name, coalesce(mine.failing, 0) AS failing, coalesce(polls.hubs, 0) AS hubs,
  coalesce(polls.failing, 0) AS hubs_failing, {_ERROR}
FROM source s
LEFT JOIN (
  SELECT a.source_id, count(*) AS failing FROM article a WHERE {_FAILS} AND NOT ({POSSIBLY_GONE}) GROUP BY a.source_id
) mine ON mine.source_id = s.id
LEFT JOIN (
  SELECT source_id, count(*) AS hubs, count(CASE WHEN failures > 0 THEN 1 END) AS failing FROM hub GROUP BY source_id
) polls ON polls.source_id = s.id
WHERE NOT s.paused AND (mine.failing > 0 OR polls.failing > 0)
"""
_COUNTED: Final = ("articles", "changed", "versions", "checks", "gone")
_ONE: Final = _SELECT.format(which=f"WHERE {_WHICH}", named="WHERE s.name = :name")
_DELETE_UNUSED: Final = """
DELETE FROM source WHERE id = :id AND NOT EXISTS (SELECT 1 FROM article WHERE source_id = :id)
  AND NOT EXISTS (SELECT 1 FROM reference WHERE source_id = :id)
"""
SELECT_HUB: Final = """
SELECT s.name AS source, h.kind, h.url, h.selector, h.pattern, h.next_poll_at, h.last_poll_at, h.last_ok_at,
  h.failures, h.last_error, h.etag, h.last_modified, h.articles
FROM hub h JOIN source s ON s.id = h.source_id
"""


def sync_source(
    archive: Archive, source: str, hubs: Sequence[Hub], now: datetime, *, paused: bool = False, anew: bool = False
) -> None:
    """Store a source with exactly these hubs, in this order; new hubs are due at once. Idempotent.

    While it is `paused`, neither its hubs nor its articles are due; everything that is stored stays. `anew` makes every
    hub due now and read in full, because the filters of the source have changed.
    """
    with archive.write() as connection:
        archive.serialise(connection, "watch")
        source_id = source_key(connection, source, now)
        connection.run("UPDATE source SET paused = :paused WHERE id = :source_id", paused=paused, source_id=source_id)
        wanted = {hub_key(hub): hub for hub in hubs}
        for key in connection.column(bytes, "SELECT key FROM hub WHERE source_id = :source_id", source_id=source_id):
            if key not in wanted:
                connection.run("DELETE FROM hub WHERE source_id = :id AND key = :key", id=source_id, key=key)
        fresh = {"next_poll_at": now, "failures": 0, "last_error": "", "etag": "", "last_modified": "", "articles": 0}
        for position, (key, hub) in enumerate(wanted.items()):
            connection.insert(
                "hub",
                "ON CONFLICT (source_id, key) DO UPDATE SET position = excluded.position",
                kind=hub.kind,
                url=hub.url,
                selector=hub.selector,
                pattern=hub.pattern,
                source_id=source_id,
                key=key,
                host=host_of(fetchable(hub.url)),
                position=position,
                **fresh,
            )
        if anew:
            statement = "UPDATE hub SET etag = '', last_modified = '', next_poll_at = :now WHERE source_id = :id"
            connection.run(statement, now=now, id=source_id)


def list_sources(archive: Archive) -> list[str]:
    """Return the names of all sources."""
    with archive.read() as connection:
        return connection.column(str, "SELECT name FROM source ORDER BY id")


def list_hubs(archive: Archive, source: str | None = None) -> list[HubState]:
    """Return the hubs of a source, or all, in the order they were configured."""
    where = "" if source is None else "WHERE s.name = :source"
    with archive.read() as connection:
        rows = connection.all(f"{SELECT_HUB} {where} ORDER BY h.source_id, h.position", source=source)
        return [row_to_value(HubState, row, hub=row_to_value(Hub, row)) for row in rows]


def stored_source(archive: Archive, name: str) -> str:
    """Return `name`, which may be empty. Raises NotKnown, with the nearest name, if there is no such source."""
    if name and name not in (known := list_sources(archive)):
        raise unknown("source", name, known)
    return name


def forget_source(archive: Archive, source: str) -> list[str]:
    """Delete all that was learned about a source and stop checking its articles; return them.

    Its versions, captures and checks stay: they are history, and the log names them. A source without any is deleted.
    Raises NotKnown.
    """
    with archive.write() as connection:
        archive.serialise(connection, "watch")
        source_id = connection.value(int, _SOURCE, name=source)
        if source_id is None:
            raise NotKnown("no such source", resource=source, hint="writethru sources list")
        # The learned rows would be wrong for another source of that name; articles and versions are history.
        for table in ("hub", "line", "habit", "tally"):
            connection.run(f"DELETE FROM {table} WHERE source_id = :id", id=source_id)
        statement = "UPDATE article SET next_check_at = NULL, etag = '', last_modified = '' WHERE source_id = :id"
        connection.run(statement, id=source_id)
        connection.run(_DELETE_UNUSED, id=source_id)
        return connection.column(str, "SELECT ident FROM article WHERE source_id = :id ORDER BY id", id=source_id)


def retire_source(archive: Archive, source: str, now: datetime) -> None:
    """Stop watching a source that the configuration no longer names, and forget one that has no article."""
    sync_source(archive, source, [], now, paused=True)
    with archive.read() as connection:
        found = connection.value(int, f"SELECT 1 FROM article WHERE {_WHICH} LIMIT 1", name=source)
    if found is None:
        forget_source(archive, source)


def rename_source(archive: Archive, old: str, new: str, now: datetime, then: Callable[[], None]) -> int:
    """Give a source another name and return how many articles it has; each notes the name that it had.

    The log keeps the name under which each version was stored. `then` is called within the transaction, and rolls it
    back if it raises. Raises UsageError if the name is taken, but not if the archive has no source named `old` yet.
    """
    with archive.write() as connection:
        archive.serialise(connection, "watch")
        if connection.value(int, _SOURCE, name=new) is not None:
            hint = "choose another name; two sources cannot be merged"
            raise UsageError(f"the archive already has a source named {new!r}", hint=hint)
        articles = connection.all(f"{PLACE} WHERE s.name = :name ORDER BY a.id", name=old)
        connection.run("UPDATE source SET name = :new WHERE name = :old", new=new, old=old)
        for row in articles:
            enter_move(connection, row, now)
            note_address(connection, row.ident, row.url, f"source {old} was renamed {new}", now)
        then()
    return len(articles)


def sum_articles(archive: Archive, name: str | None = None, now: datetime | None = None) -> dict[int, Row]:
    """Return the totals of the articles of each source, or of the one of that name, by the source's row.

    Overdue articles are counted if `now` is given. Every article is read, which takes a microsecond each.
    """
    which = "" if name is None else f"WHERE {_WHICH}"
    with archive.read() as connection:
        rows = connection.all(_SUMS.format(which=which), name=name, now=now or from_ms(0))
        return {row.source_id: row for row in rows}


def summarise_sources(
    archive: Archive, name: str | None = None, now: datetime | None = None, sums: Mapping[int, Row] | None = None
) -> list[SourceSummary]:
    """Return every source by name, or the one of that name, with the totals of its articles and hubs.

    Overdue articles are counted if `now` is given. `sums` is an earlier result of `sum_articles`.
    """
    sums = sum_articles(archive, name, now) if sums is None else sums
    with archive.read() as connection:
        rows = connection.all(_ALL if name is None else _ONE, name=name)
    # Sorted here: database servers sort in different orders.
    return [_summary(row, sums.get(row.id)) for row in sorted(rows, key=attrgetter("name"))]


def list_failing_sources(archive: Archive) -> list[FailingSource]:
    """Return the sources, by name, of which articles or hubs could not be read at their last visit."""
    with archive.read() as connection:
        return [row_to_value(FailingSource, row) for row in sorted(connection.all(_FAILING), key=attrgetter("name"))]


def source_key(connection: Connection, name: str, now: datetime) -> int:
    """Return the row of a source, which is created if necessary."""
    found = connection.number(_SOURCE, name=name)
    return found or connection.insert_numbered("source", name=name, paused=False, created_at=now)


def hub_key(hub: Hub) -> bytes:
    """Return the hash that identifies a hub: another selector on the same page is another hub."""
    return hashlib.sha256(json.dumps([hub.kind, hub.url, hub.selector, hub.pattern]).encode()).digest()


def _summary(row: Row, mine: Row | None) -> SourceSummary:
    def instants(name: str, polled: int | None) -> list[datetime]:
        found = (polled, None if mine is None else getattr(mine, name))
        return [from_ms(each) for each in found if each is not None]

    planned = instants("check_at", row.poll_at)
    return row_to_value(
        SourceSummary,
        row,
        **{name: getattr(mine, name, None) or 0 for name in _COUNTED},
        failing=max((getattr(mine, "failing", None) or 0) - row.possibly_gone, 0),
        last_change=None if mine is None else to_instant(mine.last_change),
        overdue=0 if row.paused or mine is None else mine.overdue,
        scheduled=bool(planned),
        last_ok=max(instants("seen_at", row.polled_well_at), default=None),
        last_check=max(instants("checked_at", row.polled_at), default=None),
        next_visit=None if row.paused else min(planned, default=None),
    )


# -- storms and layouts

_STORMS: Final = """
SELECT s.name AS source, t.began_at AS began, t.until_at AS until, t.changed, t.seen, t.spared_until AS spared
FROM storm t JOIN source s ON s.id = t.source_id
"""
_LAYOUTS: Final = """
SELECT s.name AS source, t.began_at AS began, t.last_at AS last, t.articles
FROM layout t JOIN source s ON s.id = t.source_id
"""


def get_storm(archive: Archive, source: str) -> Storm | None:
    """Return the latest storm of a source."""
    with archive.read() as connection:
        row = connection.first(f"{_STORMS} WHERE s.name = :source", source=source)
    return None if row is None else row_to_value(Storm, row)


def save_storm(archive: Archive, storm: Storm) -> None:
    """Store the storm of a source in place of the one before; of one that is not stored yet, nothing is held."""
    with archive.write() as connection:
        source_id = connection.value(int, _SOURCE, name=storm.source)
        if source_id is None:
            return
        connection.replace(
            "storm",
            "source_id",
            source_id=source_id,
            began_at=storm.began,
            until_at=storm.until,
            changed=storm.changed,
            seen=storm.seen,
            spared_until=storm.spared,
        )


def list_storms(archive: Archive) -> dict[str, Storm]:
    """Return the latest storm of every source that had one."""
    with archive.read() as connection:
        # Releasing a source that had no storm leaves a row without changed articles, which only spares the source.
        rows = connection.all(f"{_STORMS} WHERE t.changed > 0")
    return {row.source: row_to_value(Storm, row) for row in sorted(rows, key=attrgetter("source"))}


def get_layout(archive: Archive, source: str) -> Layout | None:
    """Return the latest layout change of a source, sure or not."""
    with archive.read() as connection:
        row = connection.first(f"{_LAYOUTS} WHERE s.name = :source", source=source)
    return None if row is None else row_to_value(Layout, row, articles=tuple(row.articles.split()))


def save_layout(archive: Archive, layout: Layout) -> None:
    """Store the layout change of a source in place of the one before."""
    with archive.write() as connection:
        connection.replace(
            "layout",
            "source_id",
            source_id=connection.number(_SOURCE, name=layout.source),
            began_at=layout.began,
            last_at=layout.last,
            articles=" ".join(layout.articles),
        )


def list_layouts(archive: Archive) -> dict[str, Layout]:
    """Return the latest layout change of every source that had one that is sure."""
    with archive.read() as connection:
        rows = sorted(connection.all(_LAYOUTS), key=attrgetter("source"))
    found = [row_to_value(Layout, row, articles=tuple(row.articles.split())) for row in rows]
    return {each.source: each for each in found if each.is_sure}


# -- habits of pages and hints of listings

_HABITS: Final = """
SELECT b.kind, b.key, b.sample, b.articles, b.learned_at FROM habit b JOIN source s ON s.id = b.source_id
WHERE s.name = :source ORDER BY b.id
"""
_LINES: Final = "SELECT key, articles FROM line WHERE source_id = :source_id AND key IN (:keys)"
_STORED_ARTICLES: Final = "SELECT count(*) FROM article WHERE source_id = :source_id AND versions > 0"
_COUNT_LINE: Final = """
INSERT INTO line (source_id, key, articles) VALUES (:source_id, :key, 1)
ON CONFLICT (source_id, key) DO UPDATE SET articles = line.articles + 1
"""


def list_habits(archive: Archive, source: str) -> list[Habit]:
    """Return the lines of `source` that are not news, in the order they were learned."""
    with archive.read() as connection:
        return [row_to_value(Habit, row) for row in connection.all(_HABITS, source=source)]


def count_lines(archive: Archive, source: str, keys: Sequence[str]) -> LineCounts:
    """Return in how many articles of `source` the lines of these keys appear, and how many articles were counted.

    Nothing is counted where all lines are new: the count takes longer, the more articles the source has.
    """
    with archive.read() as connection:
        source_id = connection.value(int, _SOURCE, name=source)
        lines = tuple((row.key, row.articles) for row in connection.of_each(_LINES, "keys", keys, source_id=source_id))
        if not lines:
            return LineCounts()
        return LineCounts(connection.value(int, _STORED_ARTICLES, source_id=source_id) or 0, lines)


# Each check that counts multiplies the weight of those before by this: about the last hundred make up the tally.
HINT_DECAY: Final = 0.99
_COUNT_HINT: Final = """
INSERT INTO tally (source_id, hits, false_touches, misses) VALUES (:source_id, :hits, :false_touches, :misses)
ON CONFLICT (source_id) DO UPDATE SET hits = tally.hits * :decay + excluded.hits,
  false_touches = tally.false_touches * :decay + excluded.false_touches,
  misses = tally.misses * :decay + excluded.misses
"""


def hint_tallies(archive: Archive) -> dict[str, HintTally]:
    """Return how often the hubs of each source were right about updates; the latest checks weigh most."""
    statement = "SELECT s.name, t.hits, t.false_touches, t.misses FROM tally t JOIN source s ON s.id = t.source_id"
    with archive.read() as connection:
        return {row.name: row_to_value(HintTally, row) for row in connection.all(statement)}


# -- hosts: when each may be asked again, its robots.txt, and which lists could be read last time

_HOST: Final = """
SELECT not_before, failures, last_failure_at, robots_status, robots_body, robots_at FROM host
WHERE name = :name
"""
# One address a host, of those whose last visit succeeded.
_ANSWERING_HUBS: Final = """
SELECT min(url) AS url FROM hub WHERE failures = 0 AND last_ok_at IS NOT NULL
GROUP BY host ORDER BY max(last_ok_at) DESC LIMIT :most
"""


def get_host(archive: Archive, host: str) -> HostState:
    """Return the stored state of `host`, or a fresh one."""
    with archive.read() as connection:
        row = connection.first(_HOST, name=host)
    if row is None:
        return HostState(host)
    robots = None
    if row.robots_at is not None:
        robots = RobotsRecord(row.robots_status, row.robots_body, from_ms(row.robots_at))
    return row_to_value(HostState, row, host=host, robots=robots)


def list_answering(archive: Archive, limit: int) -> list[str]:
    """Return the addresses of lists, one a host, that could be read last time, the latest last."""
    with archive.read() as connection:
        return connection.column(str, _ANSWERING_HUBS, most=limit)[::-1]


def save_host(archive: Archive, state: HostState) -> None:
    """Store the state of a host in place of the one before."""
    robots = state.robots
    with archive.write() as connection:
        connection.replace(
            "host",
            "name",
            name=state.host,
            not_before=state.not_before,
            failures=state.failures,
            last_failure_at=state.last_failure_at,
            robots_status=robots.status if robots else None,
            robots_body=robots.body if robots else None,
            robots_at=robots.fetched_at if robots else None,
        )


# -- within the caller's transaction


def learn(connection: Connection, source_id: int, intent: Intent) -> None:
    """Store the lines and habits that a check found, and count whether the hub was right about the article."""
    # In the order of their keys: checks of one source that lock the same rows in another order could deadlock.
    keys = sorted(line.key for line in intent.lines)
    connection.run_many(_COUNT_LINE, [{"source_id": source_id, "key": key} for key in keys])
    habits = [{"source_id": source_id, **columns(habit)} for habit in sorted(intent.habits, key=lambda each: each.key)]
    connection.insert_many("habit", habits, "ON CONFLICT (source_id, key) DO NOTHING")
    changed = intent.check.outcome is CheckOutcome.CHANGED
    # Most checks have neither touch nor change: counted, they would fade out all that says something about the hub.
    if intent.followed_hint is not None and (intent.followed_hint or changed):
        counted = HintTally().after(touched=intent.followed_hint, changed=changed)
        connection.run(_COUNT_HINT, **columns(counted), source_id=source_id, decay=HINT_DECAY)
